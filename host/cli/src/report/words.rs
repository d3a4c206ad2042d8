//! Numbers and names as people read them.

use cofferdam_model::eval::{CleanAlarm, PerGigabyte, Rate};
use cofferdam_model::record::{LengthClass, Name, SafeText, Severity};

/// A share with its interval, in hundredths: `91.2 (88.0–93.6)`.
pub(in crate::report) fn rate(rate: Option<Rate>) -> String {
    rate.map_or_else(
        || "–".to_owned(),
        |rate| {
            let [value, low, high] = [rate.value, rate.low, rate.high].map(hundredths);
            format!("{value} ({low}–{high})")
        },
    )
}

/// A share alone, with its sign.
pub(in crate::report) fn percent(rate: Option<Rate>) -> String {
    rate.map_or_else(|| "–".to_owned(), |rate| format!("{} %", hundredths(rate.value)))
}

/// A share in hundredths, with one place.
pub(in crate::report) fn hundredths(share: f64) -> String {
    format!("{:.1}", share * 100.0)
}

/// The least that is held up against a gigabyte, in bytes: a hundredth of it.
const LEAST_FOR_RATE: u64 = 10_000_000;

/// How often in a gigabyte, with its interval, where enough was read to tell.
pub(in crate::report) fn per_gigabyte(rate: Option<PerGigabyte>, read: u64) -> String {
    match rate {
        None => "–".to_owned(),
        Some(_) if read < LEAST_FOR_RATE => {
            format!(
                "too little to tell how many in a GB; give {} at least",
                bytes(LEAST_FOR_RATE)
            )
        }
        Some(rate) => {
            let [value, low, high] = [rate.value, rate.low, rate.high].map(|value| format!("{value:.0}"));
            format!("{value} per GB ({low}–{high})")
        }
    }
}

/// Where an alarm is in a file: its line, as editors take it, and the byte.
pub(in crate::report) fn alarm_place(alarm: &CleanAlarm) -> String {
    match alarm.line {
        Some(line) => format!("{}:{line} (byte {})", alarm.file, count(alarm.offset)),
        None => format!("{} (byte {})", alarm.file, count(alarm.offset)),
    }
}

/// A count with commas.
pub(in crate::report) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut told = String::new();
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            told.push(',');
        }
        told.push(digit);
    }
    told
}

/// A count of things: `1 text`, `2 texts`.
pub(crate) fn of(number: u64, thing: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", count(number))
}

/// A length in bytes, in the largest unit of which there is one.
pub(crate) fn bytes(bytes: u64) -> String {
    let tenths = |unit: u64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        1_000_000_000.. => format!("{} GB", tenths(1_000_000_000)),
    }
}

/// How many in a second; of nothing that took no time, none.
pub(in crate::report) fn speed(number: u64, millis: u64) -> u64 {
    number.saturating_mul(1000) / millis.max(1)
}

/// A corpus's rule with its source, as far as it names them.
pub(in crate::report) fn corpus_rule(source: &SafeText, rule: &SafeText) -> String {
    match (source.as_str(), rule.as_str()) {
        ("", "") => "(unnamed)".to_owned(),
        ("", rule) => rule.to_owned(),
        (source, "") => format!("{source}/(unnamed)"),
        (source, rule) => format!("{source}/{rule}"),
    }
}

/// A source, if it has a name.
pub(in crate::report) fn source(source: &SafeText) -> &str {
    match source.as_str() {
        "" => "(unnamed)",
        named => named,
    }
}

/// A detector's rule with its plugin.
pub(in crate::report) fn detector_rule(plugin: &Name, rule: &Name) -> String {
    format!("{plugin}/{rule}")
}

/// A p-value, as far as its size matters.
pub(in crate::report) fn p(value: f64) -> String {
    if value < 0.0001 {
        "p < 0.0001".to_owned()
    } else {
        format!("p = {value:.4}")
    }
}

/// A severity as operators write it.
pub(in crate::report) fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::P0 => "P0",
        Severity::P1 => "P1",
        Severity::P2 => "P2",
        Severity::P3 => "P3",
    }
}

/// A class of length as records write it.
pub(in crate::report) fn length_class(class: LengthClass) -> &'static str {
    use LengthClass::{Hidden, Huge, Large, Long, Medium, Short, Tiny};
    match class {
        Hidden => "hidden",
        Tiny => "0–15",
        Short => "16–31",
        Medium => "32–63",
        Long => "64–255",
        Large => "256–4095",
        Huge => "4096+",
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::eval::{PerGigabyte, Rate};

    #[test]
    fn numbers_are_told_so_that_they_can_be_read() {
        assert_eq!(super::count(0), "0");
        assert_eq!(super::count(999), "999");
        assert_eq!(super::count(1_234_567), "1,234,567");
        assert_eq!(
            (super::of(1, "text"), super::of(2, "text")),
            ("1 text".into(), "2 texts".into())
        );
        assert_eq!(super::bytes(999), "999 B");
        assert_eq!(super::bytes(1_422_999_999), "1.4 GB");
        assert_eq!(super::rate(Rate::wilson(81, 263)), "30.8 (25.5–36.6)");
        assert_eq!(super::rate(None), "–");
        let few = super::per_gigabyte(PerGigabyte::of(1, 400), 400);
        assert_eq!(few, "too little to tell how many in a GB; give 10.0 MB at least");
        let enough = super::per_gigabyte(PerGigabyte::of(10, 100_000_000), 100_000_000);
        assert!(enough.starts_with("100 per GB ("), "{enough}");
        assert_eq!(
            (super::p(1.0), super::p(1e-9)),
            ("p = 1.0000".into(), "p < 0.0001".into())
        );
    }
}
