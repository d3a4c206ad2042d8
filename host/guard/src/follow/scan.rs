//! Finding suspects: literals by the prefilter, runs by a walk of their own, and what may still become one at the end.

mod begun;
mod parted;

use std::collections::VecDeque;
use std::ops::Range;

use self::begun::Begun;
use super::again::{Again, Hits, Known};
use super::ends::{BEFORE, May};
use super::run::RunSearch;
use super::{Crowds, Ends, Final, Hit, Lead, Live};
use crate::coding::{Coding, Opener, Opens, Seams};
use crate::prefilter::{LONGEST, Owner};
use crate::rule::{Anchor, Extent, LeadRun, Rule};
use crate::ruleset::RuleSet;
use crate::search::{FOLLOWERS, Search};
use crate::stream::Stream;
use crate::word::{self, LOOK};

/// How far the stream has been searched.
pub(crate) struct Scanner {
    searched: u64,
    /// Suspects whose literal ends before belong to another reading.
    lives_from: u64,
    /// One for each run anchor.
    runs: Vec<RunSearch>,
    crowds: Crowds,
    /// Room for the suspects of one search.
    begun: Vec<Begun>,
    /// The line ends of texts in base64.
    seams: Seams,
    /// Where another text may begin, though its encoding goes on: a word begins there.
    texts: VecDeque<u64>,
    /// It is a reading of an encoding: what leads a literal there may be out already, so no secret is promised to be
    /// found by it.
    decoded: bool,
    /// A person types, and the first bytes of a known value show, lest keys be echoed late.
    typed: bool,
    /// How often a short text came, as far as that counts.
    short: u8,
    /// It is what is seen of lines: much of it is read again and again, no line ends in it but where something else
    /// begins, and what stands there in an encoding is found elsewhere.
    pub(crate) again: Option<Again>,
}

/// A literal in an encoding, if it may open a reading.
fn coded(coding: Coding, (at, end): (u64, u64), stream: &Stream, ended: bool) -> Option<Hit> {
    // A zero is an escape by itself, and texts are full of them.
    if coding == Coding::Escape && stream.slice(at, end) == [0] {
        return Some(Hit {
            opener: Some(Opener { at, fits: None }),
            ..Hit::literal(coding, at, end)
        });
    }
    // In a literal's form, what stands before its first backslash is the literal's.
    let at = match coding {
        Coding::Escape => at + memchr::memchr(b'\\', stream.slice(at, end)).unwrap_or(0) as u64,
        Coding::Base64 { .. } | Coding::Hex | Coding::Packed | Coding::Letter => at,
    };
    let opener = (coding == Coding::Escape).then_some(Opener { at, fits: None });
    // Most percent signs and backslashes are what they are.
    let opens = opener.is_none_or(|opener| opener.opens(stream, ended) != Opens::No);
    opens.then(|| Hit {
        opener,
        ..Hit::literal(coding, at, end)
    })
}

/// What a search finds.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) lives: Vec<Live>,
    pub(crate) finals: Vec<Final>,
    /// Literals in an encoding.
    pub(crate) codings: Vec<Hit>,
}

impl Scanner {
    /// Only encoded literals that end behind `codings` are told of, and others that end behind `lives`, and no runs.
    pub(crate) fn begin_at(&mut self, codings: u64, lives: u64) {
        self.searched = codings;
        self.lives_from = lives;
        self.seams.begin_at(codings);
        self.runs.clear();
        self.decoded = true;
    }

    /// Another text may begin with the byte at this place, which is in what has come or comes next.
    pub(crate) fn text_begins(&mut self, place: u64) {
        self.texts.push_back(place);
    }

    /// Everything before was searched.
    pub(crate) fn searched(&self) -> u64 {
        self.searched
    }

    /// `seen` says that it is what is seen of lines.
    pub(crate) fn new(rules: &RuleSet, typed: bool, seen: bool) -> Self {
        Self {
            searched: 0,
            lives_from: 0,
            decoded: false,
            crowds: Crowds::default(),
            begun: Vec::new(),
            seams: Seams::default(),
            texts: VecDeque::new(),
            typed,
            short: 0,
            again: seen.then(Again::default),
            runs: rules.runs.iter().map(|_| RunSearch::default()).collect(),
        }
    }

