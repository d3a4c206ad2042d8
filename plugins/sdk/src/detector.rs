//! Detectors: the trait, and the way from a call to its checks.

use crate::bindings::detector::cofferdam::detector::types as wit;
use crate::{Info, Outlined, Outlines, Rule, Settings, SettingsError, Verdict, Window};

/// A finding as it goes to the host; positions are in the suspect's region.
pub use wit::Finding;

/// The most findings that the host takes for one suspect.
const MOST_PER_SUSPECT: usize = 16;

/// A detector that confirms suspects. It is made once, before any text is seen, and keeps no state between calls.
pub trait Detector: Sized + 'static {
    /// Who it is.
    const INFO: Info;

    /// What a finding can say of itself: `Verdict::fact(n)` is the n-th of these. 64 at most.
    const FACTS: &'static [&'static str];

    /// The JSON that says who it is; `configured` is the detector once it has settings.
    #[must_use]
    fn describe(configured: Option<&Self>) -> String {
        let _ = configured;
        Self::INFO.to_json()
    }

    /// Makes the detector. `as_of` is the day, counted from 1970-01-01, that takes the place of a clock.
    ///
    /// # Errors
    /// A sentence that names the setting that can't be accepted.
    fn configure(settings: &Settings<'_>, as_of: u32) -> Result<Self, SettingsError>;

    /// Its rules, in the order that `Window::rule_index` counts. Called once for each configuration; and once in an
    /// instance that stands in for another, unless the detector is [`outlined`](Self::outlined).
    fn rules(&self) -> Vec<Rule>;

    /// What windows are read by, where the detector knows it without making its rules: then an instance that stands
    /// in for another makes none. Else the SDK keeps what it needs of [`rules`](Self::rules).
    fn outlined(&self) -> Option<&dyn Outlined> {
        None
    }

    /// The words that may stand behind a literal of a rule with [`Rule::name`] and end it: 256 at most, each of 1 to
    /// 32 lower-case letters.
    fn parts(&self) -> Vec<String> {
        Vec::new()
    }

    /// Confirms one suspect: appends a verdict for each secret in the window, in any order.
    fn check(&self, window: &Window<'_>, verdicts: &mut Vec<Verdict>);

    /// Answers a whole call. Only a guest that must see the batch itself replaces this.
    ///
    /// # Errors
    /// A code of the detector's registry.
    fn scan(&self, batch: &Batch<'_>) -> Result<Vec<Finding>, ScanError> {
        Ok(batch.check_each(|window, verdicts| self.check(window, verdicts)))
    }
}

/// Why a call has no answer: a code of the detector's registry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ScanError(pub u16);

impl ScanError {
    /// The host asked before it configured the detector.
    pub const NOT_CONFIGURED: ScanError = ScanError(1);
}

/// One call: its suspects, with the regions they lie in.
pub struct Batch<'a> {
    outlines: &'a dyn Outlined,
    text: &'a [u8],
    regions: &'a [wit::Region],
    suspects: &'a [wit::Suspect],
}

impl<'a> Batch<'a> {
    /// How many suspects the call has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.suspects.len()
    }

    /// Whether the call has no suspect.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.suspects.is_empty()
    }

    /// The whole text of the call.
    #[must_use]
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Runs `check` on every suspect and gathers what it says, sorted and inside the windows.
    pub fn check_each(&self, mut check: impl FnMut(&Window<'_>, &mut Vec<Verdict>)) -> Vec<Finding> {
        let mut starts = Vec::with_capacity(self.regions.len());
        let mut next = 0_usize;
        for region in self.regions {
            starts.push(next);
            next = next.saturating_add(region.len as usize);
        }
        let mut findings = Vec::new();
        let mut verdicts = Vec::new();
        for (index, suspect) in (0_u32..).zip(self.suspects) {
            let Some(window) = self.window(&starts, suspect) else {
                continue;
            };
            verdicts.clear();
            check(&window, &mut verdicts);
            verdicts.sort_by_key(|v| (v.span.start, v.span.end));
            for verdict in verdicts.iter().take(MOST_PER_SUSPECT) {
                let start = verdict.span.start.max(window.start());
                let end = verdict.span.end.min(window.end());
                let (Ok(from), Ok(to)) = (u32::try_from(start), u32::try_from(end)) else {
                    continue;
                };
                if from < to {
                    let Verdict {
                        confidence,
                        severity,
                        facts,
                        ..
                    } = *verdict;
                    findings.push(Finding {
                        suspect: index,
                        start: from,
                        end: to,
                        confidence,
                        severity,
                        facts,
                    });
                }
            }
        }
        findings
    }

    fn window(&self, starts: &[usize], suspect: &wit::Suspect) -> Option<Window<'a>> {
        let index = suspect.region as usize;
        let region = self.regions.get(index)?;
        let start = *starts.get(index)?;
        let text = self.text.get(start..start.checked_add(region.len as usize)?)?;
        Window::new(self.outlines, region, text, suspect)
    }
}

/// A detector with its settings, and what its windows are read by. The export macro and the test host both come
/// through here.
pub struct Configured<D> {
    detector: D,
    /// Nothing where the detector knows it itself.
    kept: Option<Outlines>,
}

impl<D: Detector> Configured<D> {
    /// This detector.
    pub fn of(detector: D) -> Configured<D> {
        let kept = detector.outlined().is_none().then(|| Outlines::of(&detector.rules()));
        Configured { detector, kept }
    }

    /// A detector with settings, whose rules the host has from another instance.
    ///
    /// # Errors
    /// Says what is wrong with the settings.
    pub fn renewed(settings: &str, as_of: u32) -> Result<Configured<D>, String> {
        detector(settings, as_of).map(Configured::of)
    }

    /// A detector with settings, and all that it declares.
    ///
    /// # Errors
    /// Says what is wrong with the settings.
    pub fn declared(settings: &str, as_of: u32) -> Result<(Configured<D>, wit::Descriptor), String> {
        let detector: D = detector(settings, as_of)?;
        let rules = detector.rules();
        let kept = detector.outlined().is_none().then(|| Outlines::of(&rules));
        let descriptor = wit::Descriptor {
            rules: rules.into_iter().map(|rule| rule.0).collect(),
            facts: D::FACTS.iter().map(|&fact| fact.to_owned()).collect(),
            parts: detector.parts(),
        };
        Ok((Configured { detector, kept }, descriptor))
    }

    /// The detector.
    #[must_use]
    pub fn detector(&self) -> &D {
        &self.detector
    }

    /// Answers one call of the host.
    ///
    /// # Errors
    /// The code that the detector gives.
    pub fn scan(
        &self,
        text: &[u8],
        regions: &[wit::Region],
        suspects: &[wit::Suspect],
    ) -> Result<Vec<Finding>, ScanError> {
        let outlines: &dyn Outlined = match &self.kept {
            Some(kept) => kept,
            // Only a detector that says so now and not then has none.
            None => self.detector.outlined().ok_or(ScanError::NOT_CONFIGURED)?,
        };
        self.detector.scan(&Batch {
            outlines,
            text,
            regions,
            suspects,
        })
    }
}

fn detector<D: Detector>(settings: &str, as_of: u32) -> Result<D, String> {
    let settings = Settings::parse(settings).map_err(|error| error.to_string())?;
    D::configure(&settings, as_of).map_err(|error| error.to_string())
}
