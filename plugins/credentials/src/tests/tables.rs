//! Every line of the tables: a generated token, a near miss, a placeholder, colours, words, tails.

use cofferdam_sdk::check::{base62_crc32, crc32};
use cofferdam_sdk::testing::{Hit, Random};
use cofferdam_sdk::{ByteSet, Detector, Severity};

use super::host;
use crate::token::{Proof, Token};
use crate::{Credentials, fact, tokens};

fn tokens() -> impl Iterator<Item = &'static Token> {
    tokens::TABLES.into_iter().flatten()
}

/// A body of `length` bytes that a real token of this kind could have.
fn body(token: &Token, length: usize, random: &mut Random) -> String {
    let alphabet: Vec<u8> = (0..128).filter(|&byte| token.body.has(byte)).collect();
    let mut body = random.text(&alphabet, length);
    let letters: Vec<u8> = (0..128)
        .filter(|&byte| token.body.has(byte) && ByteSet::ALNUM.has(byte))
        .collect();
    let mut put = |at: usize, part: &[u8]| body[at..at + part.len()].copy_from_slice(part);
    match token.id {
        "sendgrid-key" => {
            let plain = random.text(&letters, length);
            put(0, &plain);
            put(22, b".");
        }
        "postman-key" => put(24, b"-"),
        "dynatrace-token" => put(24, b"."),
        "openai-legacy-key" => put(20, ["T3Blb", "kFJ"].concat().as_bytes()),
        "slack-token" => put(0, b"7"),
        _ => {}
    }
    String::from_utf8(body).expect("the alphabets are ASCII")
}

/// What this token's rule finds in `text`.
fn hits_of(token: &Token, text: &str) -> Vec<Hit> {
    host()
        .hits(text.as_bytes())
        .into_iter()
        .filter(|hit| hit.rule == token.id)
        .collect()
}

#[test]
fn every_token_is_found_as_a_whole_and_only_its_secret() {
    let mut random = Random::new(11);
    for token in tokens() {
        for prefix in token.prefixes {
            for more in [0, 1, 7, 40] {
                let body = body(token, usize::from(token.at_least) + more, &mut random);
                for (before, after) in [
                    ("", ""),
                    ("KEY=\"", "\" # end"),
                    ("\x1b[31m", "\x1b[0m"),
                    ("a\\n", "\\n"),
                    (" ", "\r\n"),
                ] {
                    let text = format!("{before}{prefix}{body}{after}");
                    let start = before.len() + prefix.len();
                    // A prefix may contain another one (xoxe.xoxp-): what matters is that the secret is covered to its end.
                    let hits = hits_of(token, &text);
                    let covering = hits
                        .iter()
                        .find(|hit| hit.start <= start && hit.end == start + body.len());
                    let hit = covering.unwrap_or_else(|| panic!("{} is not found in {text:?}: {hits:?}", token.id));
                    assert_eq!(hit.severity, token.severity, "{} in {text:?}", token.id);
                    assert!(
                        hits.iter()
                            .all(|hit| hit.start >= before.len() && hit.end <= start + body.len()),
                        "{}",
                        token.id
                    );
                }
            }
        }
    }
}

#[test]
fn a_body_that_is_too_short_is_nothing() {
    let mut random = Random::new(12);
    for token in tokens().filter(|token| !matches!(token.proof, Proof::Shape(_))) {
        let body = body(token, usize::from(token.at_least) - 1, &mut random);
        assert_eq!(
            hits_of(token, &format!("{}{body} ", token.prefixes[0])),
            [],
            "{}",
            token.id
        );
    }
}

#[test]
fn placeholders_are_counted_and_no_more() {
    for token in tokens() {
        for filler in ["x", "X", "0", "a", "1234567890abcdef"] {
            let length = usize::from(token.at_least);
            let filled: String = filler.chars().cycle().take(length).collect();
            if !token.body.has_all(filled.as_bytes()) {
                continue;
            }
            for hit in hits_of(token, &format!("{}{filled}", token.prefixes[0])) {
                assert_eq!(hit.severity, Severity::P3, "{} {filled}", token.id);
                assert_eq!(hit.facts, 1 << fact::PLACEHOLDER, "{} {filled}", token.id);
            }
        }
    }
}

#[test]
fn short_prefixes_must_begin_a_word() {
    let mut random = Random::new(13);
    for token in tokens() {
        let text = format!(
            "foo{}{}",
            token.prefixes[0],
            body(token, usize::from(token.at_least), &mut random)
        );
        assert_eq!(hits_of(token, &text).is_empty(), token.word, "{} in {text}", token.id);
    }
}