    /// Finds the suspects that the bytes since the last call begin behind literals, and walks along the runs.
    pub(crate) fn search(
        &mut self,
        rules: &RuleSet,
        stream: &Stream,
        ended: bool,
        counts: impl Fn(u64, u64) -> bool,
        found: &mut Found,
    ) {
        if self.searched == stream.end() && !ended {
            return;
        }
        let end = stream.end();
        let known = self.known(rules, stream);
        if let Some(again) = &mut self.again {
            again.compare(stream);
        }
        let [first, second] = match &known {
            // What stands before it, and what follows it.
            Some(known) => [self.searched..known.from, self.known_upto(rules, stream, known)..end],
            None => [self.searched..end, end..end],
        };
        if self.again.is_none() {
            self.search_seams(rules, stream, &counts, &mut found.codings);
        }
        let mut hits = Hits::NONE;
        for part in [first, second] {
            let may = self.may_end(rules, stream, &part);
            if may != May::No {
                self.search_literals(
                    rules,
                    stream,
                    (part, may),
                    ended,
                    &counts,
                    (&mut hits, &mut found.codings),
                );
            }
        }
        self.begin(rules, stream, &mut found.lives);
        for (run, search) in rules.runs.iter().zip(&mut self.runs) {
            if let Some(known) = &known {
                search.skip(run, stream, known);
            }
            search.on(rules, run, stream, ended, &mut found.finals);
        }
        self.searched = end;
        let longest = rules.around.longest as u64;
        while self.texts.front().is_some_and(|place| place + longest <= end) {
            self.texts.pop_front();
        }
        if let Some(again) = &mut self.again {
            again.searched(end, known.as_ref(), &hits);
        }
    }

    /// What is known of the bytes since the last call.
    fn known(&self, rules: &RuleSet, stream: &Stream) -> Option<Known> {
        let again = self.again.as_ref().filter(|_| !rules.around.crosses)?;
        again.known(rules, stream)
    }

    fn search_seams(
        &mut self,
        rules: &RuleSet,
        stream: &Stream,
        counts: impl Fn(u64, u64) -> bool,
        codings: &mut Vec<Hit>,
    ) {
        let prefilter = || &rules.search().prefilter;
        self.seams.search(prefilter, stream, |hit| {
            if counts(hit.at, hit.end) {
                codings.push(hit);
            }
        });
    }

    /// A literal that ends in what comes next begins here at the earliest.
    pub(crate) fn may_begin(&self, rules: &RuleSet) -> u64 {
        (self.searched + 1).saturating_sub(rules.around.longest as u64)
    }

    /// Finds literals that begin with a letter which, behind a backslash, was taken for an escape: what they are a
    /// part of is read with that escape left as it is.
    pub(crate) fn search_letters(
        &self,
        rules: &RuleSet,
        stream: &Stream,
        letters: impl Iterator<Item = (u64, u8)>,
        counts: impl Fn(u64, u64) -> bool,
        codings: &mut Vec<Hit>,
    ) {
        // Nothing ends in what was searched.
        if self.searched == stream.end() {
            return;
        }
        let longest = rules.around.longest as u64;
        for (at, letter) in letters.filter(|(at, _)| counts(*at, u64::MAX)) {
            // What may follow a literal is looked at as well.
            let behind = stream.slice(at + 1, at + 2 * longest);
            let mut text = [letter; 2 * LONGEST];
            text[1..=behind.len()].copy_from_slice(behind);
            let searched = usize::try_from(self.searched.saturating_sub(at)).expect("a literal is short");
            // Such letters are few in the first texts of a session, and each would have a search of its own.
            let prefilter = &rules.search().prefilter;
            prefilter.search_first(&text[..=behind.len()], searched, |owners, end| {
                let is_read = |owner: &Owner| match owner {
                    Owner::Rule { rule, .. } => {
                        let of = &rules.rules[*rule as usize].rule;
                        !has_lead(of) && !has_gap(of)
                    }
                    Owner::Coding(Coding::Base64 { .. }) => true,
                    Owner::Coding(Coding::Hex | Coding::Escape | Coding::Packed | Coding::Letter) => false,
                };
                // What ends before belongs to another reading, as of any literal.
                let close = at + end as u64;
                if close > self.lives_from && counts(at, close) && owners.iter().any(is_read) {
                    codings.push(Hit::literal(Coding::Letter, at, close));
                }
            });
        }
    }

