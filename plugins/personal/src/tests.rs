//! Tests of the rules, over the SDK's test host. Numbers are made at run time.

use cofferdam_sdk::testing::{Host, Random};
use cofferdam_sdk::{Severity, check};

use crate::Personal;

fn host() -> Host<Personal> {
    Host::new().expect("the detector takes no settings")
}

/// What `rule` takes out of `text`.
fn taken(rule: &str, text: &str) -> Vec<String> {
    host()
        .taken(text)
        .into_iter()
        .filter(|(id, _)| id == rule)
        .map(|(_, taken)| taken)
        .collect()
}

/// `prefix` with random digits up to `length`, the last of them Luhn's.
fn card(prefix: &str, length: usize, random: &mut Random) -> String {
    let front = format!("{prefix}{}", random.string("0123456789", length - prefix.len() - 1));
    let digit = (0..10).find(|digit| check::luhn(format!("{front}{digit}").as_bytes()));
    format!("{front}{}", digit.expect("one digit fits"))
}

/// The digits in groups of these lengths.
fn grouped(digits: &str, lengths: &[usize], between: &str) -> String {
    let mut at = 0;
    let groups: Vec<&str> = lengths
        .iter()
        .map(|length| {
            at += length;
            &digits[at - length..at]
        })
        .collect();
    groups.join(between)
}

/// An IBAN of `country` over `account`, with its check digits.
fn iban(country: &str, account: &str) -> String {
    let fits = |sum: &u32| check::mod97_is_one(format!("{country}{sum:02}{account}").as_bytes());
    let sum = (2..99).find(fits).expect("one pair of check digits fits");
    format!("{country}{sum:02}{account}")
}

/// The same in groups of four.
fn printed(iban: &str) -> String {
    let chars: Vec<char> = iban.chars().collect();
    chars
        .chunks(4)
        .map(|group| group.iter().collect::<String>())
        .collect::<Vec<_>>()
        .join(" ")
}

const CARDS: [(&str, usize); 18] = [
    ("4", 16),
    ("51", 16),
    ("55", 16),
    ("2221", 16),
    ("2720", 16),
    ("34", 15),
    ("37", 15),
    ("36", 14),
    ("6011", 16),
    ("65", 16),
    ("3528", 16),
    ("62", 19),
    ("506699", 16),
    ("636297", 16),
    ("606282", 16),
    ("637095", 16),
    ("607000", 16),
    ("9792", 16),
];

#[test]
fn cards_are_found_in_one_piece() {
    let mut random = Random::new(1);
    for (prefix, length) in CARDS {
        let card = card(prefix, length, &mut random);
        for (before, after) in [
            ("", ""),
            ("card: ", "."),
            ("\"", "\","),
            ("\x1b[1m", "\x1b[0m"),
            ("pan=", "&x=1"),
            ("", "\r\n"),
            ("(", ")"),
        ] {
            assert_eq!(
                taken("payment-card", &format!("{before}{card}{after}")),
                [card.as_str()],
                "{before}{after}"
            );
        }
    }
}

#[test]
fn cards_are_found_in_groups_and_among_other_numbers() {
    let mut random = Random::new(2);
    for between in [" ", "-"] {
        let visa = grouped(&card("4", 16, &mut random), &[4, 4, 4, 4], between);
        let amex = grouped(&card("37", 15, &mut random), &[4, 6, 5], between);
        assert_eq!(
            taken("payment-card", &format!("to {visa}, or {amex}.")),
            [visa.clone(), amex.clone()]
        );
    }
    let visa = grouped(&card("4", 16, &mut random), &[4, 4, 4, 4], " ");
    for text in [format!("2026 {visa} 123"), format!("{visa} 2027"), format!("12 {visa}")] {
        assert!(
            taken("payment-card", &text)
                .iter()
                .any(|taken| taken.starts_with(&visa) || visa.starts_with(taken.as_str())),
            "{text}"
        );
    }
}

#[test]
fn numbers_that_are_no_cards_are_left_alone() {
    let mut random = Random::new(3);
    let good = card("4", 16, &mut random);
    let last = good.as_bytes()[15] - b'0';
    let bad = format!("{}{}", &good[..15], (last + 1) % 10);
    for text in [
        bad,
        format!("1{good}"),
        format!("{good}1"),
        format!("a{good}"),
        format!("{good}f"),
        format!("0.{good}"),
        format!("12-{good}"),
        format!("+{good}"),
        format!("id_{good}"),
        grouped(&good, &[2, 2, 4, 4, 4], " "),
        "0000 0000 0000 0000".to_owned(),
        "2026-11-21 02:07:56.123456789".to_owned(),
        "1763690876123".to_owned(),
        "1763690876123456789".to_owned(),
        "550e8400-e29b-41d4-a716-446655440000".to_owned(),
        "4111111111111111111111111111111111111111".to_owned(),
    ] {
        assert_eq!(taken("payment-card", &text), [] as [&str; 0], "{text}");
    }
}

