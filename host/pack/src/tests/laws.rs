//! What must be true of every pack: of its rules, of text that was guarded already, and of any input.

use std::collections::BTreeSet;

use cofferdam_rules::{RuleEngine, fact};
use cofferdam_sdk::testing::{Host, Random};
use cofferdam_sdk::{Outlined, Outlines, Severity, check};

use super::bed;

const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

#[test]
fn rules_are_well_formed_and_named_once() {
    let fits = |text: &str, more: &str| {
        text.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    for (host, category, fewest) in [
        (bed::personal_with_all(), "personal.", 80),
        (bed::credentials(), "credential.", 1000),
    ] {
        let rules = host.rules();
        assert!(rules.len() >= fewest, "{}", rules.len());
        let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id()).collect();
        assert_eq!(ids.len(), rules.len(), "ids are unique");
        for rule in rules {
            assert!(fits(rule.id(), "-") && rule.id().len() <= 64, "{}", rule.id());
            assert!(
                rule.category().starts_with(category) && fits(rule.category(), ".-"),
                "{}",
                rule.category()
            );
        }
    }
}

#[test]
fn windows_are_read_by_what_was_declared() {
    for host in [bed::personal(), bed::personal_with_all(), bed::credentials()] {
        let declared = Outlines::of(host.rules());
        for (number, rule) in (0_u16..).zip(host.rules()) {
            // A rule has 64 anchors at most, and there is none behind them.
            for anchor in 0..=64 {
                let read = host.detector().outline(number, anchor);
                assert!(read.is_some());
                assert_eq!(read, declared.outline(number, anchor), "{} at {anchor}", rule.id());
            }
        }
        let count = u16::try_from(host.rules().len()).expect("there are 4096 at most");
        assert_eq!(host.detector().outline(count, 0), None);
    }
}

#[test]
fn personal_text_that_was_guarded_is_not_guarded_again() {
    for text in [
        "DE[redacted:iban]",
        "+[redacted:phone]",
        "[redacted:payment-card]",
        "[redacted:email]",
        "DE********************",
        "****************",
        "SSN: [redacted:us-ssn]",
        "ssn=***-**-****",
        "date of birth: [redacted:birth-date]",
        "passport no: *********",
    ] {
        assert_eq!(bed::personal_with_all().taken(text), [], "{text}");
    }
}

#[test]
fn hashes_hold_no_personal_data() {
    let mut random = Random::new(4);
    for _ in 0..1_500 {
        let text = format!(
            "commit {} {}-{} {}",
            random.string("0123456789abcdef", 40),
            random.string("0123456789abcdef", 8),
            random.string("0123456789abcdef", 12),
            random.string("0123456789ABCDEF", 32)
        );
        assert_eq!(bed::personal().taken(&text), [], "{text}");
    }
}

#[test]
fn no_personal_input_makes_a_check_panic() {
    let host = bed::personal_with_all();
    let mut random = Random::new(6);
    let names = [
        "ssn ",
        "dob: ",
        "cpf=",
        "\"nif\": \"",
        "codice fiscale ",
        "passport no ",
        "tel ",
        "phone: ",
        "nr. ",
        "756.",
        "784-",
        "身份证：",
        "hetu ",
    ];
    let bytes: Vec<u8> = (0..=255).collect();
    for _ in 0..2_000 {
        let mut text = names[random.below(names.len())].as_bytes().to_vec();
        let length = random.below(80);
        let alphabet: &[u8] = if random.below(4) == 0 {
            &bytes
        } else {
            b"DEGB0123456789+-. ()@a\x1b[m:/X"
        };
        text.extend(random.text(alphabet, length));
        let _hits = host.hits(&text);
    }
}

#[test]
fn no_credential_input_makes_a_check_panic() {
    let host = bed::credentials();
    let mut random = Random::new(17);
    let starts = [
        "://",
        "authorization: ",
        "PRIVATE KEY-----\n",
        "-----BEGIN ",
        "eyJ",
        "LS0tLS1CRUdJTiBQUklWQVRFI",
        "7Q~",
        ";pwd=",
        "\\n",
        "ghp_",
        "AKIA",
        "xoxb-",
        "sk-",
        "glpat-",
        "datadog_api_key=",
    ];
    let bytes: Vec<u8> = (0..=255).collect();
    for _ in 0..150 {
        let mut text = Vec::new();
        for _ in 0..random.below(6) {
            text.extend(starts[random.below(starts.len())].as_bytes());
            let length = random.below(90);
            let alphabet: &[u8] = if random.below(3) == 0 {
                &bytes
            } else {
                b"abcXYZ019.-_=+/\\:@%\n\r\t $"
            };
            text.extend(random.text(alphabet, length));
        }
        let _hits = host.hits(&text);
    }
}

/// The findings of `text` that `rule` has.
fn found(host: &Host<RuleEngine>, rule: &str, text: &str) -> Vec<(Severity, u8, u64)> {
    let hits = host.hits(text.as_bytes()).into_iter().filter(|hit| hit.rule == rule);
    hits.map(|hit| (hit.severity, hit.confidence, hit.facts)).collect()
}