    /// Looks for literals that end in a part of the text.
    fn search_literals(
        &mut self,
        rules: &RuleSet,
        stream: &Stream,
        (part, may): (Range<u64>, May),
        ended: bool,
        counts: impl Fn(u64, u64) -> bool,
        (hits, codings): (&mut Hits, &mut Vec<Hit>),
    ) {
        let overlap = (rules.around.longest as u64).saturating_sub(1);
        let from = part.start.saturating_sub(overlap).max(stream.base());
        // What may follow a literal is looked at as well.
        let text = stream.slice(from, part.end + FOLLOWERS as u64);
        let skip = usize::try_from(part.start - from).expect("the overlap is short");
        let (typed, decoded, lives_from) = (self.typed, self.decoded, self.lives_from);
        let again = self.again.as_ref().map(Again::at);
        let texts = std::mem::take(&mut self.texts);
        let mut begun = std::mem::take(&mut self.begun);
        let tell = |owners: &[Owner], start: usize, end: usize| {
            let (start, end) = (from + start as u64, from + end as u64);
            if end > part.end || !counts(start, end) {
                return;
            }
            for owner in owners {
                match owner {
                    Owner::Rule { rule, anchor } => {
                        let of = &rules.rules[*rule as usize].rule;
                        if end <= lives_from || (decoded && has_lead(of)) {
                            continue;
                        }
                        let begins = texts.binary_search(&start).is_ok();
                        let inside = is_inside(of, stream, start);
                        let lead = match inside && !begins {
                            true => None,
                            false => what_leads(of, stream, start, typed),
                        };
                        if again.is_some_and(|again| end > again) {
                            hits.add(end, lead.is_some() || has_lead(of));
                        }
                        if let Some(lead) = lead {
                            begun.push(Begun {
                                at: start,
                                end,
                                lead,
                                alone: inside,
                                rule: *rule,
                                anchor: *anchor,
                            });
                        }
                    }
                    // What was written over is read as it stands.
                    Owner::Coding(_) if again.is_some() => {}
                    Owner::Coding(coding) => codings.extend(coded(*coding, (start, end), stream, ended)),
                }
            }
        };
        let prefilter = rules.prefilter_for(text);
        if may == May::Ones {
            let ends = self.ends(rules.search());
            prefilter.search_ones(text, skip, |byte| ends.is_one(byte), tell);
        } else {
            prefilter.search(text, skip, tell);
        }
        self.begun = begun;
        self.texts = texts;
    }

    /// Whether a look at a part of the text tells that no literal ends in it. After each edit of a line only a few
    /// bytes have come.
    fn may_end(&mut self, rules: &RuleSet, stream: &Stream, part: &Range<u64>) -> May {
        if part.is_empty() {
            return May::No;
        }
        let has_ends = if self.again.is_some() {
            Search::has_rules_ends
        } else {
            Search::has_ends
        };
        let compiled = rules.prepared().is_some_and(has_ends);
        if self.short < SEVERAL && !compiled {
            self.short += 1;
            return May::Yes;
        }
        if part.end - part.start > SHORT || part.start < stream.base() + BEFORE as u64 {
            return May::Yes;
        }
        look(self.ends(rules.search()), stream, part)
    }

    fn ends<'a>(&self, search: &'a Search) -> &'a Ends {
        if self.again.is_some() {
            search.rules_ends()
        } else {
            search.ends()
        }
    }

    /// How far what is known is known for good.
    fn known_upto(&self, rules: &RuleSet, stream: &Stream, known: &Known) -> u64 {
        let open = known.open..known.to;
        let search = rules.prepared().filter(|search| search.has_rules_ends());
        let Some(search) = search.filter(|_| known.open >= stream.base() + BEFORE as u64) else {
            return known.open;
        };
        match look(search.followed_ends(), stream, &open) {
            May::No => known.to,
            May::Ones | May::Yes => known.open,
        }
    }

    /// The suspects on runs that are still open.
    pub(crate) fn open_runs(&mut self) -> impl Iterator<Item = &mut Live> {
        self.runs.iter_mut().filter_map(|search| search.open.as_mut())
    }

    /// The first byte that an open run's region needs.
    pub(crate) fn context(&self) -> Option<u64> {
        self.runs
            .iter()
            .filter_map(|search| search.open.as_ref())
            .map(Live::context)
            .min()
    }

    /// From where on bytes at the end are held, since they may yet turn out to be a secret's beginning: the least
    /// place for rules that `wanted` picks.
    pub(crate) fn tail_hold(
        &self,
        rules: &RuleSet,
        stream: &Stream,
        idle: bool,
        wanted: impl Fn(&Rule) -> bool,
    ) -> Option<u64> {
        // The first bytes of a value may show when the input pauses, or every key typed would be masked that one
        // begins with.
        let known = if idle { &[][..] } else { &rules.known[..] };
        let known = known.iter().filter_map(|index| {
            let rule = &rules.rules[*index as usize].rule;
            known_tail(rule, stream, self.typed)
        });
        let rule = |index: u32| &*rules.rules[index as usize].rule;
        let lead = if self.decoded {
            None
        } else {
            rules.tails.hold(rule, stream, &wanted)
        };
        let runs = rules.runs.iter().zip(&self.runs).filter_map(|(run, search)| {
            let rule = &rules.rules[run.rule as usize].rule;
            let hold = search.hold(rule);
            (wanted(rule) && hold < stream.end()).then_some(hold)
        });
        lead.into_iter().chain(runs).chain(known).min()
    }
}