#[test]
fn entries_of_tables_are_no_cards() {
    let found = |text: &str| taken("payment-card", text);
    // Neighbours in a list; the last one is found by trying.
    let near = (5430..5490).map(|last| format!("5410 5426 5418 {last}"));
    let near: Vec<String> = near
        .filter(|text| check::luhn(text.replace(' ', "").as_bytes()))
        .collect();
    assert!(!near.is_empty());
    for text in near {
        assert_eq!(found(&format!("5402 {text} 5504")), [] as [&str; 0], "{text}");
    }
    let mut random = Random::new(7);
    let card = grouped(&card("4", 16, &mut random), &[4, 4, 4, 4], " ");
    assert_eq!(found(&format!("54AF 5E20 {card} 1")), [] as [&str; 0]);
    assert_eq!(found(&format!("54AF5\n5320 {card}")), [] as [&str; 0]);
    for before in ["till 54AF", "2026 1234", "CAFE", "dead beef", "54AF 5E20:"] {
        assert_eq!(found(&format!("{before} {card} 1")), [card.as_str()], "{before}");
    }
    // A well-known test number, four times the same group.
    let same = ["42"; 8].concat();
    let same = grouped(&same, &[4, 4, 4, 4], " ");
    assert_eq!(found(&same), [same.as_str()]);
}

#[test]
fn lengths_that_nobody_prints_are_counted_only() {
    let mut random = Random::new(8);
    for (prefix, length, severity) in [
        ("65", 19, Severity::P2),
        ("6011", 18, Severity::P2),
        ("3528", 19, Severity::P2),
        ("65", 16, Severity::P1),
        ("62", 19, Severity::P1),
        ("6759", 13, Severity::P1),
    ] {
        let hits = host().hits(format!("n={},", card(prefix, length, &mut random)).as_bytes());
        assert_eq!((hits.len(), hits[0].severity), (1, severity), "{prefix} {length}");
    }
    let printed = grouped(&card("65", 19, &mut random), &[4, 4, 4, 4, 3], " ");
    assert_eq!(host().hits(printed.as_bytes())[0].severity, Severity::P1);
}

#[test]
fn round_numbers_are_counted_only() {
    let round = ["6304", "0000", "0000", "0000"].concat();
    let hits = host().hits(format!("\"{round}\"").as_bytes());
    assert_eq!((hits.len(), hits[0].severity), (1, Severity::P3));
}

#[test]
fn hashes_hold_no_card_and_no_account() {
    let mut random = Random::new(4);
    for _ in 0..3_000 {
        let text = format!(
            "commit {} {}-{} {}",
            random.string("0123456789abcdef", 40),
            random.string("0123456789abcdef", 8),
            random.string("0123456789abcdef", 12),
            random.string("0123456789ABCDEF", 32)
        );
        assert_eq!(host().taken(&text), [], "{text}");
    }
}

#[test]
fn accounts_are_found() {
    let mut random = Random::new(5);
    let digits = |count: usize, random: &mut Random| random.string("0123456789", count);
    for iban in [
        iban("DE", &digits(18, &mut random)),
        iban("FR", &digits(23, &mut random)),
        iban("NO", &digits(11, &mut random)),
        iban("GB", &format!("WEST{}", digits(14, &mut random))),
        iban("NL", &format!("ABNA{}", digits(10, &mut random))),
        iban("MT", &format!("MALT{}", digits(23, &mut random))),
    ] {
        for shown in [iban.clone(), printed(&iban)] {
            for (before, after) in [
                ("", ""),
                ("IBAN ", " BIC ABCDEFGH"),
                ("\"", "\""),
                ("\x1b[32m", "\x1b[0m"),
                ("to: ", ".\n"),
            ] {
                // The country's two letters are public: the secret is what follows.
                assert_eq!(
                    taken("iban", &format!("{before}{shown}{after}")),
                    [&shown[2..]],
                    "{before}{after}"
                );
            }
        }
    }
    let elsewhere = iban("MU", "BOMM0101101030300200000MUR");
    assert_eq!(taken("iban-elsewhere", &format!("{elsewhere} ")), [&elsewhere[2..]]);
}

#[test]
fn accounts_with_a_wrong_sum_or_length_are_none() {
    let iban = iban("DE", "370400440532013000");
    let mut wrong = iban.clone().into_bytes();
    wrong[10] = if wrong[10] == b'9' { b'0' } else { wrong[10] + 1 };
    for text in [
        String::from_utf8(wrong).unwrap(),
        iban[..21].to_owned(),
        format!("{iban}1"),
        format!("X{iban}"),
        iban.replacen("DE", "ZZ", 1),
    ] {
        assert_eq!(taken("iban", &text), [] as [&str; 0], "{text}");
    }
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
fn guarded_text_is_not_guarded_again() {
    for text in [
        "DE[redacted:iban]",
        "+[redacted:phone]",
        "[redacted:payment-card]",
        "[redacted:email]",
        "DE********************",
        "****************",
    ] {
        assert_eq!(host().taken(text), [], "{text}");
    }
}

#[test]
fn no_input_makes_a_check_panic() {
    let mut random = Random::new(6);
    for _ in 0..2_000 {
        let length = random.below(80);
        let text = random.string("DEGB0123456789+-. ()@a\u{1b}[m", length);
        let _hits = host().hits(text.as_bytes());
    }
}
