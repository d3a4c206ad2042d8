//! What a detector is asked, and what it may answer.

use crate::consult::FailureKind;
use crate::rule::Severity;

/// What is known of a region besides its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RegionMarks {
    /// No bytes follow.
    pub ended: bool,
    /// The window reached its rule's longest or its bound, or the eighth anchor like its own: a secret may go on
    /// behind it.
    pub cut: bool,
    /// The host took an encoding off.
    pub decoded: bool,
    /// Wrapped lines were joined.
    pub joined: bool,
    /// Bytes that were not text were replaced.
    pub replaced: bool,
    /// The input paused inside the window.
    pub idle: bool,
}

/// A stretch of text: context, a window, and the byte that ended it. Regions lie end to end in
/// [`Ask::expose_to_guest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Length in bytes.
    pub len: u32,
    /// Which stream of the session.
    pub channel: u8,
    /// Which encoding the host took off; 0 for none.
    pub encoding: u8,
    /// What is known of it.
    pub marks: RegionMarks,
    /// Offset of its first byte in the raw stream, in bytes.
    pub offset: u64,
}

/// An anchor's hit, with its final window; positions are in bytes from the region's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Index of its region.
    pub region: u32,
    /// Index of its rule in the detector.
    pub rule: u16,
    /// Index of the anchor in the rule.
    pub anchor: u16,
    /// Where the anchor begins.
    pub at: u32,
    /// Where the window begins.
    pub window_start: u32,
    /// Where the window ends.
    pub window_end: u32,
}

/// What a detector says of a suspect. All of it is numbers, and none of it is trusted before [`Ask::check`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index of the suspect in the ask.
    pub suspect: u32,
    /// Where the bytes to take out begin, from the region's start.
    pub start: u32,
    /// Where they end.
    pub end: u32,
    /// 0 to 100.
    pub confidence: u8,
    /// How bad it is when these bytes get out.
    pub severity: Severity,
    /// Bits of the descriptor's list of facts.
    pub facts: u64,
}

/// A batch of questions to one detector. The engine answers all of it, or says which suspects the detector failed on.
///
/// It holds uncleared bytes, so it can't be printed, cloned or serialised.
pub struct Ask {
    pub(crate) id: u64,
    pub(crate) detector: u16,
    pub(crate) fact_count: u8,
    pub(crate) text: Vec<u8>,
    pub(crate) regions: Vec<Region>,
    pub(crate) suspects: Vec<Suspect>,
}

/// The most findings that one suspect may have.
pub(crate) const FINDINGS_A_SUSPECT: usize = 16;

impl Ask {
    /// Names this ask among those of one guard.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Index of the detector in the rule set.
    pub fn detector(&self) -> u16 {
        self.detector
    }

    /// The uncleared text of all regions. For a guest's memory and nothing else: a test holds every use outside the
    /// engine for a leak.
    pub fn expose_to_guest(&self) -> &[u8] {
        &self.text
    }

    /// The regions, in the order in which they lie in the text.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The suspects, sorted by region.
    pub fn suspects(&self) -> &[Suspect] {
        &self.suspects
    }

    /// The same question about one suspect alone, for asking again after a batch failed. Each suspect has a region of
    /// its own, so the answer about it can't depend on its neighbours.
    ///
    /// `None` when there is no such suspect.
    pub fn only(&self, suspect: u32) -> Option<Ask> {
        let mut one = self.suspects.get(suspect as usize)?.clone();
        let region = self.regions.get(one.region as usize)?.clone();
        let start: usize = self.regions[..one.region as usize]
            .iter()
            .map(|region| region.len as usize)
            .sum();
        let text = self.text.get(start..start + region.len as usize)?.to_vec();
        one.region = 0;
        Some(Ask {
            id: self.id,
            detector: self.detector,
            fact_count: self.fact_count,
            text,
            regions: vec![region],
            suspects: vec![one],
        })
    }

    /// Holds an answer against what was asked.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn check(&self, findings: &[Finding]) -> Result<(), BadAnswer> {
        let mut last = None;
        let mut count = 0;
        for finding in findings {
            let suspect = self
                .suspects
                .get(finding.suspect as usize)
                .ok_or(BadAnswer::NoSuchSuspect)?;
            if last.is_some_and(|last| last > finding.suspect) {
                return Err(BadAnswer::Unsorted);
            }
            count = if last == Some(finding.suspect) { count + 1 } else { 1 };
            last = Some(finding.suspect);
            if count > FINDINGS_A_SUSPECT {
                return Err(BadAnswer::TooMany);
            }
            if finding.start >= finding.end || finding.start < suspect.window_start || finding.end > suspect.window_end
            {
                return Err(BadAnswer::OutsideWindow);
            }
            if finding.confidence > 100 {
                return Err(BadAnswer::Confidence);
            }
            if self.fact_count < 64 && finding.facts >> self.fact_count != 0 {
                return Err(BadAnswer::UnknownFact);
            }
        }
        Ok(())
    }
}

/// What is wrong with a detector's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadAnswer {
    /// A finding names a suspect that was not asked about.
    NoSuchSuspect,
    /// Findings are not sorted by suspect.
    Unsorted,
    /// One suspect has more than 16 findings.
    TooMany,
    /// A finding is empty or reaches outside its window.
    OutsideWindow,
    /// A confidence above 100.
    Confidence,
    /// A fact that the descriptor does not declare.
    UnknownFact,
}

/// The whole answer to one [`Ask`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// Findings, sorted by suspect.
    pub findings: Vec<Finding>,
    /// The suspects on which the detector failed, sorted, with no finding of their own.
    pub failed: Vec<(u32, FailureKind)>,
}

impl Answer {
    /// The answer of a detector that failed on all of the ask.
    pub fn failed(ask: &Ask, kind: FailureKind) -> Self {
        let all = u32::try_from(ask.suspects.len()).expect("an ask holds fewer suspects than u32::MAX");
        Self {
            findings: Vec::new(),
            failed: (0..all).map(|suspect| (suspect, kind)).collect(),
        }
    }
}
