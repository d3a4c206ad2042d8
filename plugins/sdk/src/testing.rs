//! A host for tests: finds suspects in a whole text as the real one does, asks, and gives back the findings.
//!
//! It walks slowly and plainly, one anchor at a time, so that it can be held against the words of the WIT.

mod extent;
mod random;

use crate::bindings::detector::cofferdam::detector::types as wit;
use crate::{Configured, Detector, Rule, ScanError, Severity};

pub use random::Random;

/// How much text before a window a region holds.
const CONTEXT: usize = 256;

/// A configured detector with its rules.
pub struct Host<D> {
    configured: Configured<D>,
    rules: Vec<Rule>,
}

/// One finding, by the offsets of the text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// The rule's id.
    pub rule: String,
    /// The first byte to take out.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
    /// How bad it is.
    pub severity: Severity,
    /// 0 to 100.
    pub confidence: u8,
    /// Bits of the detector's facts.
    pub facts: u64,
}

impl<D: Detector> Host<D> {
    /// A detector with no settings.
    ///
    /// # Errors
    /// What the detector says.
    pub fn new() -> Result<Host<D>, String> {
        Host::with_settings("{}")
    }

    /// A detector with `settings`.
    ///
    /// # Errors
    /// What the detector says.
    pub fn with_settings(settings: &str) -> Result<Host<D>, String> {
        let (configured, descriptor) = Configured::declared(settings, 20_000)?;
        Ok(Host {
            configured,
            rules: descriptor.rules.into_iter().map(Rule).collect(),
        })
    }

    /// This detector, which its test made by itself.
    pub fn of(detector: D) -> Host<D> {
        let rules = detector.rules();
        Host {
            configured: Configured::of(detector),
            rules,
        }
    }

    /// The detector.
    #[must_use]
    pub fn detector(&self) -> &D {
        self.configured.detector()
    }

    /// The detector's rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// Finds and asks, all suspects in one call.
    ///
    /// # Errors
    /// The code that the detector gives.
    pub fn findings(&self, text: &[u8]) -> Result<Vec<wit::Finding>, ScanError> {
        let ask = Ask::new(&self.rules, text);
        self.configured.scan(&ask.text, &ask.regions, &ask.suspects)
    }

    /// Finds and asks, and checks that the answer keeps the promises of the WIT.
    ///
    /// # Panics
    /// When it doesn't: a test fails then.
    #[must_use]
    pub fn hits(&self, text: &[u8]) -> Vec<Hit> {
        let ask = Ask::new(&self.rules, text);
        let findings = self
            .configured
            .scan(&ask.text, &ask.regions, &ask.suspects)
            .expect("a detector under test answers");
        assert!(
            findings.is_sorted_by_key(|finding| finding.suspect),
            "findings are sorted by suspect"
        );
        findings.iter().map(|finding| self.hit(&ask, finding)).collect()
    }

    /// The texts that the findings take out, with their rules' ids.
    #[must_use]
    pub fn taken(&self, text: &str) -> Vec<(String, String)> {
        let cut = |hit: &Hit| String::from_utf8_lossy(&text.as_bytes()[hit.start..hit.end]).into_owned();
        self.hits(text.as_bytes())
            .iter()
            .map(|hit| (hit.rule.clone(), cut(hit)))
            .collect()
    }

    fn hit(&self, ask: &Ask, finding: &wit::Finding) -> Hit {
        let suspect = &ask.suspects[finding.suspect as usize];
        assert!(
            suspect.window_start <= finding.start && finding.start < finding.end && finding.end <= suspect.window_end,
            "a finding lies inside its window"
        );
        assert!(finding.confidence <= 100, "a confidence is 100 at most");
        assert!(finding.facts >> D::FACTS.len() == 0, "facts are declared");
        let offset = ask.regions[suspect.region as usize].offset as usize;
        Hit {
            rule: self.rules[usize::from(suspect.rule)].id().to_owned(),
            start: offset + finding.start as usize,
            end: offset + finding.end as usize,
            severity: finding.severity,
            confidence: finding.confidence,
            facts: finding.facts,
        }
    }
}

/// A call, as the host would make it.
struct Ask {
    text: Vec<u8>,
    regions: Vec<wit::Region>,
    suspects: Vec<wit::Suspect>,
}

impl Ask {
    fn new(rules: &[Rule], text: &[u8]) -> Ask {
        let mut ask = Ask {
            text: Vec::new(),
            regions: Vec::new(),
            suspects: Vec::new(),
        };
        for (index, rule) in (0_u16..).zip(rules) {
            for (anchor, what) in (0_u16..).zip(&rule.0.anchors) {
                let length = match what {
                    wit::Anchor::Literal(word) => word.bytes.len(),
                    wit::Anchor::Run(_) => 0,
                };
                let windows = extent::windows(&rule.0.extent, what, text).into_iter();
                for (at, window) in windows.filter(|(at, window)| rule.may_hold(text, at + length, window.end)) {
                    let from = at.min(window.start).saturating_sub(CONTEXT);
                    let to = (window.end + 1).min(text.len());
                    ask.suspects.push(wit::Suspect {
                        region: ask.regions.len() as u32,
                        rule: index,
                        anchor,
                        at: (at - from) as u32,
                        window_start: (window.start - from) as u32,
                        window_end: (window.end - from) as u32,
                    });
                    ask.regions.push(wit::Region {
                        len: (to - from) as u32,
                        channel: 1,
                        encoding: 0,
                        marks: if window.end == text.len() {
                            wit::RegionMarks::ENDED
                        } else {
                            wit::RegionMarks::empty()
                        },
                        offset: from as u64,
                    });
                    ask.text.extend(&text[from..to]);
                }
            }
        }
        ask
    }
}
