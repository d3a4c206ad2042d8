//! Lines made of the words that real logs hold, among them those that look like the beginning of a secret and are none.

use std::fmt::Write as _;

use crate::inputs::Random;

const CRATES: &[&str] = &[
    "serde",
    "tokio-util",
    "hyper-rustls",
    "regex-automata",
    "clap_builder",
    "proc-macro2",
    "rustls-webpki",
    "openssl-sys",
    "secrecy",
    "password-hash",
    "jsonwebtoken",
    "oauth2",
    "aws-sigv4",
    "tokenizers",
    "keyring",
    "base64ct",
    "argon2",
    "cookie",
];
const MODULES: &[&str] = &[
    "auth",
    "session",
    "token",
    "parser",
    "config",
    "secrets",
    "password_reset",
    "keys",
    "http_client",
    "billing",
    "webhook",
    "credentials",
    "upload",
    "search",
    "queue",
    "scheduler",
    "metrics",
    "storage",
];
const FILES: &[&str] = &[
    "mod.rs",
    "lib.rs",
    "index.ts",
    "main.go",
    "handler.py",
    "Client.java",
    "util.c",
    "types.d.ts",
];
const VERBS: &[&str] = &[
    "Compiling",
    "Checking",
    "Downloading",
    "Fetching",
    "Unpacking",
    "Linking",
    "Copying",
    "Skipping",
];
const TESTS: &[&str] = &[
    "refuses_an_expired_token",
    "rotates_the_key",
    "parses_the_authorization_header",
    "hashes_the_password",
    "keeps_order",
    "retries_after_a_timeout",
    "reads_secret_from_file",
    "signs_the_request",
    "escapes_html",
];
const PROSE: &[&str] = &[
    "no password given, using the key file instead",
    "reading api_key from the environment",
    "token: not set, falling back to anonymous",
    "secret store is empty",
    "authorization: none required for this endpoint",
    "deprecated option --auth-token is ignored",
    "the private key is loaded from the agent",
    "key=value pairs are sorted before they are hashed",
    "passwd: all authentication tokens updated successfully",
    "bearer of bad news: the cache is cold",
    "skipping task sketch-assets, as risk-report is up to date",
    "asking the registry for its index",
];
const HOSTS: &[&str] = &[
    "https://registry.example.com",
    "https://mirror.example.org/simple",
    "http://localhost:8080",
    "https://cdn.example.net",
    "git+https://git.example.com",
    "postgres://db.example.internal:5432",
    "redis://cache:6379/0",
    "s3://artefacts-example",
];
const LEVELS: &[&str] = &["info", "info", "info", "debug", "warn", "error"];
const PATHS: &[&str] = &[
    "/api/v1/tokens",
    "/api/v1/users/me",
    "/login",
    "/password/reset",
    "/oauth/callback",
    "/healthz",
    "/metrics",
    "/api/v2/secrets/list",
    "/static/app.js",
    "/search",
    "/cart",
    "/api/v1/keys/rotate",
];
const AGENTS: &[&str] = &[
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
    "curl/8.9.1",
    "kube-probe/1.31",
    "python-requests/2.32.3",
    "Go-http-client/2.0",
    "okhttp/4.12.0",
];
const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// One line of a build's log.
pub(crate) fn build_line(random: &mut Random, line: &mut String) {
    let (krate, module, file) = (random.of(CRATES), random.of(MODULES), random.of(FILES));
    let (major, minor, number) = (random.below(9), random.below(40), random.below(5000));
    let written = match random.below(16) {
        0..=2 => write!(
            line,
            "   {} {krate} v{major}.{minor}.{}",
            random.of(VERBS),
            random.below(20)
        ),
        3 => write!(
            line,
            "warning: unused variable: `{module}`\n  --> src/{module}/{file}:{number}:{minor}\n   |"
        ),
        4 => write!(
            line,
            "{number} |     let {module} = {krate}::{module}::new(&config.{module}, options)?;"
        ),
        5 => write!(
            line,
            "gcc -O2 -fPIC -Wall -Isrc/{module}/include -DNDEBUG -c src/{module}/{file} -o build/{module}.o"
        ),
        6 => write!(
            line,
            "npm http fetch GET 200 {}/{krate}/-/{krate}-{major}.{minor}.0.tgz {number}ms (cache miss)",
            random.of(HOSTS)
        ),
        7 => write!(
            line,
            "#{minor} sha256:{} {number}B / {number}B done",
            random.text(HEX, 64)
        ),
        8..=9 => write!(line, "test {module}::{} ... ok", random.of(TESTS)),
        10 => write!(line, "[{minor:02}:{major:02}:12] {}", random.of(PROSE)),
        11 => write!(
            line,
            "Receiving objects: {minor}% ({number}/9211), {major}.{minor} MiB | {number} KiB/s, done."
        ),
        12 => write!(line, "commit {} {}", random.text(HEX, 40), random.of(PROSE)),
        13 => write!(
            line,
            "Get:{minor} {} stable/main amd64 lib{krate}-dev amd64 {major}.{minor}-1 [{number} kB]",
            random.of(HOSTS)
        ),
        14 => write!(
            line,
            "    \"resolved\": \"{}/{krate}.tgz\", \"integrity\": \"sha512-{}==\"",
            random.of(HOSTS),
            random.text(MIXED, 86)
        ),
        _ => write!(line, "make[{major}]: Entering directory '/build/{krate}/{module}'"),
    };
    written.expect("a string takes everything");
}

