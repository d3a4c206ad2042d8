//! The rule engine: a detector whose rules are data.
//!
//! A rule pack is compiled by the host's tools into a [`Pack`] and put beside this component's code; the engine reads
//! it where [`slot`] says it lies. So a detector is made from a rule file without a compiler, and every pack runs the
//! same code.

pub mod assign;
pub mod check;
pub mod digest;
pub mod fact;
mod fields;
mod frame;
mod in_force;
pub mod later;
pub mod matcher;
pub mod national;
pub mod pack;
pub mod pattern;
mod placeholder;
mod record;
pub mod slot;
mod table;
pub mod words;

use std::collections::BTreeSet;

use cofferdam_sdk::{
    Detector, Info, Outline, Outlined, Rule, Settings, SettingsError, Verdict, Window, export_detector,
};

use in_force::InForce;
use pack::{AnchorData, Pack, Proof, RuleData, Test};
use placeholder::Placeholders;

/// The schema of the settings of every pack.
const SETTINGS: &str = r#"{"type":"object","additionalProperties":false,"properties":{"enable":{"type":"string","description":"ids of rules that the pack leaves off, with commas between them"},"disable":{"type":"string","description":"ids of rules to leave out, with commas between them"}}}"#;

/// A detector over one pack.
pub struct RuleEngine {
    pack: &'static Pack<'static>,
    rules: InForce,
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
        let enabled = indices(pack, settings, "enable")?;
        let disabled = indices(pack, settings, "disable")?;
        let off = pack.off.iter().filter(|index| !enabled.contains(index));
        let left_out: BTreeSet<u16> = off.chain(&disabled).copied().collect();
        Ok(RuleEngine {
            pack,
            rules: InForce::all_but(count(pack), left_out),
            placeholders: Placeholders::new(pack),
            as_of,
        })
    }

    /// The engine over one rule of `pack`, as its examples are checked.
    #[must_use]
    pub fn one(pack: &'static Pack<'static>, rule: u16, as_of: u32) -> RuleEngine {
        RuleEngine {
            pack,
            rules: InForce::one(count(pack), rule),
            placeholders: Placeholders::new(pack),
            as_of,
        }
    }

    fn data(&self, number: usize) -> Option<&'static RuleData<'static>> {
        Some(self.pack.rules.get(self.rules.index(number)?)?.get())
    }

    fn proof(&self, number: usize) -> Option<&'static Proof<'static>> {
        Some(self.pack.proofs.get(self.rules.index(number)?)?.get())
    }
}

/// A pack has 4096 rules at most; of one that has more the engine knows no more.
fn count(pack: &Pack<'_>) -> u16 {
    u16::try_from(pack.rules.len()).unwrap_or(u16::MAX)
}

/// The rules that a setting names, each of which the pack must have. Where it names none, no rule is read for its id.
fn indices(pack: &Pack<'_>, settings: &Settings<'_>, key: &str) -> Result<Vec<u16>, SettingsError> {
    let listed = settings.get(key).unwrap_or_default();
    let ids = listed.split(',').map(str::trim).filter(|id| !id.is_empty());
    let index = |id: &str| {
        let named = (0_u16..).zip(pack.rules.iter()).find(|(_, rule)| rule.get().id == id);
        named
            .map(|(index, _)| index)
            .ok_or_else(|| SettingsError::new(format!("`{key}` names the rule `{id}`, which this pack doesn't have")))
    };
    ids.map(index).collect()
}

/// Read from the pack for each rule that is asked about: an instance is asked about few.
impl Outlined for RuleEngine {
    fn outline(&self, rule: u16, anchor: u16) -> Option<Outline> {
        let data = self.data(usize::from(rule))?;
        let literal = match data.anchors.get(usize::from(anchor)) {
            Some(AnchorData::Literal(bytes) | AnchorData::Keyword(bytes)) => u8::try_from(bytes.len()).ok(),
            Some(AnchorData::Run(..)) | None => None,
        };
        Some(Outline {
            severity: data.grade(),
            has_lead: data.extent.has_lead(),
            literal,
        })
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
            .filter_map(|number| self.data(number))
            .map(RuleData::rule)
            .collect()
    }

    fn outlined(&self) -> Option<&dyn Outlined> {
        Some(self)
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
