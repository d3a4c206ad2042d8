//! Detector of personal data: e-mail addresses, payment cards, IBANs, phone numbers.
//!
//! Numbers are everywhere in logs, so each rule asks for structure and a check digit, and for what stands around the number.

mod card;
mod email;
mod iban;
mod issuer;
mod phone;

use cofferdam_sdk::{Detector, Info, Rule, Settings, SettingsError, Verdict, Window, export_detector};

/// The detector.
pub struct Personal;

export_detector!(Personal);

/// A rule with its check.
struct Part {
    rule: fn() -> Rule,
    check: fn(&Window<'_>, &mut Vec<Verdict>),
}

/// All rules, in the order that the host counts.
const PARTS: [Part; 5] = [
    Part {
        rule: email::rule,
        check: email::check,
    },
    Part {
        rule: card::rule,
        check: card::check,
    },
    Part {
        rule: iban::rule,
        check: iban::check,
    },
    Part {
        rule: iban::rule_elsewhere,
        check: iban::check,
    },
    Part {
        rule: phone::rule,
        check: phone::check,
    },
];

impl Detector for Personal {
    const INFO: Info = Info {
        id: "personal",
        version: env!("CARGO_PKG_VERSION"),
        title: "E-mail addresses, payment cards, IBANs, phone numbers",
        settings: Info::NO_SETTINGS,
    };
    const FACTS: &'static [&'static str] = &["checksum-valid", "placeholder"];

    fn configure(settings: &Settings<'_>, _as_of: u32) -> Result<Self, SettingsError> {
        settings.only(&[])?;
        Ok(Personal)
    }

    fn rules(&self) -> Vec<Rule> {
        PARTS.iter().map(|part| (part.rule)()).collect()
    }

    fn check(&self, window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
        if let Some(part) = PARTS.get(window.rule_index()) {
            (part.check)(window, verdicts);
        }
    }
}

/// The bit of the fact that a check digit is right.
const CHECKSUM_VALID: u8 = 0;
/// The bit of the fact that a value only stands where a real one would.
const PLACEHOLDER: u8 = 1;

#[cfg(test)]
mod tests;