#[test]
fn the_shapes_refuse_what_lacks_them() {
    for text in [
        format!("SG.{}", "aB3".repeat(23)),
        format!("sk-{}", "aB3".repeat(17)),
        "xoxb-your-token-goes-here".to_owned(),
        format!("PMAK-{}", "0f3".repeat(21)),
    ] {
        assert_eq!(super::taken(&text), [], "{text}");
    }
}

#[test]
fn checksums_raise_confidence_and_never_let_through() {
    let mut random = Random::new(14);
    let letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
    for (id, prefix) in [("github-token", "ghp_"), ("npm-token", "npm_")] {
        let start = random.string(letters, 30);
        let sum = String::from_utf8(base62_crc32(start.as_bytes()).to_vec()).unwrap();
        let token = tokens().find(|token| token.id == id).unwrap();
        let valid = hits_of(token, &format!("{prefix}{start}{sum}"));
        let invalid = hits_of(token, &format!("{prefix}{start}{}", random.string(letters, 6)));
        assert_eq!((valid.len(), invalid.len()), (1, 1));
        assert_eq!(valid[0].facts, 1 << fact::CHECKSUM_VALID);
        assert_eq!(invalid[0].facts, 1 << fact::CHECKSUM_INVALID);
        assert!(valid[0].confidence > invalid[0].confidence);
        assert_eq!(invalid[0].severity, Severity::P0);
    }
    let token = tokens().find(|token| token.id == "atlassian-token").unwrap();
    let front = format!("ATATT3{}=", random.string(letters, 177));
    let hits = hits_of(token, &format!("{front}{:08X}", crc32(front.as_bytes())));
    assert_eq!(hits[0].facts, 1 << fact::CHECKSUM_VALID);
}

#[test]
fn test_keys_say_so() {
    let text = format!(
        "{}_test_{}",
        "sk",
        Random::new(15).string("abcdefghijklmnop23456789", 24)
    );
    let hits = host().hits(text.as_bytes());
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].severity, hits[0].facts), (Severity::P2, 1 << fact::TEST_MODE));
}

#[test]
fn there_are_enough_rules_and_each_is_well_formed() {
    let rules = host();
    let rules = rules.rules();
    assert!(rules.len() >= 30, "{}", rules.len());
    let mut ids: Vec<&str> = rules.iter().map(|rule| rule.id()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules.len(), "ids are unique");
    let fits = |text: &str, more: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    for rule in rules {
        assert!(fits(rule.id(), "-") && rule.id().len() <= 64, "{}", rule.id());
        assert!(
            rule.category().starts_with("credential.") && fits(rule.category(), ".-"),
            "{}",
            rule.category()
        );
    }
    assert!(Credentials::FACTS.len() <= 64);
}

#[test]
fn guarded_text_is_not_guarded_again() {
    let mut random = Random::new(16);
    for token in tokens() {
        let body = body(token, usize::from(token.at_least), &mut random);
        for replaced in [format!("[redacted:{}]", token.id), "*".repeat(body.len())] {
            assert_eq!(
                super::taken(&format!("{}{replaced} ", token.prefixes[0])),
                [],
                "{}",
                token.id
            );
        }
    }
}

#[test]
fn no_input_makes_a_check_panic() {
    let mut random = Random::new(17);
    let starts: Vec<&str> = tokens().flat_map(|token| token.prefixes).copied().collect();
    let words = [
        "://",
        "authorization: ",
        "PRIVATE KEY-----\n",
        "-----BEGIN ",
        "eyJ",
        "LS0tLS1CRUdJTiBQUklWQVRFI",
        "7Q~",
        ";pwd=",
        "\\n",
    ];
    for _ in 0..600 {
        let mut text = Vec::new();
        for _ in 0..random.below(6) {
            let pool: &[&str] = if random.below(2) == 0 { &starts } else { &words };
            text.extend(pool[random.below(pool.len())].as_bytes());
            let length = random.below(90);
            let bytes: Vec<u8> = (0..=255).collect();
            let alphabet: &[u8] = if random.below(3) == 0 {
                &bytes
            } else {
                b"abcXYZ019.-_=+/\\:@%\n\r\t $"
            };
            text.extend(random.text(alphabet, length));
        }
        let _hits = host().hits(&text);
    }
}
