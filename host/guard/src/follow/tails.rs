//! The end of what has come may be the beginning of a suspect whose secret stands before its literal: what tells, for
//! all rules at once, that it is none. It is asked behind each edit of a line.

use super::scan::lead_before;
use crate::rule::{Anchor, Extent, Keyword, LeadRun, Rule};
use crate::set::ByteSet;
use crate::stream::Stream;

/// The rules whose secrets stand before their literals.
#[derive(Default)]
pub(crate) struct Tails {
    /// Those that let as much show, together.
    leads: Vec<Leads>,
    /// The beginnings of literals, by their last bytes.
    cuts: Vec<Cut>,
    /// Where those of each byte begin, and where the last end.
    begins: Vec<u32>,
}

/// What stands before the literals of rules, where not all of it may show.
struct Leads {
    may_show: u16,
    /// What any of them may be made of.
    any: ByteSet,
    all: Vec<(u32, LeadRun)>,
}

/// A literal that is cut.
#[derive(Clone, Copy)]
struct Cut {
    last: u8,
    length: u8,
    anchor: u16,
    rule: u32,
}

impl Tails {
    pub(crate) fn new<'a>(rules: impl Iterator<Item = (u32, &'a Rule)>) -> Self {
        let mut tails = Self::default();
        for (index, rule) in rules {
            let Some(run) = lead_of(rule) else { continue };
            if rule.may_show < run.longest {
                tails.add(index, rule.may_show, LeadRun { at_least: 1, ..*run });
            }
            for (anchor, of) in (0..).zip(&rule.anchors) {
                let Anchor::Literal(keyword) = of else { continue };
                let (_, before) = keyword.bytes.split_last().unwrap_or((&0, &[]));
                for (length, last) in (1..).zip(before) {
                    let mut add = |last: u8| {
                        tails.cuts.push(Cut {
                            last,
                            length,
                            anchor,
                            rule: index,
                        });
                    };
                    add(last.to_ascii_lowercase());
                    if last.is_ascii_alphabetic() {
                        add(last.to_ascii_uppercase());
                    }
                }
            }
        }
        tails.cuts.sort_by_key(|cut| cut.last);
        let begin = |of: usize| tails.cuts.partition_point(|cut| usize::from(cut.last) < of);
        tails.begins = (0..=256)
            .map(|of| u32::try_from(begin(of)).expect("there are fewer than 2^32"))
            .collect();
        tails
    }

    fn add(&mut self, rule: u32, may_show: u16, run: LeadRun) {
        let same = self.leads.iter_mut().find(|leads| leads.may_show == may_show);
        if let Some(leads) = same {
            leads.any = leads.any.union(&run.set);
            leads.all.push((rule, run));
        } else {
            self.leads.push(Leads {
                may_show,
                any: run.set,
                all: vec![(rule, run)],
            });
        }
    }

    /// From where on bytes are held, as the lead run of a rule reaches the end, or a literal that the end cuts
    /// follows one; of rules that are `wanted`.
    pub(super) fn hold<'a>(
        &self,
        rules: impl Fn(u32) -> &'a Rule,
        stream: &Stream,
        wanted: impl Fn(&Rule) -> bool,
    ) -> Option<u64> {
        let end = stream.end();
        let last = *stream.slice(end.saturating_sub(1), end).last()?;
        let leads = self.leads.iter().flat_map(|leads| {
            // Nearly all texts end with less than what may show.
            let least = usize::from(leads.may_show) + 1;
            let seen = stream.slice(end.saturating_sub(least as u64), end);
            let longer = seen.len() == least && seen.iter().rev().all(|byte| leads.any.has(*byte));
            let all = if longer { &leads.all[..] } else { &[] };
            let ends = move |run: &LeadRun| run.set.has(seen[0]) && run.set.has(last);
            all.iter()
                .filter(move |(_, run)| ends(run))
                .map(|(rule, run)| (*rule, run, leads.may_show))
        });
        let leads = leads.filter(|(rule, ..)| wanted(rules(*rule)));
        let leads = leads.filter_map(|(_, run, may_show)| Some(lead_before(run, may_show, stream, end)?.hold));
        let leads = leads.filter(|hold| *hold < end);
        let place = usize::from(last);
        let cuts = self.begins[place] as usize..self.begins[place + 1] as usize;
        let cuts = self.cuts[cuts].iter().filter_map(|cut| {
            let rule = rules(cut.rule);
            let keyword = keyword(rule, cut.anchor)?;
            let at = end.saturating_sub(u64::from(cut.length));
            let seen = stream.slice(at, end);
            let head = &keyword.bytes[..usize::from(cut.length)];
            let same = if keyword.any_case {
                seen.eq_ignore_ascii_case(head)
            } else {
                seen == head
            };
            if same && wanted(rule) {
                lead_before(lead_of(rule)?, rule.may_show, stream, at).map(|lead| lead.hold)
            } else {
                None
            }
        });
        leads.chain(cuts).min()
    }
}

fn lead_of(rule: &Rule) -> Option<&LeadRun> {
    match &rule.extent {
        Extent::Span(span) => span.lead.as_ref(),
        Extent::Block(_) | Extent::Known(_) => None,
    }
}

fn keyword(rule: &Rule, anchor: u16) -> Option<&Keyword> {
    match rule.anchors.get(usize::from(anchor))? {
        Anchor::Literal(keyword) => Some(keyword),
        Anchor::Run { .. } => None,
    }
}
