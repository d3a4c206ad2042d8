//! Detectors of WIT 0.1.

use crate::limits::State;
use crate::rules::Described;
use crate::view::View;
use cofferdam_guard as guard;
use cofferdam_guard::NameParts;
use std::sync::Arc;
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Error, Store};

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/types/0.1.0", "../../wit/detector/0.1.0"],
        world: "cofferdam:detector/privacy-detector",
    });
}

/// What a detector may export besides.
#[allow(missing_docs, unreachable_pub, clippy::all)]
mod renewal {
    wasmtime::component::bindgen!({
        path: ["../../wit/types/0.1.0", "../../wit/detector/0.1.0"],
        world: "cofferdam:detector/detector-renewal",
    });
}

use bindings::cofferdam::detector::types as wit;
use bindings::cofferdam::types::guard as wit_guard;
use bindings::{PrivacyDetector, PrivacyDetectorIndices};
use renewal::{DetectorRenewal, DetectorRenewalIndices};

/// The interface that a detector exports where it can be renewed.
const RENEWAL: &str = "cofferdam:detector/renewal@0.1.0";

/// What a rule says besides its fields: the key of a set of bytes, as four numbers of 64 bits in hexadecimal digits, the
/// lowest bytes first.
const REQUIRED: &str = "required";
/// So many digits have 64 bits.
const DIGITS: usize = 16;

/// A detector, ready to be instantiated.
pub(crate) struct Pre {
    pre: InstancePre<State>,
    world: PrivacyDetectorIndices,
    renewal: Option<DetectorRenewalIndices>,
}

/// An instance of it, with the lists that its calls fill again and again.
pub(crate) struct Guest {
    world: PrivacyDetector,
    renewal: Option<DetectorRenewal>,
    regions: Vec<wit::Region>,
    suspects: Vec<wit::Suspect>,
}

impl Pre {
    pub(crate) fn new(pre: InstancePre<State>) -> Result<Self, Error> {
        let world = PrivacyDetectorIndices::new(&pre)?;
        let renewal = pre.component().get_export_index(None, RENEWAL);
        let renewal = renewal.map(|_| DetectorRenewalIndices::new(&pre)).transpose()?;
        Ok(Self { pre, world, renewal })
    }

    pub(crate) fn instantiate(&self, store: &mut Store<State>) -> Result<Guest, Error> {
        self.instantiate_first(store)?
    }

    /// Instantiates for the first time. An error of the inner kind says that its exports have other types than the
    /// world's.
    pub(crate) fn instantiate_first(&self, store: &mut Store<State>) -> Result<Result<Guest, Error>, Error> {
        let instance = self.pre.instantiate(&mut *store)?;
        Ok(self.guest(store, &instance))
    }

    fn guest(&self, store: &mut Store<State>, instance: &Instance) -> Result<Guest, Error> {
        let renewal = self.renewal.as_ref();
        Ok(Guest {
            world: self.world.load(&mut *store, instance)?,
            renewal: renewal.map(|renewal| renewal.load(store, instance)).transpose()?,
            regions: Vec::new(),
            suspects: Vec::new(),
        })
    }
}

impl Guest {
    pub(crate) fn describe(&mut self, store: &mut Store<State>) -> Result<String, Error> {
        self.world.cofferdam_detector_detector().call_describe(store)
    }

    pub(crate) fn configure(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        as_of: u32,
    ) -> Result<Result<Described, String>, Error> {
        let detector = self.world.cofferdam_detector_detector();
        let answer = detector.call_configure(store, settings, as_of)?;
        Ok(answer.map(described))
    }

    /// Configures an instance that stands in for one which said the same before. `None` where the detector can't be
    /// renewed.
    pub(crate) fn renew(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        as_of: u32,
    ) -> Result<Option<Result<(), String>>, Error> {
        let Some(renewal) = &self.renewal else {
            return Ok(None);
        };
        let renewal = renewal.cofferdam_detector_renewal();
        renewal.call_renew(store, settings, as_of).map(Some)
    }

    /// The suspects of the findings have the numbers that they have in the view.
    pub(crate) fn scan(
        &mut self,
        store: &mut Store<State>,
        view: &View<'_>,
    ) -> Result<Result<Vec<guard::Finding>, u16>, Error> {
        self.regions.clear();
        self.regions.extend(view.regions.iter().map(region));
        self.suspects.clear();
        self.suspects.extend(view.suspects.iter().map(|one| suspect(one, view)));
        let detector = self.world.cofferdam_detector_detector();
        let answer = detector.call_scan(store, view.text, &self.regions, &self.suspects)?;
        Ok(answer.map(|findings| findings.into_iter().map(finding).collect()))
    }

    /// A call about nothing, to measure what a call costs.
    pub(crate) fn scan_nothing(&mut self, store: &mut Store<State>) -> Result<(), Error> {
        self.world
            .cofferdam_detector_detector()
            .call_scan(store, &[], &[], &[])
            .map(drop)
    }
}

/// The same in the host's words.
fn described(descriptor: wit::Descriptor) -> Described {
    let parts = NameParts::new(descriptor.parts);
    let rules = descriptor.rules.into_iter();
    Described {
        rules: rules
            .map(|declared| rule(declared, parts.as_ref()))
            .map(Arc::new)
            .collect(),
        facts: descriptor.facts,
        parts,
    }
}

fn region(region: &guard::Region) -> wit::Region {
    let guard::RegionMarks {
        ended,
        cut,
        decoded,
        joined,
        replaced,
        idle,
    } = region.marks;
    let mut marks = wit::RegionMarks::empty();
    for (set, mark) in [
        (ended, wit::RegionMarks::ENDED),
        (cut, wit::RegionMarks::CUT),
        (decoded, wit::RegionMarks::DECODED),
        (joined, wit::RegionMarks::JOINED),
        (replaced, wit::RegionMarks::REPLACED),
        (idle, wit::RegionMarks::IDLE),
    ] {
        if set {
            marks |= mark;
        }
    }
    wit::Region {
        len: region.len,
        channel: region.channel,
        encoding: region.encoding,
        marks,
        offset: region.offset,
    }
}

