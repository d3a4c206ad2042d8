//! What a policy is told of the rules of all detectors and of known values.

use crate::known::KnownRules;
use crate::plugin::Detector;
use crate::rules::PolicyRule;

/// The rules of all detectors and of known values in one list.
pub(crate) fn tell(detectors: &[Detector], known: Option<&KnownRules>) -> Vec<PolicyRule> {
    let mut told = Vec::new();
    for detector in detectors {
        let described = &detector.inner.described;
        told.extend(described.rules.iter().map(|rule| PolicyRule {
            plugin: detector.inner.info.name.to_string(),
            rule: rule.id.clone(),
            category: rule.category.clone(),
            severity: rule.severity,
            facts: described.facts.clone(),
        }));
    }
    told.extend(known.into_iter().flat_map(KnownRules::told));
    told
}

/// For each detector, and then for so many rules of known values, the place of its first rule in that list; and how
/// long the list is.
pub(crate) fn places(detectors: &[Detector], known: Option<usize>) -> (Vec<u32>, usize) {
    let mut first = Vec::with_capacity(detectors.len() + 1);
    let mut count = 0;
    let counts = detectors.iter().map(|detector| detector.inner.described.rules.len());
    for more in counts.chain(known) {
        first.push(u32::try_from(count).expect("detectors have 4096 rules at most, and there are few detectors"));
        count += more;
    }
    (first, count)
}
