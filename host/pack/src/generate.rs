//! Texts that a pattern generates, for examples: no credential need stand in a rule file.

use cofferdam_sdk::testing::Random;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The most that an unbounded repetition adds to its fewest.
const MORE: u32 = 8;

/// What examples are drawn from: they must be the same each time.
pub(crate) struct Source(Random);

impl Source {
    /// A source for this name.
    pub(crate) fn named(name: &str) -> Source {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Source(Random::new(hash))
    }

    /// Appends a text that `hir` fits; what it asks of its surroundings is left to chance.
    pub(crate) fn text(&mut self, hir: &Hir, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => out.extend(self.member(class)),
            HirKind::Repetition(repetition) => {
                let least = repetition.min;
                let most = repetition.max.unwrap_or(least.saturating_add(MORE));
                let more = self.0.below(most.saturating_sub(least) as usize + 1);
                (0..least as usize + more).for_each(|_| self.text(&repetition.sub, out));
            }
            HirKind::Capture(capture) => self.text(&capture.sub, out),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.text(part, out)),
            HirKind::Alternation(parts) => {
                if let Some(part) = parts.get(self.0.below(parts.len())) {
                    self.text(part, out);
                }
            }
        }
    }

    fn member(&mut self, class: &Class) -> Option<u8> {
        let ranges: Vec<(u8, u8)> = match class {
            Class::Bytes(bytes) => bytes.iter().map(|range| (range.start(), range.end())).collect(),
            Class::Unicode(_) => Vec::new(),
        };
        // Printable bytes where there are some: examples are looked at by people.
        let printable: Vec<u8> = ranges
            .iter()
            .flat_map(|(start, end)| *start..=*end)
            .filter(|byte| (0x21..0x7F).contains(byte))
            .collect();
        let all: Vec<u8> = if printable.is_empty() {
            ranges.iter().flat_map(|(start, end)| *start..=*end).collect()
        } else {
            printable
        };
        all.get(self.0.below(all.len())).copied()
    }
}
