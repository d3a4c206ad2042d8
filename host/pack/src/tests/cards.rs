//! Payment cards: what is one, what only looks like one, and what is published for tests.

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
    for row in [
        format!("x\n\t$\"5180 5208 {card} 3FA9\""),
        format!("x y\n$\"{card} AC00\""),
    ] {
        assert_eq!(found(&row), [] as [&str; 0], "{row}");
    }
    for before in [
        "till 54AF",
        "2026 1234",
        "CAFE",
        "dead beef",
        "54AF 5E20:",
        "x $\"5180\"",
        "y\n $\"Card on file:",
    ] {
        assert_eq!(found(&format!("{before} {card} 1")), [card.as_str()], "{before}");
    }
    // Numbers on both sides, or three of them before; a literal among literals; three groups that are the same.
    assert_eq!(found(&format!("751 {card} 3816")), [] as [&str; 0]);
    assert_eq!(found(&format!("7875 7876 7877 {card}\n7972")), [] as [&str; 0]);
    let plain = card.replace(' ', "");
    for literal in [
        format!("check({plain}, 446, 11)"),
        format!("{{608463272472562, {plain}\n}}"),
    ] {
        assert_eq!(bed::severities(host(), &literal), [Severity::P2], "{literal}");
    }
    assert_eq!(found(&format!("Ann,{plain},2027,123")), [plain.as_str()]);
    assert_eq!(found(&format!("to card {plain}, and 12 more")), [plain.as_str()]);
    // Whole hundreds, and what a name calls something else.
    for last in (30..70).map(|last| format!("2200 2201 3300 {}", last * 100)) {
        assert_eq!(
            found(&format!("types: 0x1\n    {last}\nlng")),
            [] as [&str; 0],
            "{last}"
        );
    }
    assert_eq!(found(&format!("#pragma warning(4:{card})")), [] as [&str; 0]);
    let called = format!("[BUG: {card}\n * 2521]");
    assert_eq!(bed::severities(host(), &called), [Severity::P2], "{called}");
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
    // Rows of another digit, and the bytes of a text of letters, too.
    for parts in [
        ["6304", "0000", "0000", "0000"],
        ["4141", "5553", "1111", "1111"],
        ["4142", "4344", "4546", "4748"],
    ] {
        let hits = host().hits(format!("\"{}\"", parts.concat()).as_bytes());
        assert_eq!((hits.len(), hits[0].severity), (1, Severity::P3), "{parts:?}");
    }
}

#[test]
fn test_numbers_are_counted_only_however_they_are_grouped() {
    let published = 1 << fact::PUBLISHED;
    for number in [
        "4111111111111111",
        "4242424242424242",
        "378282246310005",
        "5555555555554444",
    ] {
        let last = number.len() - 12;
        let shown = [
            number.to_owned(),
            grouped(number, &[4, 4, 4, last], " "),
            grouped(number, &[4, 4, 4, last], "-"),
        ];
        for text in &shown {
            let hits = host().hits(text.as_bytes());
            assert_eq!((hits.len(), hits[0].severity), (1, Severity::P3), "{text}");
            assert!(hits[0].facts & published != 0 && hits[0].confidence < 10, "{text}");
        }
    }
    let mut random = Random::new(9);
    let hits = host().hits(card("4111", 16, &mut random).as_bytes());
    assert_eq!((hits[0].severity, hits[0].facts & published), (Severity::P1, 0));
}

#[test]
fn a_row_below_a_row_of_other_numbers_is_no_card() {
    let mut random = Random::new(41);
    let row = || {
        // Groups that no list of neighbours has.
        (0..)
            .map(|seed| card("4", 16, &mut Random::new(seed)))
            .find(|digits| taken("payment-card", &grouped(digits, &[4, 4, 4, 4], " ")).len() == 1)
            .expect("one is a card")
    };
    let shown = grouped(&row(), &[4, 4, 4, 4], " ");
    for above in [
        "Curve 649 1138 649 1135",
        "Path 5 12 1 -2942 2544",
        "\t1 1 1.00 60.00 120.00",
        "1017 22 3 4 5",
    ] {
        assert_eq!(
            taken("payment-card", &format!("{above}\nCurve {shown}\n")),
            [] as [&str; 0],
            "{above}"
        );
    }
    for before in [
        "NP\n2381 3979 m 2684 4157 l 2685 4158 ",
        "% Polyline\nn 2535 3000 m ",
        "237.667 c\n2053.167 1239 2077 1234 2098 1230.5 c\n",
    ] {
        assert_eq!(
            taken("payment-card", &format!("{before}{shown} c")),
            [] as [&str; 0],
            "{before}"
        );
    }
    let other = grouped(&card("51", 16, &mut random), &[4, 4, 4, 4], " ");
    for above in ["Name of the holder", "2026-03-04 05:06:07 paid", "order 12 34"] {
        assert_eq!(
            taken("payment-card", &format!("{above}\nVisa {shown}\n")),
            std::slice::from_ref(&shown),
            "{above}"
        );
    }
    assert_eq!(
        taken("payment-card", &format!("Card {other}\nVisa {shown}\n")),
        [other, shown]
    );
}