#[test]
fn a_token_s_sum_raises_confidence_and_never_lets_through() {
    let host = bed::credentials();
    let mut random = Random::new(14);
    for (rule, prefix) in [("github-token", "ghp_"), ("npm-token", "npm_")] {
        let start = random.string(LETTERS, 30);
        let sum = String::from_utf8(check::base62_crc32(start.as_bytes()).to_vec()).unwrap();
        let valid = found(host, rule, &format!("{prefix}{start}{sum}"));
        let invalid = found(host, rule, &format!("{prefix}{start}{}", random.string(LETTERS, 6)));
        assert_eq!((valid.len(), invalid.len()), (1, 1), "{rule}");
        assert_eq!(valid[0].2, 1 << fact::CHECKSUM_VALID);
        assert_eq!(invalid[0].2, 1 << fact::CHECKSUM_INVALID);
        assert!(valid[0].1 > invalid[0].1);
        assert_eq!(invalid[0].0, Severity::P0);
    }
}

#[test]
fn a_client_secret_of_azure_is_found_with_what_leads_it() {
    let host = bed::credentials();
    let random = |seed: u64, length: usize| Random::new(seed).string(LETTERS, length);
    for (mark, length) in [("7Q~", 31), ("8Q~", 34)] {
        let secret = format!("{}{mark}{}", random(21, 3), random(22, length));
        let text = format!("secret: {secret}\"");
        let taken = host.taken(&text);
        assert!(taken.iter().any(|(_, taken)| *taken == secret), "{taken:?}");
    }
}

#[test]
fn shapes_that_lack_a_token_s_are_refused() {
    for text in [
        format!("SG.{}", "aB3".repeat(23)),
        format!("sk-{}", "aB3".repeat(17)),
        "xoxb-your-token-goes-here".to_owned(),
        format!("PMAK-{}", "0f3".repeat(21)),
    ] {
        assert_eq!(bed::taken(bed::credentials(), &text), [], "{text}");
    }
}

#[test]
fn short_prefixes_begin_a_word() {
    let mut random = Random::new(13);
    for prefix in ["gto_", "sgp_", "csb_v1_"] {
        let text = format!("foo{prefix}{}", random.string(LETTERS, 36));
        assert_eq!(bed::taken(bed::credentials(), &text), [], "{text}");
    }
}

#[test]
fn short_prefixes_within_base64_begin_nothing() {
    let mut random = Random::new(14);
    let token = format!("EZAK{}", random.string(LETTERS, 54));
    let run = random.string(LETTERS, 60);
    for sign in ["+", "/"] {
        let text = format!("{run}{sign}{token}");
        assert_eq!(bed::taken(bed::credentials(), &text), [], "{text}");
    }
    for text in [
        format!("+{token}"),
        format!("a+{token}"),
        // A query writes blanks as pluses.
        format!("?q=where+is+the+token+that+we+had+{token}"),
        format!("?q=authorizationheaders+{token}"),
        format!("https://api.corp.io/v1/organisations/accounts/users/payments/tokens/{token}"),
    ] {
        assert_ne!(bed::taken(bed::credentials(), &text), [], "{text}");
    }
}

#[test]
fn a_short_text_over_and_over_is_counted_only() {
    for text in ["glpat-a1b2c3a1b2c3a1b2c3ab", "gldt-a1b2c3a1b2c3a1b2c3ab"] {
        let hits = bed::credentials().hits(text.as_bytes());
        let severities: Vec<Severity> = hits.iter().map(|hit| hit.severity).collect();
        assert_eq!(severities, [Severity::P2], "{text}");
    }
}

#[test]
fn keys_of_a_test_mode_say_so() {
    let text = format!(
        "{}_test_{}",
        "sk",
        Random::new(15).string("abcdefghijklmnop23456789", 24)
    );
    let hits = bed::credentials().hits(text.as_bytes());
    assert_eq!(hits.len(), 1, "{hits:?}");
    assert_eq!((hits[0].severity, hits[0].facts), (Severity::P2, 1 << fact::TEST_MODE));
}

#[test]
fn tokens_that_are_filled_in_are_counted_only() {
    for prefix in ["ghp_", "npm_", "glpat-", "AKIA"] {
        for filler in ["x", "X", "0", "a", "A", "1234567890abcdef"] {
            let filled: String = filler.chars().cycle().take(36).collect();
            for hit in bed::credentials().hits(format!("{prefix}{filled}").as_bytes()) {
                // People make keys of rows of letters, too, but for those of a mask's.
                let masks = ["x", "X", "0"].contains(&filler);
                let severity = if masks { Severity::P3 } else { Severity::P2 };
                assert_eq!(hit.severity, severity, "{prefix}{filler} {hit:?}");
                assert_eq!(hit.facts, 1 << fact::PLACEHOLDER, "{prefix}{filler}");
            }
        }
    }
}

#[test]
fn tokens_that_were_taken_out_are_not_taken_out_again() {
    for prefix in [
        "ghp_",
        "npm_",
        "glpat-",
        "AKIA",
        "eyJ",
        "xoxb-",
        "Authorization: Bearer ",
        "postgres://u:",
    ] {
        for replaced in ["[redacted:github-token]".to_owned(), "*".repeat(36)] {
            let text = format!("{prefix}{replaced} ");
            assert_eq!(bed::taken(bed::credentials(), &text), [], "{text}");
        }
    }
}