/// More bytes are not worth a look before they are searched.
const SHORT: u64 = 512;
/// What tells it has to be compiled, which pays where texts come in many pieces.
const SEVERAL: u8 = 16;

/// Looks whether a literal ends in a part of a text.
fn look(ends: &Ends, stream: &Stream, part: &Range<u64>) -> May {
    let new = stream.slice(part.start - BEFORE as u64, part.end);
    let parts = new.split_first_chunk();
    parts.map_or(May::Yes, |(before, new)| ends.may_end(*before, new))
}

/// Whether a literal at `at` is a part of a longer word, or of a longer word of a name, where its rule asks for that.
fn is_inside(rule: &Rule, stream: &Stream, at: u64) -> bool {
    let before = || stream.slice(at.saturating_sub(LOOK as u64), at);
    let first = || stream.get(at).unwrap_or_default();
    (rule.word && word::is_inside(before())) || (rule.name.is_some() && word::is_inside_of_name(before(), first()))
}

/// What leads a suspect behind a literal at `at`, if anything does; `None` where there is no suspect.
fn what_leads(rule: &Rule, stream: &Stream, at: u64, typed: bool) -> Option<Option<Lead>> {
    Some(match &rule.extent {
        Extent::Span(span) => match &span.lead {
            Some(lead) => Some(lead_before(lead, rule.may_show, stream, at)?),
            None => None,
        },
        Extent::Block(_) => None,
        Extent::Known(value) => Some(Lead {
            start: at,
            hold: at + value.shown(typed),
        }),
    })
}

fn has_gap(rule: &Rule) -> bool {
    matches!(&rule.extent, Extent::Span(span) if span.gap > 0)
}

fn has_lead(rule: &Rule) -> bool {
    matches!(&rule.extent, Extent::Span(span) if span.lead.is_some())
}

/// The lead run that ends at `at`, if it is long enough.
pub(super) fn lead_before(lead: &LeadRun, may_show: u16, stream: &Stream, at: u64) -> Option<Lead> {
    let longest = u64::from(lead.longest);
    // Looking back that much further tells whether the run's first bytes, which may show, lie inside the secret.
    let most = longest + u64::from(may_show);
    let before = stream.slice(at.saturating_sub(most), at);
    let length = lead.set.trailing(before, before.len()) as u64;
    if length < u64::from(lead.at_least) {
        return None;
    }
    let start = at - length.min(longest);
    let hold = if u64::from(may_show) >= longest {
        // All of the lead may show, however long the run is that it ends.
        at
    } else {
        (at - length + u64::from(may_show)).clamp(start, at)
    };
    Some(Lead { start, hold })
}

/// From where on a value's beginning is held that the end cuts.
fn known_tail(rule: &Rule, stream: &Stream, typed: bool) -> Option<u64> {
    let (Some(Anchor::Literal(keyword)), Extent::Known(value)) = (rule.anchors.first(), &rule.extent) else {
        return None;
    };
    let end = stream.end();
    let last = *stream.slice(end.saturating_sub(1), end).last()?;
    let ends = |length: &usize| keyword.bytes[*length - 1] == last;
    let lengths = (1..keyword.bytes.len()).rev().filter(ends);
    let mut cut = lengths.map(|length| (length, end.saturating_sub(length as u64)));
    cut.find(|(length, at)| stream.slice(*at, end) == &keyword.bytes[..*length])
        .map(|(_, at)| at + value.shown(typed))
        .filter(|hold| *hold < end)
}