#[test]
fn decimals_without_their_zero_are_no_cards() {
    let digits = card("44", 16, &mut Random::new(43));
    for text in [
        format!("[.{digits}, 3.17E-9]"),
        format!("y = .{digits} %i"),
        format!("[- .{digits}, 1]"),
        format!("&nbsp;.{digits}&nbsp;"),
    ] {
        assert_eq!(taken("payment-card", &text), [] as [&str; 0], "{text}");
    }
    assert_eq!(taken("payment-card", &format!("card.{digits}")), [digits]);
}

#[test]
fn a_number_that_its_name_calls_an_id_is_counted_only() {
    let mut random = Random::new(42);
    let digits = card("62", 19, &mut random);
    for (text, severity) in [
        (format!("\"id\": \"{digits}\","), Severity::P2),
        (format!("  id: {digits}\n"), Severity::P2),
        (format!("\"imageId\": \"{digits}\","), Severity::P2),
        (format!("\"paid\": \"{digits}\","), Severity::P1),
        (format!("\"card\": \"{digits}\","), Severity::P1),
        (
            format!("https://tracker.corp.io/feature/{digits} is done"),
            Severity::P2,
        ),
        (format!("GET /cards/{digits} 200"), Severity::P1),
        (format!("({digits}.0 * mass)"), Severity::P2),
        (format!("({digits})."), Severity::P1),
        ("2222 + 2333333333333333".to_owned(), Severity::P3),
        (format!("{{{digits},2.9346417484728883e-16}}"), Severity::P2),
        (format!("{{\"card\":{digits},\"paid\":2}}"), Severity::P1),
    ] {
        assert_eq!(bed::severities(host(), &text), [severity], "{text}");
    }
}

#[test]
fn a_number_that_its_name_calls_something_else_is_counted_only() {
    let mut random = Random::new(31);
    let long = card("62", 19, &mut random);
    let short = card("4", 16, &mut random);
    for text in [
        format!("{{d_ino=371, d_off={long}, d_reclen=24"),
        format!("{{\"state\": {long}}}"),
        format!("cursor={long}"),
        format!("Model {short} Firmware 1.32"),
        format!("orderId: {short}"),
        format!("serial={short}"),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P2], "{text}");
    }
    for text in [
        format!("card={long}"),
        format!("pan: {long}"),
        format!("cardNumber={long}"),
        format!("card_no = {long}"),
        format!("12,{long},ann,2027-01"),
        format!("\"{long}\""),
        format!("number {short}"),
        format!("paid with {short} today"),
        format!("value={short}"),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P1], "{text}");
    }
}

#[test]
fn sizes_with_times_and_signed_numbers_are_no_cards() {
    let mut random = Random::new(33);
    // A size and a time that pass Luhn's test together, as one pair in ten does.
    let pair = (0..1000)
        .map(|second| format!("225755 {}", 1_739_683_000 + second))
        .find(|pair| check::luhn(pair.replace(' ', "").as_bytes()))
        .expect("one passes");
    let (long, short) = (card("36", 14, &mut random), card("35", 16, &mut random));
    for text in [
        format!("376558 1 {pair}.0000000000 644 root"),
        format!("-rw-r--r-- 1 root root {pair}.000 libxcb.a"),
        "root root 346004 315561600.000000000 service-2.json".to_owned(),
        format!("[1,-61640944,-{long},97725572006144]"),
        format!("UN -{long} E-23"),
        format!("can0 19FB0201#{short}"),
    ] {
        assert_eq!(taken("payment-card", &text), [] as [&str; 0], "{text}");
    }
    let listed = format!("[-58930369951719,{short},1169402955316028]");
    assert_eq!(bed::severities(host(), &listed), [Severity::P2], "{listed}");
    let union = grouped(&card("62", 19, &mut random), &[6, 13], " ");
    for text in [
        format!("- {short}"),
        format!("card #{short}"),
        format!("to {union} today"),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P1], "{text}");
    }
}

