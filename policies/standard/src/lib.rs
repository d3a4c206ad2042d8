//! The standard guard policy: category and severity to an action.
//!
//! A rule names a category by a dotted prefix; the most specific one wins, and where two are as specific, the one
//! that also names the finding's severity, then the stricter. What no rule names gets the default of its severity.
//!
//! The promise: findings of P0 and P1 rules are held by the host in any case, so they are decided by their own
//! severity. A finding of a P2 or P3 rule that calls itself worse counts as P2: its bytes may be out already, and a
//! promise that had to allow for it would make the host hold every e-mail address. What a detector failed on is
//! redacted at least, promised or not.

mod settings;
mod table;

use cofferdam_sdk::{
    Action, Decision, Info, KnownRule, Origin, Policy, PolicyFinding, Promise, Severity, export_policy,
};

use settings::{Override, Settings};
use table::{Table, index};

/// The reason of a decision that the severity's default made.
const REASON_DEFAULT: u16 = 0;
/// The reason of a decision on what a detector failed on.
const REASON_FAILURE: u16 = 1;
/// The reason of a decision on a value that the host was told.
const REASON_KNOWN: u16 = 2;
/// Where the reasons of the settings' rules begin.
const REASON_RULES: u16 = 3;

/// The policy, with one table of decisions made when it is configured.
pub struct Standard {
    table: Table,
    /// None in an instance that stands in for another, which promised them.
    reasons: Vec<String>,
}

export_policy!(Standard);

impl Policy for Standard {
    const INFO: Info = Info {
        id: "standard",
        version: env!("CARGO_PKG_VERSION"),
        title: "Category and severity to an action",
        settings: settings::SCHEMA,
    };

    fn configure(settings: &str, _labels: &[(String, String)], rules: &[KnownRule]) -> Result<Self, String> {
        let settings = Settings::parse(settings, rules)?;
        let decisions =
            |rule: &KnownRule| Severity::NAMES.map(|(_, said)| choose(&settings, rule, counted(rule, said)));
        let default = settings.defaults.map(|action| Decision {
            action,
            reason: REASON_DEFAULT,
        });
        let table = Table::of(default, rules.iter().map(decisions));
        let mut reasons = vec![
            "default of its severity".to_owned(),
            "a detector failed on it".to_owned(),
            "a value that the host was told".to_owned(),
        ];
        reasons.extend(settings.rules.iter().map(|rule| rule.reason.clone()));
        Ok(Standard { table, reasons })
    }

    fn promise(&self) -> Promise {
        Promise {
            acts: self.table.acts().collect(),
            reasons: self.reasons.clone(),
        }
    }

    fn state(&self) -> Option<Vec<u8>> {
        Some(self.table.bytes().to_vec())
    }

    fn renew(_settings: &str, _labels: &[(String, String)], state: Vec<u8>) -> Result<Self, String> {
        Ok(Standard {
            table: Table::from_bytes(state)?,
            reasons: Vec::new(),
        })
    }

    fn decide(&self, finding: &PolicyFinding) -> Decision {
        let default = self.table.default(finding.severity);
        let decision = self.table.of_rule(finding.rule, finding.severity).unwrap_or(default);
        match Origin::from(finding.origin) {
            Origin::Detector => decision,
            Origin::Failure => at_least_redact(decision, REASON_FAILURE),
            // What the host was told to keep is kept, whatever the settings say of its category.
            Origin::KnownValue => at_least_redact(decision, REASON_KNOWN),
            Origin::Other(_) => at_least_redact(default, REASON_KNOWN),
        }
    }
}

/// The same decision, or a redaction where it would let the finding through.
fn at_least_redact(decision: Decision, reason: u16) -> Decision {
    match decision.action {
        Action::Allow => Decision {
            action: Action::Redact,
            reason,
        },
        Action::Redact | Action::RedactMask | Action::WithholdLine | Action::Block => decision,
    }
}

/// The severity that counts for a finding of `rule` that says `said` of itself.
fn counted(rule: &KnownRule, said: Severity) -> Severity {
    match (rule.severity, said) {
        (Severity::P2 | Severity::P3, Severity::P0 | Severity::P1) => Severity::P2,
        (Severity::P0 | Severity::P1, said) | (Severity::P2 | Severity::P3, said) => said,
    }
}

/// The decision on findings of `rule` that have `severity`.
fn choose(settings: &Settings, rule: &KnownRule, severity: Severity) -> Decision {
    let fits = |entry: &(u16, &Override)| {
        settings::covers(&entry.1.category, &rule.category) && entry.1.severity.is_none_or(|wanted| wanted == severity)
    };
    let best = (REASON_RULES..)
        .zip(&settings.rules)
        .filter(fits)
        .max_by_key(|(_, entry)| (entry.category.len(), entry.severity.is_some(), entry.action));
    match best {
        Some((reason, entry)) => Decision {
            action: entry.action,
            reason,
        },
        None => Decision {
            action: settings.defaults[index(severity)],
            reason: REASON_DEFAULT,
        },
    }
}

#[cfg(test)]
mod tests;