/// One line of a service's log.
pub(crate) fn json_line(random: &mut Random, line: &mut String) {
    let (hour, minute, number) = (random.below(24), random.below(60), random.below(100_000));
    write!(
        line,
        "{{\"ts\":\"2026-11-{:02}T{hour:02}:{minute:02}:07.{number:05}Z\",\"level\":\"{}\",\"logger\":\"app.{}\",\"msg\":\"{}\",\
         \"request_id\":\"{}-{}-4{}-a{}-{}\",\"path\":\"{}\",\"status\":{},\"duration_ms\":{number},\"user_agent\":\"{}\",\
         \"trace_id\":\"{}\",\"token_type\":\"none\",\"password_set\":true,\"url\":\"{}{}?page={minute}\"}}",
        random.below(28) + 1,
        random.of(LEVELS),
        random.of(MODULES),
        random.of(PROSE),
        random.text(HEX, 8),
        random.text(HEX, 4),
        random.text(HEX, 3),
        random.text(HEX, 3),
        random.text(HEX, 12),
        random.of(PATHS),
        [200, 201, 204, 301, 404, 500][random.below(6)],
        random.of(AGENTS),
        random.text(HEX, 32),
        random.of(HOSTS),
        random.of(PATHS),
    )
    .expect("a string takes everything");
}

/// A line with a secret that nobody ever had. Its parts stand apart here, so that no scanner takes them for one.
pub(crate) fn secret(index: usize, random: &mut Random) -> String {
    match index % 5 {
        0 => format!("export CI_TOKEN=gh{}{}\n", "p_", random.text(MIXED, 36)),
        1 => format!("  aws_access_key_id: AK{}{}\n", "IA", random.text(UPPER, 16)),
        2 => format!("cloning with glp{}{}\n", "at-", random.text(MIXED, 20)),
        3 => format!(
            "DATABASE_URL=postgres://app:{}@db.example.internal:5432/main\n",
            random.text(MIXED, 20)
        ),
        _ => {
            let name = "PRIVATE KEY-----";
            let mut block = format!("-----BEGIN RSA {name}\n");
            for _ in 0..8 {
                block += &random.text(MIXED, 64);
                block.push('\n');
            }
            block + &format!("-----END RSA {name}\n")
        }
    }
}

/// A line with a token, for one suspect.
pub(crate) fn token(random: &mut Random) -> String {
    secret(0, random)
}
