//! Claims, with what they rest on.

use cofferdam_model::eval::Rate;
use cofferdam_model::record::{Digest, FailureKind, PluginKind};
use cofferdam_model::shadow::{CandidateReport, PlaceClass, RuleReport, SkippedWhy};

use crate::hint;
use crate::report::words::{count, of};

/// The claim about what got looser, with its bound: `0 looser in 41,233 windows: below 0.009 % at 95 %`.
pub(super) fn looser(report: &CandidateReport) -> String {
    bounded(
        "looser",
        report.effects.looser,
        report.coverage.incumbent_windows,
        report.effects.looser_rate,
    )
}

/// The same of what got stricter.
pub(super) fn stricter(report: &CandidateReport) -> String {
    bounded(
        "stricter",
        report.effects.stricter,
        report.coverage.windows,
        report.effects.stricter_rate,
    )
}

fn bounded(what: &str, hits: u64, windows: u64, rate: Option<Rate>) -> String {
    let told = format!("{} {what} in {}", count(hits), of(windows, "window"));
    match rate {
        None => told,
        Some(rate) if hits == 0 => format!("{told}: below {} at 95 %", fine(rate.high)),
        Some(rate) => format!(
            "{told}: {} ({}–{}) at 95 %",
            fine(rate.value),
            fine(rate.low),
            fine(rate.high)
        ),
    }
}

/// A share in hundredths, with as many places as it has to tell.
pub(super) fn fine(share: f64) -> String {
    let hundredths = share * 100.0;
    let places = match hundredths {
        _ if hundredths <= 0.0 || hundredths >= 10.0 => 1,
        _ if hundredths >= 1.0 => 2,
        _ => 3,
    };
    format!("{hundredths:.places$} %")
}

/// Whether a reader may conclude that nothing gets looser, and if not, why.
pub(super) fn verdict(report: &CandidateReport) -> String {
    let coverage = &report.coverage;
    let mut against = Vec::new();
    if coverage.runs == 0 {
        against.push("it ran in no run".to_owned());
    } else if coverage.incumbent_windows == 0 {
        against.push("what is in force had no window".to_owned());
    }
    if coverage.unseen_runs > 0 {
        against.push(format!("{} altered or missing", of(coverage.unseen_runs, "run")));
    }
    if coverage.interrupted_runs > 0 {
        against.push(format!("{} cut off", of(coverage.interrupted_runs, "run")));
    }
    if report.effects.looser > 0 {
        against.push(of(report.effects.looser, "looser place"));
    }
    let failures: u64 = report.failures.values().sum();
    if failures > 0 || report.effects.error > 0 {
        against.push(of(failures.max(report.effects.error), "failure"));
    }
    let dropped: Vec<&RuleReport> = report.rules.iter().filter(|rule| rule.dropped).collect();
    if !dropped.is_empty() {
        let windows: u64 = dropped.iter().map(|rule| rule.dropped_windows).sum();
        against.push(format!(
            "{} dropped of {}",
            of(windows.max(1), "window"),
            of(dropped.len() as u64, "rule")
        ));
    }
    let partly = coverage.runs - coverage.whole_runs;
    if report.nothing_looser && partly > 0 {
        format!(
            "nothing got looser in what it saw; of what it did not see, in {}, no rule had a window",
            of(partly, "run")
        )
    } else if report.nothing_looser {
        "nothing got looser in what it saw".to_owned()
    } else {
        format!("can't claim that nothing got looser: {}", against.join(", "))
    }
}

/// The two versions, each with what tells it from the other: of the same component, that is its settings.
pub(super) fn versions(report: &CandidateReport) -> (String, String) {
    let incumbent = report.incumbent.as_ref();
    let by_settings = incumbent.is_some_and(|incumbent| Some(incumbent.digest) == report.digest) && !is_same(report);
    let told = |digest: Option<&Digest>, settings: &Digest| match digest {
        None => String::new(),
        Some(digest) if by_settings => format!(" ({}, settings {})", digest.short(), settings.short()),
        Some(digest) => format!(" ({})", digest.short()),
    };
    let version = report
        .version
        .as_ref()
        .map_or_else(|| "never loaded".to_owned(), ToString::to_string);
    let own = format!(
        "{} {version}{}",
        report.name,
        told(report.digest.as_ref(), &report.settings_digest)
    );
    let against = incumbent.map_or_else(
        || "nothing in force".to_owned(),
        |incumbent| {
            let digests = told(Some(&incumbent.digest), &incumbent.settings_digest);
            format!("{} {}{digests}", incumbent.name, incumbent.version)
        },
    );
    (own, against)
}

