//! Whether a variable is called as credentials are.

/// Words that make a name that of a credential, wherever they stand in it.
const WORDS: &[&str] = &[
    "AUTH",
    "CREDENTIAL",
    "CREDENTIALS",
    "CREDS",
    "JWT",
    "PASSPHRASE",
    "PASSWORDS",
    "SECRETS",
    "SSHPASS",
    "TOKENS",
];

/// Words that only mean a credential at the end of a name of several: `DB_PASS`, `MYSQL_PWD`, but not `PWD`.
const LAST_WORDS: &[&str] = &["PASS", "PAT", "PWD"];

/// Endings of words: `PGPASSWORD` is one.
const ENDINGS: &[&str] = &["APIKEY", "PASSWD", "PASSWORD", "SECRET", "TOKEN"];

/// What makes a `KEY` behind it a secret; a `CACHE_KEY` or a `PUBLIC_KEY` is none.
const KEYS: &[&str] = &[
    "ACCESS",
    "ACCOUNT",
    "API",
    "DEPLOY",
    "ENCRYPTION",
    "MASTER",
    "PRIVATE",
    "SIGNING",
    "STORAGE",
];

/// Last words of names that tell something about a credential, and hold none.
const ABOUT: &[&str] = &[
    "ADDR",
    "ADDRESS",
    "AGE",
    "ALG",
    "ALGORITHM",
    "ARN",
    "AUDIENCE",
    "BACKEND",
    "BUCKET",
    "CMD",
    "COMMAND",
    "COUNT",
    "DIR",
    "DIRECTORY",
    "DOMAIN",
    "ENABLED",
    "EXPIRATION",
    "EXPIRES",
    "EXPIRY",
    "FILE",
    "FILENAME",
    "FILES",
    "FOLDER",
    "FORMAT",
    "HELPER",
    "HOST",
    "HOSTNAME",
    "ID",
    "ISSUER",
    "LENGTH",
    "LIMIT",
    "LOCATION",
    "MAX",
    "METHOD",
    "MIN",
    "MODE",
    "NAME",
    "PATH",
    "PATHS",
    "PORT",
    "PROGRAM",
    "PROMPT",
    "PROTO",
    "PROVIDER",
    "REALM",
    "REGION",
    "REQUIRED",
    "SCOPE",
    "SCOPES",
    "SERVER",
    "SIZE",
    "SOCK",
    "SOCKET",
    "STORE",
    "TCP",
    "TIMEOUT",
    "TTL",
    "TYPE",
    "UDP",
    "USER",
    "USERNAME",
    "VERSION",
];

/// Last words of names of places, whose password alone is a secret.
const PLACES: &[&str] = &["DSN", "ENDPOINT", "PROXY", "URI", "URL"];

/// Variables that package managers and we ourselves set about packages and settings, whatever those are called.
const PREFIXES: &[&str] = &["COFFERDAM_", "NPM_LIFECYCLE_", "NPM_PACKAGE_"];

/// What a variable's name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It is a credential.
    Credential,
    /// It is a place, which may have a password in it.
    Place,
    /// Nothing.
    Other,
}

/// The kind of a variable of this name, in any case.
pub(super) fn kind(name: &str) -> Kind {
    let name = name.to_ascii_uppercase();
    if PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Kind::Other;
    }
    let words: Vec<_> = name
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let Some((last, before)) = words.split_last() else {
        return Kind::Other;
    };
    if PLACES.contains(last) {
        return Kind::Place;
    }
    // The id of a cloud's access key and of a vault's secret are half of a credential.
    let is_half = *last == "ID" && (before.ends_with(&["ACCESS", "KEY"]) || before.ends_with(&["SECRET"]));
    if ABOUT.contains(last) && !is_half {
        return Kind::Other;
    }
    let is_word = words
        .iter()
        .any(|word| WORDS.contains(word) || ENDINGS.iter().any(|ending| word.ends_with(ending)));
    let is_last = LAST_WORDS.contains(last) && !before.is_empty();
    let is_pair = words.windows(2).any(|pair| {
        let key = matches!(pair[1], "KEY" | "KEYS") && KEYS.contains(&pair[0]);
        key || pair == ["CONNECTION", "STRING"]
    });
    if is_word || is_last || is_pair {
        Kind::Credential
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::{Kind, kind};

    #[test]
    fn names_of_credentials() {
        for name in [
            "GITHUB_TOKEN",
            "GH_TOKEN",
            "CI_JOB_TOKEN",
            "GITHUBTOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_ACCESS_KEY_ID",
            "AWS_SESSION_TOKEN",
            "AZURE_CLIENT_SECRET",
            "AZURE_STORAGE_CONNECTION_STRING",
            "OPENAI_API_KEY",
            "MAILGUN_APIKEY",
            "DB_PASSWORD",
            "DB_PASS",
            "MYSQL_PWD",
            "PGPASSWORD",
            "SSHPASS",
            "GPG_PASSPHRASE",
            "GITHUB_PAT",
            "DEPLOY_PRIVATE_KEY",
            "SECRET_KEY_BASE",
            "JWT_SIGNING_KEY",
            "VAULT_SECRET_ID",
            "DOCKER_AUTH_CONFIG",
            "REDISCLI_AUTH",
            "GOOGLE_APPLICATION_CREDENTIALS",
            "GOOGLE_CREDENTIALS",
            "npm_config__auth",
            "npm_config_//registry.example.org/:_authToken",
            "TOKEN",
            "PASSWORD",
        ] {
            assert_eq!(kind(name), Kind::Credential, "{name}");
        }
    }

    #[test]
    fn names_of_ordinary_environments() {
        for name in [
            "PATH",
            "PWD",
            "OLDPWD",
            "HOME",
            "SHELL",
            "USER",
            "LANG",
            "TERM",
            "EDITOR",
            "LS_COLORS",
            "SSH_AUTH_SOCK",
            "SSH_AGENT_PID",
            "SSH_ASKPASS",
            "GIT_ASKPASS",
            "GIT_AUTHOR_NAME",
            "XAUTHORITY",
            "GPG_AGENT_INFO",
            "DBUS_SESSION_BUS_ADDRESS",
            "XDG_SESSION_ID",
            "XDG_RUNTIME_DIR",
            "CREDENTIALS_DIRECTORY",
            "PASSWORD_STORE_DIR",
            "TOKEN_FILE",
            "DB_PASSWORD_FILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "KUBERNETES_SERVICE_HOST",
            "AUTH_SERVICE_PORT",
            "AUTH_PORT_80_TCP_ADDR",
            "TOKENIZERS_PARALLELISM",
            "AUTH_TYPE",
            "AZURE_CLIENT_ID",
            "OAUTH_CLIENT_ID",
            "TOKEN_TTL",
            "SECRET_NAME",
            "CACHE_KEY",
            "SSH_PUBLIC_KEY",
            "PRIMARY_KEY",
            "AUTH0_DOMAIN",
            "MONKEY",
            "COMPASS",
            "npm_package_dependencies_jsonwebtoken",
            "npm_lifecycle_script",
            "npm_config_auth_type",
            "COFFERDAM_PLUGINS__CREDENTIALS__MODE",
            "COFFERDAM_KNOWN__CREDENTIAL_LIKE",
            "",
            "__",
        ] {
            assert_eq!(kind(name), Kind::Other, "{name}");
        }
    }

    #[test]
    fn names_of_places() {
        for name in [
            "DATABASE_URL",
            "REDIS_URI",
            "https_proxy",
            "SENTRY_DSN",
            "AUTH_TOKEN_URL",
        ] {
            assert_eq!(kind(name), Kind::Place, "{name}");
        }
    }
}
