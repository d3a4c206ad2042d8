//! Addresses of mail, and phones.

use cofferdam_rules::RuleEngine;
use cofferdam_sdk::Severity;
use cofferdam_sdk::testing::Host;

use super::bed;

fn host() -> &'static Host<RuleEngine> {
    bed::personal()
}

fn taken(rule: &str, text: &str) -> Vec<String> {
    bed::taken_by(host(), rule, text)
}

#[test]
fn addresses_are_found() {
    for (text, address) in [
        ("write to jane.doe+x@corp.co.uk.", "jane.doe+x@corp.co.uk"),
        ("<a_b@sub.firm.io>", "a_b@sub.firm.io"),
        ("Author: A B <a@b.de>\r\n", "a@b.de"),
        ("mailto:x%y@firm.museum?subject", "x%y@firm.museum"),
    ] {
        assert_eq!(taken("email", text), [address], "{text}");
    }
    let hits = host().hits(b"jane@example.org");
    assert_eq!(
        (hits.len(), hits[0].severity),
        (1, Severity::P3),
        "a domain for documentation"
    );
    let hits = host().hits(b"no-reply@firm.org");
    assert_eq!((hits.len(), hits[0].severity), (1, Severity::P3), "nobody's");
    let hits = host().hits(b"jane@firm.org");
    assert_eq!((hits.len(), hits[0].severity), (1, Severity::P2));
}

#[test]
fn what_only_has_an_at_sign_is_no_address() {
    for text in [
        "user@host",
        "@scope/name",
        "icon@2x.png",
        "getty@tty1.service",
        "a@1.2.3",
        "npm@10.2.0",
        "x@-a.de",
        "a@b..de",
        "@",
        "a@",
        "pkg@workspace.*",
    ] {
        assert_eq!(taken("email", text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn phones_are_found() {
    for number in [
        "49 30 901820 12",
        "44 20 7946 0958",
        "1 415 555 2671",
        "1 (415) 555-2671",
        "33123456789",
        "49-171-1234567",
        "971.50.1234567",
    ] {
        for (before, after) in [("", ""), ("tel:", ""), ("call ", " now"), ("\"", "\"")] {
            assert_eq!(
                taken("phone", &format!("{before}+{number}{after}")),
                [number],
                "{before}{number}{after}"
            );
        }
    }
}

#[test]
fn other_numbers_after_a_plus_are_no_phones() {
    for text in [
        "+0200",
        "1.2.3+20230101",
        "a+1234567890",
        "++491711234567",
        "+1234",
        "+1763690876",
        "+00000000000",
        "+123456789012345678",
        "+4915112345678abc",
        "@@ -1,7 +1,9 @@",
    ] {
        assert_eq!(taken("phone", text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn phones_that_are_kept_for_films_are_counted_only() {
    for text in [
        "+1 (202) 555-0143",
        "tel:+442079460958",
        "+61 491 570 156",
        "phone: (202) 555-0143",
    ] {
        assert_eq!(bed::severities(host(), text), [Severity::P3], "{text}");
    }
    for text in ["+1 (202) 839-2017", "+442083920174", "phone: (202) 839-2017"] {
        assert_eq!(bed::severities(host(), text), [Severity::P2], "{text}");
    }
}