/// What to do next about a candidate, each with the command that does it.
pub(super) fn next(report: &CandidateReport) -> Vec<(String, String)> {
    let name = &report.name;
    if report.coverage.runs == 0 {
        return vec![
            ("see whether it can be loaded".to_owned(), hint::command("shadow check")),
            (
                "hold sessions that it sees".to_owned(),
                hint::command("exec -- COMMAND"),
            ),
        ];
    }
    let mut steps = Vec::new();
    if let Some(place) = report.listed.iter().find(|place| place.verdict.is_none()) {
        steps.push((
            "look at the places that differ, the worst first".to_owned(),
            hint::command(&format!("shadow show {}", place.id)),
        ));
        steps.push((
            "say of each whether there is something that must be taken out".to_owned(),
            hint::command(&format!("shadow label {} true|false --by WHO --why TEXT", place.id)),
        ));
    }
    match (report.kind, &report.version) {
        (PluginKind::GuardPolicy, _) => steps.push((
            "have the policy approved, once its source and settings stand under [policy]".to_owned(),
            hint::command("approve policy"),
        )),
        (PluginKind::Detector, Some(version)) => steps.push((
            "ask the gate what is missing before it may guard some runs (docs/promotion.md)".to_owned(),
            hint::command(&format!("promote {name}@{version} --to limited --check")),
        )),
        (PluginKind::Detector, None) => {}
    }
    steps
}

/// Whether a comparison compares a guard with itself.
pub(super) fn is_same(report: &CandidateReport) -> bool {
    report.incumbent.as_ref().is_some_and(|incumbent| {
        Some(incumbent.digest) == report.digest && incumbent.settings_digest == report.settings_digest
    })
}

/// What of a rule the candidate can't be held to, as a count where that is known.
pub(super) fn lost(rule: &RuleReport) -> String {
    match (rule.dropped, rule.dropped_windows) {
        (false, _) => "none".to_owned(),
        (true, 0) => "some".to_owned(),
        (true, windows) => count(windows),
    }
}

/// Why a run isn't taken into account.
pub(crate) fn skipped(why: SkippedWhy) -> &'static str {
    match why {
        SkippedWhy::Open => "not closed: it goes on, or its host was killed",
        SkippedWhy::Tampered => "its record is not the one that was closed; see `cofferdam run verify`",
        SkippedWhy::Missing => "the task's log tells of it, and nothing of it is there",
        SkippedWhy::OtherSchema => {
            "recorded in a form that this version does not know; report on it with the version that wrote it"
        }
    }
}

/// The classes that a matrix shows.
pub(super) const CLASSES: [PlaceClass; 7] = PlaceClass::ALL;

/// How a guard failed.
pub(crate) fn failure(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Trap => "it trapped, or answered with an error",
        FailureKind::Timeout => "it ran past its deadline",
        FailureKind::OutOfMemory => "it wanted more memory than its limit",
        FailureKind::BadAnswer => "it answered something that can't be",
        FailureKind::Missing => "it could not be instantiated",
        FailureKind::CircuitOpen => "it failed so often that it was left alone for a while",
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::eval::Rate;

    #[test]
    fn a_claim_of_none_comes_with_its_bound() {
        let told = super::bounded("looser", 0, 41_233, Rate::wilson(0, 41_233));
        assert_eq!(told, "0 looser in 41,233 windows: below 0.009 % at 95 %");
        let told = super::bounded("stricter", 12, 1000, Rate::wilson(12, 1000));
        assert_eq!(told, "12 stricter in 1,000 windows: 1.20 % (0.688 %–2.09 %) at 95 %");
        assert_eq!(super::bounded("looser", 0, 0, None), "0 looser in 0 windows");
    }
}
