//! Detector of credentials: issuer tokens, private keys, connection strings, headers.
//!
//! Most rules are lines of a table (`token`); the others have a module each. A finding always covers the whole run of body
//! bytes: a token that is longer than expected loses no tail.

mod authorization;
mod aws_secret;
mod azure_secret;
mod connection_string;
mod encoded_key;
mod fact;
mod jwt;
mod netrc;
mod private_key;
mod token;
mod tokens;
mod url_password;

use cofferdam_sdk::{Detector, Info, Rule, Settings, SettingsError, Verdict, Window, export_detector};

use token::Token;

/// The detector.
pub struct Credentials {
    checks: Vec<Check>,
}

export_detector!(Credentials);

/// How suspects of one rule are confirmed.
#[derive(Clone, Copy)]
enum Check {
    /// By a line of the table.
    Token(&'static Token),
    /// By a function of its own.
    Own(Own),
}

/// A rule with a module of its own.
#[derive(Clone, Copy)]
struct Own {
    rule: fn() -> Rule,
    check: fn(&Window<'_>) -> Option<Verdict>,
}

/// The rules that no table can hold.
const OWN: [Own; 10] = [
    Own {
        rule: private_key::rule,
        check: private_key::check,
    },
    Own {
        rule: encoded_key::rule,
        check: encoded_key::check,
    },
    Own {
        rule: url_password::rule,
        check: url_password::check,
    },
    Own {
        rule: connection_string::rule,
        check: connection_string::check,
    },
    Own {
        rule: authorization::scheme_rule,
        check: authorization::scheme_check,
    },
    Own {
        rule: authorization::rule,
        check: authorization::check,
    },
    Own {
        rule: netrc::rule,
        check: netrc::check,
    },
    Own {
        rule: jwt::rule,
        check: jwt::check,
    },
    Own {
        rule: aws_secret::rule,
        check: aws_secret::check,
    },
    Own {
        rule: azure_secret::rule,
        check: azure_secret::check,
    },
];

impl Detector for Credentials {
    const INFO: Info = Info {
        id: "credentials",
        version: env!("CARGO_PKG_VERSION"),
        title: "Issuer tokens, private keys, connection strings, headers",
        settings: Info::NO_SETTINGS,
    };
    const FACTS: &'static [&'static str] = fact::ALL;

    fn configure(settings: &Settings<'_>, _as_of: u32) -> Result<Self, SettingsError> {
        settings.only(&[])?;
        let tables = tokens::TABLES.iter().flat_map(|table| table.iter()).map(Check::Token);
        Ok(Credentials {
            checks: tables.chain(OWN.map(Check::Own)).collect(),
        })
    }

    fn rules(&self) -> Vec<Rule> {
        let rule = |check: &Check| match check {
            Check::Token(token) => token.rule(),
            Check::Own(own) => (own.rule)(),
        };
        self.checks.iter().map(rule).collect()
    }

    fn check(&self, window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
        let Some(check) = self.checks.get(window.rule_index()) else {
            return;
        };
        verdicts.extend(match check {
            Check::Token(token) => token.check(window),
            Check::Own(own) => (own.check)(window),
        });
    }
}

#[cfg(test)]
mod tests;