/// Places of a genome, bytes of a file: two numbers that begin alike, the greater one last, with a hyphen between. A
/// card in two groups is none.
#[test]
fn the_ends_of_a_range_are_no_card() {
    let mut random = Random::new(8);
    let (mut ranges, mut cards) = (0, 0);
    while ranges < 20 || cards < 20 {
        let front = format!("4{}", random.string("0123456789", 2));
        let second = if ranges < 20 { &front[..] } else { "5" };
        let head = format!("{front}{}{second}", random.string("0123456789", 5));
        let digits = card(&head, 16, &mut random);
        let text = format!("900706_chr:{}-", &digits[..8]) + &digits[8..] + "\t99\tchr1";
        if second == "5" {
            cards += 1;
            assert_eq!(taken("payment-card", &text).len(), 1, "{text}");
        } else if digits[..8] < digits[8..] {
            ranges += 1;
            assert!(taken("payment-card", &text).is_empty(), "{text}");
        }
    }
}

#[test]
fn a_dump_of_cards_stays_one_whatever_it_is_written_as() {
    let mut random = Random::new(61);
    let cards: Vec<String> = (0..6).map(|_| card("4", 16, &mut random)).collect();
    let rows = |row: &dyn Fn(usize, &String) -> String| {
        let all: Vec<String> = cards.iter().enumerate().map(|(at, card)| row(at, card)).collect();
        all.concat()
    };
    for text in [
        rows(&|at, card| format!("{at},Ann Lee,{card},12/27,{}\n", 4_155_550_123_u64 + at as u64)),
        rows(&|at, card| format!("{at}\tAnn\t{card}\t2027-12\n")),
        rows(&|at, card| format!("| {at} | Ann | {card} | 12/27 |\n")),
        rows(&|_, card| format!("{card}\n")),
        rows(&|at, card| format!("{{\"holder\": \"a{at}\", \"n\": \"{card}\"}},\n")),
        rows(&|at, card| format!("<row><holder>a{at}</holder><n>{card}</n></row>\n")),
        format!(
            "INSERT INTO `t1` VALUES {};",
            rows(&|at, card| format!("({at},'Ann',{card},'12/27'),"))
        ),
        rows(&|at, card| format!("2026-11-27 10:00:0{at} 1763690876{at}23 charged {card} 19.99 EUR\n")),
        rows(&|_, card| format!("{card} 12/27 123\n")),
        // The same card again and again, as in a log of one customer.
        rows(&|at, _| format!("2026-11-27 10:00:0{at} charged {} once more\n", cards[0])),
        rows(&|_, _| format!("{}\n", cards[0])),
        // A reference of as many digits beside each.
        rows(&|at, card| format!("827364519827364{at},{card}\n")),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P1; 6], "{text}");
    }
}

#[test]
fn numbers_among_random_numbers_and_in_programs_are_counted_only() {
    let mut random = Random::new(62);
    let digits = card("4", 16, &mut random);
    for text in [
        format!("8273645198273645\n7364519827364518\n{digits}\n"),
        format!("0.82736451982736 0.1726354827 {digits}"),
        format!("[8273645198273645, {digits}]"),
        format!("const LIMIT = {digits};"),
        format!("if (x == {digits})"),
        format!("y = x * {digits};"),
        format!("    {digits},\n"),
        format!("hash({digits})"),
        format!("        return {digits};"),
        format!("{{\"volume\": {digits}.75}}"),
        format!("GET /feature/{digits} 200"),
        format!("x 12 {digits} 13.5"),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P2], "{text}");
    }
    // Its own name outweighs them all, and the text before all that doesn't speak against it.
    for text in [
        format!("8273645198273645\n7364519827364518\ncard: {digits}\n"),
        format!("const card = {digits};"),
        format!("charge_card({digits}, 12)"),
        format!("\"cards\": [{digits}, 1]"),
        format!("the card of /feature/{digits} 200"),
    ] {
        assert_eq!(bed::severities(host(), &text), [Severity::P1], "{text}");
    }
}