fn suspect(suspect: &guard::Suspect, view: &View<'_>) -> wit::Suspect {
    let guard::Suspect {
        region,
        rule,
        anchor,
        at,
        window_start,
        window_end,
    } = *suspect;
    wit::Suspect {
        region: view.region(region),
        rule,
        anchor,
        at,
        window_start,
        window_end,
    }
}

fn finding(finding: wit::Finding) -> guard::Finding {
    let wit::Finding {
        suspect,
        start,
        end,
        confidence,
        severity,
        facts,
    } = finding;
    guard::Finding {
        suspect,
        start,
        end,
        confidence,
        severity: grade(severity),
        facts,
    }
}

/// Where the parts of names are out of bounds there are none: the descriptor's check says so.
fn rule(rule: wit::Rule, parts: Option<&NameParts>) -> guard::Rule {
    guard::Rule {
        id: rule.id,
        title: rule.title,
        category: rule.category,
        severity: grade(rule.severity),
        low_entropy: rule.traits.contains(wit::Traits::LOW_ENTROPY),
        word: rule.traits.contains(wit::Traits::WORD),
        name: parts.filter(|_| rule.traits.contains(wit::Traits::NAME)).cloned(),
        anchors: rule.anchors.into_iter().map(anchor).collect(),
        extent: match rule.extent {
            wit::Extent::Span(span) => guard::Extent::Span(guard::SpanRule {
                body: set(&span.body),
                filler: set(&span.filler),
                head: span.head.iter().map(set).collect(),
                at_least: span.at_least,
                longest: span.longest,
                gap: span.gap,
                opener: span.opener.map(|opener| guard::Opener {
                    before: set(&opener.before),
                    bytes: set(&opener.bytes),
                    after: set(&opener.after),
                }),
                lead: span.lead.map(|lead| guard::LeadRun {
                    set: set(&lead.set),
                    at_least: lead.at_least,
                    longest: lead.longest,
                }),
            }),
            wit::Extent::Block(block) => guard::Extent::Block(guard::BlockRule {
                body: set(&block.body),
                until: block.until.into_iter().map(keyword).collect(),
                at_least: block.at_least,
                bound: block.bound,
            }),
        },
        may_show: rule.may_show,
        required: required(&rule.extra),
        // The policy may loosen this for P2 and P3, once it is known.
        hold: true,
    }
}

/// The bytes of which a rule says that one must stand in a suspect. A set that can't be read is empty, which no rule
/// may require: the descriptor's check says so.
fn required(extra: &[(String, String)]) -> Option<guard::ByteSet> {
    let (_, digits) = extra.iter().find(|(key, _)| key == REQUIRED)?;
    Some(guard::ByteSet::from_words(words(digits).unwrap_or_default()))
}

/// Four numbers of 64 bits, in hexadecimal digits.
fn words(digits: &str) -> Option<[u64; 4]> {
    let mut words = [0; 4];
    let (written, rest) = digits.as_bytes().as_chunks::<DIGITS>();
    for (word, digits) in words.iter_mut().zip(written) {
        *word = u64::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()?;
    }
    (written.len() == words.len() && rest.is_empty()).then_some(words)
}

fn anchor(anchor: wit::Anchor) -> guard::Anchor {
    match anchor {
        wit::Anchor::Literal(literal) => guard::Anchor::Literal(keyword(literal)),
        wit::Anchor::Run(run) => guard::Anchor::Run {
            set: set(&run.set),
            at_least: run.at_least,
        },
    }
}

fn keyword(keyword: wit::Keyword) -> guard::Keyword {
    guard::Keyword {
        bytes: keyword.bytes,
        any_case: keyword.any_case,
    }
}

fn set(set: &wit_guard::ByteSet) -> guard::ByteSet {
    guard::ByteSet::from_words([set.w0, set.w1, set.w2, set.w3])
}

fn grade(severity: wit_guard::Severity) -> guard::Severity {
    match severity {
        wit_guard::Severity::P0 => guard::Severity::P0,
        wit_guard::Severity::P1 => guard::Severity::P1,
        wit_guard::Severity::P2 => guard::Severity::P2,
        wit_guard::Severity::P3 => guard::Severity::P3,
    }
}

#[cfg(test)]
mod tests {
    use super::required;
    use cofferdam_guard::ByteSet;

    fn read(extra: &[(&str, &str)]) -> Option<ByteSet> {
        let extra: Vec<_> = extra
            .iter()
            .map(|(key, text)| ((*key).into(), (*text).into()))
            .collect();
        required(&extra)
    }

    #[test]
    fn what_a_rule_requires_is_read_with_the_lowest_bytes_first() {
        let words = [
            "0000000000000001",
            "0000000000000001",
            "0000000000000000",
            "8000000000000000",
        ];
        let set = read(&[("other", "1"), ("required", &words.concat())]);
        assert_eq!(set, Some(ByteSet::of(b"@\0\xff")));
        assert_eq!(read(&[("other", &words.concat())]), None);
    }

    #[test]
    fn a_set_that_cannot_be_read_is_empty_and_refused_so() {
        let whole = "0000000000000001".repeat(4);
        for text in ["", "1", &whole[1..], &format!("{whole}0"), &whole.replace('1', "g")] {
            assert_eq!(read(&[("required", text)]), Some(ByteSet::default()), "{text}");
        }
    }
}
