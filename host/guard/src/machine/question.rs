//! Asking the detectors, and putting their answers into the order of the stream.

use std::collections::VecDeque;

use super::pump::is_native;
use super::verdict::Found;
use super::{Guard, Step};
use crate::ask::{Answer, Ask, Region, RegionMarks, Suspect};
use crate::consult::{FailureKind, Origin};
use crate::follow::{EndedBy, Settled};
use crate::output::Output;
use crate::rule::Anchor;
use crate::ruleset::RuleSet;
use crate::stream::Stream;
use crate::view::SEEN;

/// The most suspects in one ask.
const SUSPECTS_AN_ASK: usize = 256;
/// The most bytes in one ask, unless one suspect alone has more.
const BYTES_AN_ASK: u64 = 256 * 1024;

/// One ask, and the suspects behind it.
pub(super) struct Asked {
    id: u64,
    /// Where in the stream each suspect's region begins, as its window says.
    starts: Vec<u64>,
    settled: Vec<Settled>,
    answer: Option<Answer>,
    /// No detector is asked: each of them is a finding.
    native: bool,
}

impl Asked {
    /// Suspects that the guard answers for itself.
    fn answered(settled: Vec<Settled>) -> Self {
        Self {
            id: 0,
            starts: Vec::new(),
            settled,
            answer: None,
            native: true,
        }
    }

    pub(super) fn waits_for(&self, ask: &Ask) -> bool {
        self.id == ask.id && self.answer.is_none()
    }

    /// Keeps the answer, or the failure that it is when it does not fit.
    pub(super) fn take(&mut self, ask: &Ask, answer: Answer) {
        let fits = ask.suspects.len() == self.settled.len()
            && ask.check(&answer.findings).is_ok()
            && answer
                .failed
                .iter()
                .all(|(suspect, _)| (*suspect as usize) < self.settled.len());
        self.answer = Some(if fits {
            answer
        } else {
            Answer::failed(ask, FailureKind::BadAnswer)
        });
    }
}

/// All findings but parts of a suspect that was found as a whole.
fn without_parts(mut found: Vec<Found>) -> Vec<Found> {
    if found.iter().any(|found| found.part) {
        let whole: Vec<_> = found.iter().filter_map(Found::whole).collect();
        found.retain(|found| !found.part || !whole.iter().any(|whole| found.is_part_of(whole)));
    }
    found
}

/// All findings and failures, in the order of the stream.
fn collect(asked: Vec<Asked>, rules: &RuleSet) -> Vec<Found> {
    let mut found = Vec::new();
    for Asked {
        starts,
        settled,
        answer,
        native,
        ..
    } in asked
    {
        if native {
            let origin = |settled: &Settled| match settled.live.is_crowd() {
                true => Origin::Detector,
                false => Origin::Known,
            };
            found.extend(
                settled
                    .iter()
                    .map(|settled| Found::native(settled, origin(settled), rules)),
            );
            continue;
        }
        let answer = answer.unwrap_or_default();
        for finding in answer.findings {
            let index = finding.suspect as usize;
            found.push(Found {
                start: starts[index] + u64::from(finding.start),
                end: starts[index] + u64::from(finding.end),
                severity: finding.severity,
                confidence: finding.confidence,
                facts: finding.facts,
                ..Found::native(&settled[index], Origin::Detector, rules)
            });
        }
        for (index, kind) in answer.failed {
            found.push(Found::native(&settled[index as usize], Origin::Failure(kind), rules));
        }
    }
    found.sort_by_key(Found::order);
    found
}

impl Guard {
    /// Asks about suspects that are settled.
    pub(super) fn ask(&mut self, mut settled: Vec<Settled>) {
        settled.sort_by_key(|settled| (self.detector(settled), settled.order()));
        let native = |settled: &Settled| is_native(settled, &self.rules.rules[settled.live.rule as usize].rule);
        let native: Vec<_> = settled.extract_if(.., |settled| native(settled)).collect();
        settled.retain(|settled| self.may_hold(settled));
        let done = Asked::answered(native);
        self.ask_next(vec![done], settled.into());
    }

