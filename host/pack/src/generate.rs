//! Texts that a pattern generates, for examples: no credential need stand in a rule file.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The most that an unbounded repetition adds to its fewest.
const MORE: u64 = 8;

/// A small generator of even numbers (splitmix64): examples must be the same each time.
pub(crate) struct Source(u64);

impl Source {
    /// A source for this name.
    pub(crate) fn named(name: &str) -> Source {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Source(hash)
    }

    /// A number below `bound`, or 0.
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).checked_rem(bound).unwrap_or(0)
    }

    /// Appends a text that `hir` fits; what it asks of its surroundings is left to chance.
    pub(crate) fn text(&mut self, hir: &Hir, out: &mut Vec<u8>) {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => {}
            HirKind::Literal(literal) => out.extend_from_slice(&literal.0),
            HirKind::Class(class) => out.extend(self.member(class)),
            HirKind::Repetition(repetition) => {
                let least = u64::from(repetition.min);
                let most = repetition.max.map_or(least + MORE, u64::from);
                let count = least + self.below(most.saturating_sub(least) + 1);
                (0..count).for_each(|_| self.text(&repetition.sub, out));
            }
            HirKind::Capture(capture) => self.text(&capture.sub, out),
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.text(part, out)),
            HirKind::Alternation(parts) => {
                let at = self.below(parts.len() as u64);
                if let Some(part) = usize::try_from(at).ok().and_then(|at| parts.get(at)) {
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
        let at = usize::try_from(self.below(all.len() as u64)).ok()?;
        all.get(at).copied()
    }
}
