//! Checks that no pattern can say. A pack names them.

mod address;
mod assignment;
mod authorization;
mod aws_secret;
mod card;
mod common;
mod connection_string;
mod curl;
mod email;
mod encoded_key;
mod go_dsn;
mod iban;
mod issuer;
pub(crate) mod jwt;
mod kubernetes;
mod listed;
mod mac;
mod mnemonic;
mod netrc;
mod phone;
mod private_key;
mod private_number;
mod url_password;

use cofferdam_sdk::{Verdict, Window};
use serde::{Deserialize, Serialize};

use assignment::Expected;
pub(crate) use assignment::{is_about_another, names_place};

use crate::fact;
use crate::pattern::unlikely;
use crate::placeholder::Placeholders;

/// A check of the engine's own. Their order is part of a compiled pack, so new ones come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// A private key over lines.
    PrivateKey,
    /// A private key that was put through base64 as a whole.
    PrivateKeyBase64,
    /// A password in a URL.
    UrlPassword,
    /// A password in a connection string.
    ConnectionString,
    /// What follows the word `authorization`.
    AuthorizationHeader,
    /// What follows a long scheme in such a header.
    AuthorizationScheme,
    /// A password in a netrc file.
    Netrc,
    /// A JSON Web Token.
    Jwt,
    /// An AWS secret access key.
    AwsSecret,
    /// A payment card.
    Card,
    /// An international bank account number.
    Iban,
    /// A phone number in international form.
    Phone,
    /// An e-mail address.
    Email,
    /// What a name says is a password.
    PasswordAssignment,
    /// What a name says is a key, a token or a secret.
    KeyAssignment,
    /// An IP address that the whole network can reach.
    PublicAddress,
    /// An IP address that means something in one network only.
    PrivateAddress,
    /// The address of a network interface.
    Mac,
    /// What a name says is a password, behind a blank, a comma or a bracket.
    PasswordArgument,
    /// What a name says is a key, a token or a secret, behind the same.
    KeyArgument,
    /// What stands in a field `value` or `default` behind one that names a secret.
    NamedField,
    /// A password behind the flag of a command.
    CurlUser,
    /// The values of a Kubernetes Secret.
    KubernetesSecret,
    /// What stands behind a flag or a declaration that says that it is a key.
    FlagKey,
    /// A password in a URL that was put through percent escapes.
    UrlPasswordEncoded,
    /// A password that a connection string begins with.
    ConnectionFront,
    /// A private key in base64 that has no header.
    PrivateKeyDer,
    /// A private number of a key, in hexadecimal.
    PrivateKeyNumbers,
    /// A password in a data source of Go's for MySQL.
    GoDsn,
    /// The words that restore a wallet.
    Mnemonic,
    /// A private key over lines in PuTTY's own form.
    PuttyKey,
    /// Base64 of a user's name and a password in a field by itself.
    Login,
    /// What a plan says that a value becomes.
    ChangedValue,
    /// An AWS secret access key behind its id.
    AwsSecretBesideId,
    /// What a scheme leads where the word for its header stands somewhere before.
    AuthorizationNear,
    /// A password of a connection string of words that goes on behind it.
    ConnectionMiddle,
    /// What stands in a field `value` before the one that gives its name.
    FieldBeforeName,
    /// Keys in a list.
    Listed,
    /// What replaces another value behind its name.
    ReplacedValue,
}

impl Named {
    pub(crate) fn check(
        self,
        window: &Window<'_>,
        as_of: u32,
        placeholders: &Placeholders,
        verdicts: &mut Vec<Verdict>,
    ) {
        match self {
            Named::PrivateKey => verdicts.extend(private_key::check(window)),
            Named::Login => verdicts.extend(authorization::login_check(window, placeholders)),
            Named::PuttyKey => verdicts.extend(private_key::check_putty(window)),
            Named::PrivateKeyBase64 => verdicts.extend(encoded_key::check(window)),
            Named::UrlPassword => verdicts.extend(url_password::check(window, placeholders)),
            Named::ConnectionString => verdicts.extend(connection_string::check(window, placeholders)),
            Named::AuthorizationHeader => verdicts.extend(authorization::check(window, as_of, placeholders)),
            Named::AuthorizationScheme => verdicts.extend(authorization::scheme_check(window)),
            Named::AuthorizationNear => verdicts.extend(authorization::near(window, as_of, placeholders)),
            Named::Netrc => verdicts.extend(netrc::check(window, placeholders)),
            Named::Jwt => verdicts.extend(jwt::check(window, as_of, placeholders)),
            Named::AwsSecret => verdicts.extend(aws_secret::check(window, placeholders)),
            Named::AwsSecretBesideId => verdicts.extend(aws_secret::beside_id(window, placeholders)),
            Named::Card => card::check(window, placeholders, verdicts),
            Named::Iban => iban::check(window, placeholders, verdicts),
            Named::Phone => phone::check(window, placeholders, verdicts),
            Named::Email => email::check(window, placeholders, verdicts),
            Named::PasswordAssignment => {
                verdicts.extend(assignment::check(window, Expected::Password, placeholders));
            }
            Named::KeyAssignment => verdicts.extend(assignment::check(window, Expected::Key, placeholders)),
            Named::PublicAddress => verdicts.extend(address::public(window, placeholders)),
            Named::PrivateAddress => verdicts.extend(address::private(window)),
            Named::PasswordArgument => {
                verdicts.extend(assignment::argument(window, Expected::Password, placeholders));
            }
            Named::KeyArgument => verdicts.extend(assignment::argument(window, Expected::Key, placeholders)),
            Named::NamedField => verdicts.extend(assignment::field(window, placeholders)),
            Named::FieldBeforeName => verdicts.extend(assignment::field_before(window, placeholders)),
            Named::ReplacedValue => verdicts.extend(assignment::replaced(window, placeholders)),
            Named::ChangedValue => verdicts.extend(assignment::changed(window, placeholders)),
            Named::CurlUser => verdicts.extend(curl::check(window, placeholders)),
            Named::FlagKey => verdicts.extend(assignment::flag(window, placeholders)),
            Named::UrlPasswordEncoded => verdicts.extend(url_password::check_encoded(window, placeholders)),
            Named::ConnectionFront => verdicts.extend(connection_string::front(window, placeholders)),
            Named::ConnectionMiddle => verdicts.extend(connection_string::middle(window, placeholders)),
            Named::PrivateKeyDer => verdicts.extend(encoded_key::der(window)),
            Named::PrivateKeyNumbers => verdicts.extend(private_number::check(window)),
            Named::GoDsn => verdicts.extend(go_dsn::check(window, placeholders)),
            Named::Mnemonic => verdicts.extend(mnemonic::check(window, placeholders)),
            Named::KubernetesSecret => kubernetes::check(window, verdicts),
            Named::Listed => listed::check(window, verdicts),
            Named::Mac => verdicts.extend(mac::check(window, placeholders)),
        }
    }
}

/// A verdict on what is published as an example.
fn published(verdict: Verdict) -> Verdict {
    unlikely(verdict).fact(fact::PUBLISHED)
}

/// A verdict on what only stands where a secret would.
fn placeholder(verdict: Verdict) -> Verdict {
    unlikely(verdict).fact(fact::PLACEHOLDER)
}