    /// Asks the next batch, so that only one is ever copied out of the stream.
    pub(super) fn ask_next(&mut self, done: Vec<Asked>, mut rest: VecDeque<Settled>) {
        let Some(first) = rest.pop_front() else {
            let found = without_parts(collect(done, &self.rules));
            self.consult(found);
            return;
        };
        let detector = self.detector(&first);
        let mut bytes = first.length();
        let mut batch = vec![first];
        while batch.len() < SUSPECTS_AN_ASK
            && let Some(next) = rest.pop_front_if(|next| {
                self.rules.rules[next.live.rule as usize].at.detector == detector
                    && bytes + next.length() <= BYTES_AN_ASK
            })
        {
            bytes += next.length();
            batch.push(next);
        }
        let (ask, starts) = self.question(detector, &batch);
        let current = Asked {
            id: ask.id,
            starts,
            settled: batch,
            answer: None,
            native: false,
        };
        self.outputs.push_back(Output::Ask(ask));
        self.step = Step::Answers { done, current, rest };
    }

    /// Whether the detector may find anything, as far as its rule says what that needs.
    fn may_hold(&self, Settled { live, window, view, .. }: &Settled) -> bool {
        let rule = &self.rules.rules[live.rule as usize].rule;
        let Some(required) = &rule.required else {
            return true;
        };
        let from = match rule.anchors.get(usize::from(live.anchor)) {
            Some(Anchor::Literal(literal)) => live.at + literal.bytes.len() as u64,
            Some(Anchor::Run { .. }) | None => live.at,
        };
        let has = |text: &Stream| text.slice(from, window.end + 1).iter().any(|byte| required.has(*byte));
        // Of a window that was cut the byte may still come.
        window.ended_by.is_cut() || self.view(*view).is_none_or(|view| has(&view.text))
    }

    fn detector(&self, settled: &Settled) -> u16 {
        self.rules.rules[settled.live.rule as usize].at.detector
    }

    fn question(&mut self, detector: u16, batch: &[Settled]) -> (Ask, Vec<u64>) {
        let mut text = Vec::new();
        let mut regions = Vec::with_capacity(batch.len());
        let mut suspects = Vec::with_capacity(batch.len());
        let mut starts = Vec::with_capacity(batch.len());
        for (index, Settled { live, window, view, .. }) in (0_u32..).zip(batch) {
            let view = self
                .view(*view)
                .expect("a view stays while there are questions about it");
            let start = view.context(live.context(), live.at);
            let terminator = u64::from(window.ended_by == EndedBy::Text);
            // Of another value that stands before its own it sees nothing.
            let (other, behind) = live.other_value().unwrap_or((window.start, window.start));
            let place = |position: u64| {
                let left_out = if position >= behind { behind - other } else { 0 };
                u32::try_from(position - start - left_out).expect("a region is shorter than 4 GiB")
            };
            let before = text.len();
            text.extend_from_slice(view.text.slice(start, other));
            text.extend_from_slice(view.text.slice(behind.max(start), window.end + terminator));
            let marks = RegionMarks {
                ended: window.ended_by == EndedBy::Stream,
                // What follows belongs to it, or may.
                cut: window.ended_by.is_cut(),
                idle: live.idle,
                decoded: view.encoding != 0,
                joined: view.id == SEEN,
                ..RegionMarks::default()
            };
            let len = u32::try_from(text.len() - before).expect("a region is shorter than 4 GiB");
            regions.push(Region {
                len,
                channel: self.settings.channel,
                encoding: view.encoding,
                marks,
                offset: view.map.raw(start).unwrap_or(0),
            });
            suspects.push(Suspect {
                region: index,
                rule: self.rules.rules[live.rule as usize].at.rule,
                anchor: live.anchor,
                at: place(live.at),
                window_start: place(window.start),
                window_end: place(window.end),
            });
            starts.push(start + (behind - other));
        }
        self.next_id += 1;
        let fact_count = self.rules.detectors[usize::from(detector)].fact_count;
        (
            Ask {
                id: self.next_id,
                detector,
                fact_count,
                text,
                regions,
                suspects,
            },
            starts,
        )
    }
}
