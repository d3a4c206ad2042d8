//! Runs: stretches of bytes that are a suspect by what they are made of, with no literal before them.

use std::ops::ControlFlow;

use super::again::Known;
use super::{EndedBy, Final, Live, Progress};
use crate::rule::{Extent, Rule, SpanRule};
use crate::ruleset::{RuleSet, RunAnchor};
use crate::stream::Stream;
use crate::view::BOUNDARY;

/// Setting up the search over many bytes costs more than to look at so few one by one.
const SHORT: usize = 128;

/// How far the runs of one rule have been searched.
#[derive(Default)]
pub(crate) struct RunSearch {
    /// Where the search goes on: the first byte that no settled run covers.
    next: u64,
    /// Where the last run ends that was long enough, whether or not it made a suspect.
    found: u64,
    /// The suspect on the run that reaches the end of what has come.
    pub(crate) open: Option<Live>,
}

impl RunSearch {
    pub(crate) fn on(
        &mut self,
        rules: &RuleSet,
        anchor: &RunAnchor,
        stream: &Stream,
        ended: bool,
        settled: &mut Vec<Final>,
    ) {
        let rule = &rules.rules[anchor.rule as usize].rule;
        let Extent::Span(span) = &rule.extent else { return };
        loop {
            let mut live = match self.open.take() {
                Some(live) => live,
                None => match self.begin(rule, span, anchor, stream) {
                    Some(live) => live,
                    None => return,
                },
            };
            match live.walk(rules, stream, ended) {
                Progress::Open => {
                    self.open = Some(live);
                    return;
                }
                Progress::Dead => self.next = live.walked(),
                Progress::Final(window) => {
                    if window.ended_by == EndedBy::Longest {
                        self.open = go_on(anchor, span, stream, window.start);
                    }
                    self.next = live.walked();
                    let hold = live.hold();
                    settled.push(Final {
                        live,
                        window,
                        hold,
                        ends_by: None,
                    });
                }
            }
            if self.next >= stream.end() && self.open.is_none() {
                return;
            }
        }
    }

    /// Goes on behind what stood in the text before, if no run was found there.
    pub(super) fn skip(&mut self, anchor: &RunAnchor, stream: &Stream, known: &Known) {
        // Runs end at a boundary, unless they are made of what it is.
        let ends = !BOUNDARY.iter().all(|byte| anchor.set.has(*byte));
        if self.open.is_some() || self.found > known.before || !ends {
            return;
        }
        let at_least = usize::try_from(anchor.at_least).expect("a run's least length is 64 at most");
        if each_run(
            anchor,
            stream.slice(self.next, known.from),
            at_least,
            ControlFlow::Break,
        )
        .is_none()
        {
            let text = stream.slice(known.from, known.to);
            self.next = known.to - anchor.set.trailing(text, at_least - 1) as u64;
        }
    }

    /// From where on bytes are held, since the run at the end may become long enough.
    pub(crate) fn hold(&self, rule: &Rule) -> u64 {
        self.open
            .as_ref()
            .map_or(self.next + u64::from(rule.may_show), Live::hold)
    }

    fn begin(&mut self, rule: &Rule, span: &SpanRule, anchor: &RunAnchor, stream: &Stream) -> Option<Live> {
        let text = stream.slice(self.next, stream.end());
        let at_least = usize::try_from(anchor.at_least).expect("a run's least length is 64 at most");
        let mut end = 0;
        let begins = each_run(anchor, text, at_least, |at| {
            // One that goes on was looked at.
            if at < end {
                return ControlFlow::Continue(());
            }
            let length = anchor.set.leading(&text[at..]);
            end = at + length;
            self.found = self.next + end as u64;
            // What ends too early, fillers and all, is no suspect. Most numbers do.
            let whole = anchor.reach.leading(&text[at..]);
            let fits = whole >= usize::from(span.at_least) || at + whole == text.len();
            if length >= at_least && fits {
                ControlFlow::Break(at)
            } else {
                ControlFlow::Continue(())
            }
        });
        if let Some(at) = begins {
            let start = self.next + at as u64;
            return Some(Live::on_run(anchor.rule, start, start + u64::from(rule.may_show)));
        }
        self.next += (text.len() - anchor.set.trailing(text, at_least - 1)) as u64;
        None
    }
}

/// Calls `each` with where runs begin that are long enough, or of 16 bytes, until it has an answer. Of one that is
/// longer some places behind its beginning are told as well.
fn each_run<Answer>(
    anchor: &RunAnchor,
    text: &[u8],
    at_least: usize,
    mut each: impl FnMut(usize) -> ControlFlow<Answer>,
) -> Option<Answer> {
    if text.len() > SHORT {
        return anchor.class.each_run(text, at_least, each);
    }
    let at_least = at_least.clamp(1, 16);
    // A byte that doesn't belong ends all runs that it would lie in.
    let mut end = at_least;
    while end <= text.len() {
        let length = anchor.set.trailing(&text[..end], at_least);
        if length == at_least
            && let ControlFlow::Break(answer) = each(end - at_least)
        {
            return Some(answer);
        }
        end += (at_least - length).max(1);
    }
    None
}

/// The suspect that covers what follows a window that was cut. It begins in the window's second half, so that no
/// secret of half the longest is cut in two, and shows nothing, since its run has shown its first bytes.
fn go_on(anchor: &RunAnchor, span: &SpanRule, stream: &Stream, start: u64) -> Option<Live> {
    let longest = u64::from(span.longest);
    let from = start + (longest / 2).max(1);
    let skip = stream
        .slice(from, start + longest)
        .iter()
        .position(|byte| span.body.has(*byte))?;
    let from = from + skip as u64;
    Some(Live::on_run(anchor.rule, from, from))
}
