//! Whether a value is what ordinary text holds, whatever its variable is called.

use std::net::{IpAddr, SocketAddr};
use std::path::Path;

/// The fewest characters of words and numbers that are taken for more than that.
const LONG: usize = 16;

/// Whether a value is no secret by its looks: a path that is there, plain words, a number, an address, or what
/// something else is to be put in the place of.
pub(super) fn is_ordinary(value: &[u8]) -> bool {
    let Ok(value) = std::str::from_utf8(value) else {
        return false;
    };
    let value = value.trim();
    value.is_empty() || is_words(value) || is_number(value) || is_address(value) || is_template(value) || is_path(value)
}

/// Words such as `read-only` or `Disabled`, and few of them.
fn is_words(value: &str) -> bool {
    value.len() < LONG && value.split(['-', '_', '.', ',', '/', ':', ' ']).all(is_word)
}

/// Letters of one case, or with a first capital.
fn is_word(word: &str) -> bool {
    let rest = &word.as_bytes()[word.len().min(1)..];
    word.bytes().all(|byte| byte.is_ascii_alphabetic())
        && (rest.iter().all(u8::is_ascii_lowercase) || word.bytes().all(|byte| byte.is_ascii_uppercase()))
}

/// Numbers, versions, days, and addresses of the network.
fn is_number(value: &str) -> bool {
    let few = value.len() < LONG
        && value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.,:/ ".contains(&byte));
    few || value.parse::<IpAddr>().is_ok() || value.parse::<SocketAddr>().is_ok()
}

/// A URL that nobody signs in to, or the name of a cloud's resource.
fn is_address(value: &str) -> bool {
    let is_url = value.split_once("://").is_some_and(|(scheme, rest)| {
        let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        !scheme.is_empty() && scheme.bytes().all(letters) && !rest.contains('@')
    });
    is_url || value.starts_with("arn:")
}

/// `${TOKEN}`, `<your token>` and their like.
fn is_template(value: &str) -> bool {
    [("${", "}"), ("$(", ")"), ("{{", "}}"), ("<", ">")]
        .iter()
        .any(|(open, close)| value.starts_with(open) && value.ends_with(close))
}

/// Paths with colons between, each of which is there, or is made of words: it may be there in another place. A
/// relative one that is there says nothing, since a secret can be the name of a file here.
fn is_path(value: &str) -> bool {
    let is_one = |path: &str| {
        let begins = ["/", "./", "../", "~/"].iter().any(|begin| path.starts_with(begin));
        let mut parts = path.split(['/', '-', '_', '.', '~']);
        begins && (parts.all(is_word) || (path.starts_with('/') && Path::new(path).exists()))
    };
    value.split(':').all(is_one)
}

/// The password in a URL: what stands between the first colon and the last `@` of its authority.
pub(super) fn url_password(value: &[u8]) -> Option<&[u8]> {
    let at = value.windows(3).position(|three| three == b"://")? + 3;
    let authority = value[at..].split(|byte| b"/?#".contains(byte)).next()?;
    let end = authority.iter().rposition(|byte| *byte == b'@')?;
    let colon = authority[..end].iter().position(|byte| *byte == b':')?;
    Some(&authority[colon + 1..end])
}

/// The same bytes with `%41` as `A`; what is no such escape stays.
pub(super) fn percent_decoded(value: &[u8]) -> Vec<u8> {
    let digit = |at: usize| value.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut decoded = Vec::with_capacity(value.len());
    let mut at = 0;
    while at < value.len() {
        match (value[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(16 * high + low).expect("two digits are a byte"));
                at += 3;
            }
            (byte, Some(_) | None, Some(_) | None) => {
                decoded.push(byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::{is_ordinary, percent_decoded, url_password};

    #[test]
    fn what_ordinary_environments_hold_is_ordinary() {
        for value in [
            "",
            " ",
            "true",
            "disabled",
            "Disabled",
            "REQUIRED",
            "read-only",
            "x-api-key",
            "X-Api-Key",
            "12345678",
            "2026-11-21",
            "10.96.113.205:8080",
            "[fe80::1]:8080",
            "tcp://10.96.0.1:80",
            "https://login.example.org/oauth2/token",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
            "${GITHUB_TOKEN}",
            "<your token here>",
            "/",
            "/usr/bin:/usr/lib",
            "/run/secrets/db_password",
            "~/.config/app/credentials.json",
        ] {
            assert!(is_ordinary(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_not() {
        for value in [
            &["Tr0ub", "4dor"].concat(),
            &["correct-horse", "-battery-staple"].concat(),
            &["myDog", "IsGood"].concat(),
            &["1234567890", "123456"].concat(),
            "/kA9/x3Lq/zz0",
            "folder/of/names-and-words",
            "postgres://user:x@host/db",
            "AccountKey=x;EndpointSuffix=y",
        ] {
            assert!(!is_ordinary(value.as_bytes()), "{value}");
        }
        assert!(!is_ordinary(b"\xff\xfe"));
    }

    #[test]
    fn the_password_of_a_url_is_found_and_decoded() {
        let found = |url: &str| url_password(url.as_bytes()).map(|found| String::from_utf8_lossy(found).into_owned());
        assert_eq!(
            found(&["postgres://u:p", "@h:5432/d?x=a:b@c"].concat()),
            Some("p".to_owned())
        );
        assert_eq!(found(&["amqp://u:a", ":b@c@h"].concat()), Some("a:b@c".to_owned()));
        for none in ["https://h:80/a:b@c", "https://user@h/", "u:p@h", ""] {
            assert_eq!(found(none), None, "{none}");
        }
        assert_eq!(percent_decoded(b"a%40b%2"), b"a@b%2");
        assert_eq!(percent_decoded(b"%zz%"), b"%zz%");
    }
}
