//! What came of a phase, as records tell it.

use std::path::Path;

use cofferdam_model::authority::{Phase, PhaseResults, Version};
use cofferdam_model::record::Timestamp;
use cofferdam_model::shadow::CandidateReport;
use cofferdam_runner::record::list;

use crate::failure::Failure;

/// What came of the phase that ends now: on trial by the report, in force by the manifests of the runs since it began.
pub(crate) fn results(
    base: &Path,
    phase: Phase,
    candidate: &Version,
    since: Option<Timestamp>,
    report: Option<&CandidateReport>,
) -> Result<PhaseResults, Failure> {
    if phase == Phase::Shadow {
        return Ok(report.map_or_else(PhaseResults::default, |report| PhaseResults {
            runs: report.coverage.runs,
            windows: report.coverage.windows,
            stricter: report.effects.stricter,
            looser: report.effects.looser,
            failures: report.failures.values().sum(),
        }));
    }
    let mut results = PhaseResults::default();
    for run in list(base).map_err(|error| Failure::before(error.code(), error))? {
        let Some(manifest) = run.manifest else { continue };
        let is_in_force = manifest
            .run
            .plugins
            .iter()
            .any(|plugin| plugin.name == candidate.name && plugin.digest == candidate.digest);
        if is_in_force && since.is_none_or(|since| manifest.started >= since) {
            results.runs += 1;
            results.failures += manifest.tally.guest_failures.values().sum::<u64>();
        }
    }
    Ok(results)
}
