//! International bank account numbers.

use cofferdam_rules::{RuleEngine, fact};
use cofferdam_sdk::testing::{Host, Random};
use cofferdam_sdk::{Severity, check};

use super::bed;

fn host() -> &'static Host<RuleEngine> {
    bed::personal()
}

fn taken(rule: &str, text: &str) -> Vec<String> {
    bed::taken_by(host(), rule, text)
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
fn accounts_of_the_registry_are_counted_only() {
    for account in ["DE89370400440532013000", "GB82 WEST 1234 5698 7654 32"] {
        let hits = host().hits(format!("IBAN {account},").as_bytes());
        assert_eq!((hits.len(), hits[0].severity), (1, Severity::P3), "{account}");
        assert!(hits[0].facts & 1 << fact::PUBLISHED != 0, "{account}");
    }
}

#[test]
fn tables_of_hexadecimal_numbers_hold_no_accounts() {
    // Belgium's and Andorra's numbers have digits where such a table has letters.
    let table = iban("BE", "5EED5FED60ED");
    assert_eq!(taken("iban", &table), [] as [&str; 0], "{table}");
    let table = iban("AD", "35AD38AD3CAD44AD45AD");
    assert_eq!(taken("iban", &table), [] as [&str; 0], "{table}");
    let account = iban("AD", "00012030200359100100");
    assert_eq!(taken("iban", &account), [&account[2..]], "{account}");
}

#[test]
fn accounts_that_nobody_can_have_are_none() {
    // Their remainder is right, and their check digits can't be.
    for account in [
        "DE00000000000000000066",
        "DE01000000000000000048",
        "DE99000000000000000030",
    ] {
        assert_eq!(taken("iban", account), [] as [&str; 0], "{account}");
    }
    // Nothing but zeros stands in place of an account.
    let zeros = iban("TR", "0000100000000000000000");
    assert_eq!(bed::severities(host(), &zeros), [Severity::P3]);
    // A short account that is filled up is one.
    let filled = iban("DE", "370400440000012345");
    assert_eq!(bed::severities(host(), &filled), [Severity::P1]);
}
