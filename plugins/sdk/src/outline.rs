//! What windows are read by: all that a guest keeps of its rules once the host has them.

use crate::{Anchor, Rule, Severity};

/// What is kept of each rule. The rules themselves go to the host, and are neither copied nor held beside it: a fresh instance declares a
/// thousand of them before its first answer.
pub struct Outlines {
    rules: Vec<Outline>,
    /// How long the literals of all rules are, in bytes; 0 for a run.
    lengths: Vec<u8>,
}

/// What is kept of one rule.
#[derive(Clone, Copy)]
pub(crate) struct Outline {
    pub(crate) severity: Severity,
    pub(crate) has_lead: bool,
    /// Where its anchors begin among all, and how many there are.
    first: u32,
    count: u16,
}

impl Outlines {
    /// Of these rules, in their order.
    #[must_use]
    pub fn of(rules: &[Rule]) -> Outlines {
        let mut outlines = Outlines {
            rules: Vec::with_capacity(rules.len()),
            lengths: Vec::with_capacity(rules.iter().map(Rule::anchor_count).sum()),
        };
        for rule in rules {
            let first = outlines.lengths.len();
            outlines.lengths.extend(rule.anchors().map(|anchor| match anchor {
                // A literal has 64 bytes at most, and the host takes no longer one.
                Anchor::Literal { bytes, .. } => u8::try_from(bytes.len()).unwrap_or(u8::MAX),
                Anchor::Run => 0,
            }));
            outlines.rules.push(Outline {
                severity: rule.severity(),
                has_lead: rule.has_lead(),
                first: u32::try_from(first).unwrap_or(u32::MAX),
                count: u16::try_from(outlines.lengths.len() - first).unwrap_or(u16::MAX),
            });
        }
        outlines
    }

    pub(crate) fn rule(&self, rule: u16) -> Option<Outline> {
        self.rules.get(usize::from(rule)).copied()
    }

    /// How long the literal of an anchor is; nothing for a run, and where the rule has no such anchor.
    pub(crate) fn literal(&self, outline: Outline, anchor: u16) -> Option<usize> {
        let place = outline.first as usize + usize::from(anchor);
        let length = self.lengths.get(place).filter(|_| anchor < outline.count)?;
        Some(usize::from(*length)).filter(|length| *length > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::Outlines;
    use crate::{ByteSet, Extent, Rule, Severity};

    #[test]
    fn each_rule_has_the_anchors_that_it_declared() {
        let rule = |severity| Rule::new("a", "A", "b.c", severity).extent(Extent::span(ByteSet::ALNUM, 8, 20));
        let rules = [
            rule(Severity::P0).literal(b"one_").keyword(b"seventeen"),
            rule(Severity::P2).run(ByteSet::ALNUM, 9).literal(b"x-"),
        ];
        let outlines = Outlines::of(&rules);
        let literal = |rule, anchor| outlines.literal(outlines.rule(rule).expect("there are two"), anchor);
        assert_eq!([literal(0, 0), literal(0, 1), literal(0, 2)], [Some(4), Some(9), None]);
        assert_eq!([literal(1, 0), literal(1, 1), literal(1, 2)], [None, Some(2), None]);
        assert!(outlines.rule(2).is_none());
        assert_eq!(outlines.rule(1).map(|outline| outline.severity), Some(Severity::P2));
    }
}
