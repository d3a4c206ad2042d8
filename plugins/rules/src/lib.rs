//! The rule engine: a detector whose rules are data.
//!
//! A rule pack is compiled by the host's tools into a [`Pack`] and put beside this component's code; the engine reads it where
//! [`slot`] says it lies. So a detector is made from a rule file without a compiler, and every pack runs the same code.

pub mod assign;
pub mod check;
pub mod digest;
pub mod fact;
pub mod later;
pub mod matcher;
pub mod national;
pub mod pack;
pub mod pattern;
mod placeholder;
pub mod slot;
pub mod words;

use cofferdam_sdk::{Detector, Info, Rule, Settings, SettingsError, Verdict, Window, export_detector};

use pack::{Pack, Proof, RuleData, Test};
use placeholder::Placeholders;

/// The schema of the settings of every pack.
const SETTINGS: &str = r#"{"type":"object","additionalProperties":false,"properties":{"enable":{"type":"string","description":"ids of rules that the pack leaves off, with commas between them"},"disable":{"type":"string","description":"ids of rules to leave out, with commas between them"}}}"#;

/// A detector over one pack.
pub struct RuleEngine {
    pack: &'static Pack<'static>,
    /// The rules in force, as indices into the pack's.
    rules: Vec<u16>,
    placeholders: Placeholders,
    as_of: u32,
}

export_detector!(RuleEngine);

impl RuleEngine {
    /// The engine over `pack`, of the day `as_of` (counted from 1970-01-01).
    ///
    /// # Errors
    /// Names the setting that doesn't fit the pack.
    pub fn over(
        pack: &'static Pack<'static>,
        settings: &Settings<'_>,
        as_of: u32,
    ) -> Result<RuleEngine, SettingsError> {
        settings.only(&["enable", "disable"])?;
        let enabled = ids(pack, settings, "enable")?;
        let disabled = ids(pack, settings, "disable")?;
        // No rule is read for its id where no setting names one.
        let named = |index: u16, ids: &[&str]| {
            let rule = pack.rules.get(usize::from(index)).filter(|_| !ids.is_empty());
            rule.is_some_and(|rule| ids.contains(&rule.get().id))
        };
        let in_force =
            |index: &u16| (!pack.off.contains(index) || named(*index, &enabled)) && !named(*index, &disabled);
        let rules = (0_u16..).zip(&pack.rules).map(|(index, _)| index);
        Ok(RuleEngine {
            pack,
            rules: rules.filter(in_force).collect(),
            placeholders: Placeholders::new(pack),
            as_of,
        })
    }

    /// The engine over one rule of `pack`, as its examples are checked.
    #[must_use]
    pub fn one(pack: &'static Pack<'static>, rule: u16, as_of: u32) -> RuleEngine {
        RuleEngine {
            pack,
            rules: vec![rule],
            placeholders: Placeholders::new(pack),
            as_of,
        }
    }

    fn data(&self, index: usize) -> Option<&'static RuleData<'static>> {
        let rule = self.pack.rules.get(usize::from(*self.rules.get(index)?))?;
        Some(rule.get())
    }

    fn proof(&self, index: usize) -> Option<&'static Proof<'static>> {
        let proof = self.pack.proofs.get(usize::from(*self.rules.get(index)?))?;
        Some(proof.get())
    }
}

/// The rules that a setting names, each of which the pack must have.
fn ids<'s>(pack: &Pack<'_>, settings: &'s Settings<'_>, key: &str) -> Result<Vec<&'s str>, SettingsError> {
    let listed = settings.get(key).unwrap_or_default();
    let ids: Vec<&str> = listed.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    match ids
        .iter()
        .find(|id| !pack.rules.iter().any(|rule| rule.get().id == **id))
    {
        None => Ok(ids),
        Some(id) => Err(SettingsError::new(format!(
            "`{key}` names the rule `{id}`, which this pack doesn't have"
        ))),
    }
}

impl Detector for RuleEngine {
    /// What it says of itself while no pack is there.
    const INFO: Info = Info {
        id: "rule-engine",
        version: env!("CARGO_PKG_VERSION"),
        title: "The rule engine, without rules",
        settings: SETTINGS,
    };
    const FACTS: &'static [&'static str] = fact::ALL;

    fn describe(_configured: Option<&Self>) -> String {
        match slot::pack() {
            Ok(pack) => Info {
                id: pack.id,
                version: pack.version,
                title: pack.title,
                settings: SETTINGS,
            }
            .to_json(),
            Err(_) => Self::INFO.to_json(),
        }
    }

    fn configure(settings: &Settings<'_>, as_of: u32) -> Result<Self, SettingsError> {
        let pack = slot::pack().map_err(SettingsError::new)?;
        RuleEngine::over(pack, settings, as_of)
    }

    fn rules(&self) -> Vec<Rule> {
        (0..self.rules.len())
            .filter_map(|index| self.data(index))
            .map(RuleData::rule)
            .collect()
    }

    fn parts(&self) -> Vec<String> {
        self.pack.parts.get().iter().map(|part| (*part).to_owned()).collect()
    }

    fn check(&self, window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
        let Some(proof) = self.proof(window.rule_index()) else {
            return;
        };
        if proof.word && !cofferdam_sdk::check::starts_token(window.text(), window.anchor_start()) {
            return;
        }
        let first = verdicts.len();
        match &proof.test {
            Test::Pattern(pattern) => verdicts.extend(pattern.check(window, self.as_of, &self.placeholders)),
            Test::Named(named) => named.check(window, self.as_of, &self.placeholders, verdicts),
        }
        for verdict in verdicts.iter_mut().skip(first) {
            verdict.facts |= proof.facts;
        }
    }
}
