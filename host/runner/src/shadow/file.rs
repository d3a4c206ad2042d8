//! A run's `shadow.jsonl`, read back.

use std::path::Path;

use cofferdam_model::record::{Digest, Manifest};
use cofferdam_model::shadow::{ShadowBegun, ShadowCoverage, ShadowLine, ShadowPlace, SkippedWhy};

use crate::record::{RecordError, read_shadow};

/// What a run's `shadow.jsonl` says.
pub struct ShadowFile {
    /// Who was on trial.
    pub begun: ShadowBegun,
    /// The places, each with the digest of its line.
    pub places: Vec<(ShadowPlace, Digest)>,
    /// How much each candidate saw.
    pub coverage: Vec<ShadowCoverage>,
}

impl ShadowFile {
    /// Reads the file of a closed run; none where no candidate was on trial. Only `verify` says whether the manifest
    /// itself is true.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn read(run_dir: &Path, manifest: &Manifest) -> Result<Result<Option<Self>, SkippedWhy>, RecordError> {
        if !manifest.status.is_terminal() {
            return Ok(Err(SkippedWhy::Open));
        }
        let Some(told) = manifest.shadow() else {
            return Ok(Ok(None));
        };
        let found = read_shadow(run_dir)?.unwrap_or_default();
        if told.len != found.len() as u64 || told.sha256 != Digest::of(&found) {
            return Ok(Err(SkippedWhy::Tampered));
        }
        Ok(Self::parse(&found).map(Some).ok_or(SkippedWhy::OtherSchema))
    }

    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        let mut lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let ShadowLine::Begun(begun) = serde_json::from_slice(lines.next()?).ok()? else {
            return None;
        };
        let mut file = Self {
            begun: *begun,
            places: Vec::new(),
            coverage: Vec::new(),
        };
        for line in lines {
            match serde_json::from_slice(line).ok()? {
                ShadowLine::Place(place) => file.places.push((*place, Digest::of(line))),
                ShadowLine::Coverage(coverage) => file.coverage.push(*coverage),
                ShadowLine::Begun(_) => return None,
            }
        }
        Some(file)
    }
}
