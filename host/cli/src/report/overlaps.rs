//! Which findings that were let through lie in what another finding took out, as far as a record shows it.

use std::collections::VecDeque;

use cofferdam_model::record::{Action, Channel, Decision, LengthClass, Name};

/// So many decisions are looked back at: two of the same bytes are made close to each other.
const KEPT: usize = 64;

/// The latest decisions.
#[derive(Default)]
pub(super) struct Overlaps(VecDeque<Seen>);

struct Seen {
    rule: (Name, Name),
    channel: Channel,
    offset: u64,
    /// The fewest bytes that the finding has.
    length: u64,
    out: bool,
    /// A finding that was let through is counted once, however many took out its bytes.
    counted: bool,
}

impl Overlaps {
    /// Takes the next decision into account. Answers with the rule of each finding that was let through and of which
    /// this is the first to show that some of its bytes were taken out all the same.
    pub(super) fn next(&mut self, decision: &Decision) -> Vec<(Name, Name)> {
        let mut new = Seen {
            rule: (decision.plugin.clone(), decision.rule.clone()),
            channel: decision.channel,
            offset: decision.offset,
            length: decision.late_bytes.max(least(decision.length_class)),
            out: decision.action != Action::Allow,
            counted: false,
        };
        let mut found = Vec::new();
        for old in &mut self.0 {
            if old.out == new.out || !overlap(old, &new) {
                continue;
            }
            let through = if new.out { old } else { &mut new };
            if !std::mem::replace(&mut through.counted, true) {
                found.push(through.rule.clone());
            }
        }
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(new);
        found
    }
}

fn overlap(one: &Seen, other: &Seen) -> bool {
    one.channel == other.channel && one.offset < other.offset + other.length && other.offset < one.offset + one.length
}

/// The fewest bytes of a finding whose length is recorded as this class.
fn least(class: LengthClass) -> u64 {
    match class {
        LengthClass::Hidden | LengthClass::Tiny => 1,
        LengthClass::Short => 16,
        LengthClass::Medium => 32,
        LengthClass::Long => 64,
        LengthClass::Large => 256,
        LengthClass::Huge => 4096,
    }
}
