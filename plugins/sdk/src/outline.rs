//! What windows are read by: all that a guest needs of its rules once the host has them.

use crate::{Anchor, Rule, Severity};

/// What the window of a suspect is read by: its rule, and the anchor that hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Outline {
    /// The rule's severity.
    pub severity: Severity,
    /// Whether its secrets begin before their literal.
    pub has_lead: bool,
    /// How long the literal is, in bytes; `None` for a run, and where the rule has no such anchor.
    pub literal: Option<u8>,
}

/// Whoever knows the outlines of a detector's rules.
pub trait Outlined {
    /// The outline of an anchor's hit; `None` where there is no such rule.
    fn outline(&self, rule: u16, anchor: u16) -> Option<Outline>;
}

/// The outlines of all rules of a detector. The rules themselves go to the host, and are neither copied nor held
/// beside it.
pub struct Outlines {
    rules: Vec<Kept>,
    /// How long the literals of all rules are, in bytes; 0 for a run.
    lengths: Vec<u8>,
}

/// What is kept of one rule.
struct Kept {
    severity: Severity,
    has_lead: bool,
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
            outlines.rules.push(Kept {
                severity: rule.severity(),
                has_lead: rule.has_lead(),
                first: u32::try_from(first).unwrap_or(u32::MAX),
                count: u16::try_from(outlines.lengths.len() - first).unwrap_or(u16::MAX),
            });
        }
        outlines
    }
}

impl Outlined for Outlines {
    fn outline(&self, rule: u16, anchor: u16) -> Option<Outline> {
        let kept = self.rules.get(usize::from(rule))?;
        let place = kept.first as usize + usize::from(anchor);
        let length = self.lengths.get(place).filter(|_| anchor < kept.count);
        Some(Outline {
            severity: kept.severity,
            has_lead: kept.has_lead,
            literal: length.copied().filter(|length| *length > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Outlined, Outlines};
    use crate::{ByteSet, Extent, Rule, Severity};

    #[test]
    fn each_rule_has_the_anchors_that_it_declared() {
        let rule = |severity| Rule::new("a", "A", "b.c", severity).extent(Extent::span(ByteSet::ALNUM, 8, 20));
        let rules = [
            rule(Severity::P0).literal(b"one_").keyword(b"seventeen"),
            rule(Severity::P2).run(ByteSet::ALNUM, 9).literal(b"x-"),
        ];
        let outlines = Outlines::of(&rules);
        let literal = |rule, anchor| outlines.outline(rule, anchor).expect("there are two rules").literal;
        assert_eq!([literal(0, 0), literal(0, 1), literal(0, 2)], [Some(4), Some(9), None]);
        assert_eq!([literal(1, 0), literal(1, 1), literal(1, 2)], [None, Some(2), None]);
        assert!(outlines.outline(2, 0).is_none());
        assert_eq!(
            outlines.outline(1, 0).map(|outline| outline.severity),
            Some(Severity::P2)
        );
    }
}
