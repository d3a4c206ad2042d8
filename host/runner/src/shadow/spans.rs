//! Sets of bytes of a stream, as sorted stretches of which none touches another.

/// Stretches of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Spans(Vec<(u64, u64)>);

impl Spans {
    /// Adds a stretch.
    pub(super) fn add(&mut self, start: u64, end: u64) {
        if start >= end {
            return;
        }
        let first = self.0.partition_point(|(_, before)| *before < start);
        let last = self.0.partition_point(|(after, _)| *after <= end);
        let (start, end) = self.0[first..last]
            .iter()
            .fold((start, end), |(start, end), span| (start.min(span.0), end.max(span.1)));
        self.0.splice(first..last, [(start, end)]);
    }

    /// How many bytes there are that `other` doesn't hold.
    pub(super) fn beyond(&self, other: &Self) -> u64 {
        let common: u64 = self
            .0
            .iter()
            .flat_map(|(start, end)| {
                let overlap = |(from, to): &(u64, u64)| to.min(end).saturating_sub(*from.max(start));
                other.0.iter().map(overlap)
            })
            .sum();
        self.len() - common
    }

    /// Whether any of these bytes is in it.
    pub(super) fn touches(&self, start: u64, end: u64) -> bool {
        let at = self.0.partition_point(|(_, before)| *before <= start);
        self.0.get(at).is_some_and(|(from, _)| *from < end)
    }

    /// Whether all of these bytes are in it.
    pub(super) fn covers(&self, start: u64, end: u64) -> bool {
        let within = self.within(start, end);
        within.first().is_some_and(|(from, to)| *from <= start && end <= *to)
    }

    /// The stretches that hold any of these bytes.
    pub(super) fn within(&self, start: u64, end: u64) -> &[(u64, u64)] {
        let first = self.0.partition_point(|(_, before)| *before <= start);
        let last = self.0.partition_point(|(from, _)| *from < end);
        self.0.get(first..last).unwrap_or_default()
    }

    /// How many bytes it holds.
    pub(super) fn len(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    /// How many stretches there are.
    pub(super) fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Spans;

    proptest! {
        #[test]
        fn they_are_sets_of_bytes(one in prop::collection::vec((0_u64..60, 0_u64..9), 0..12), other in prop::collection::vec((0_u64..60, 0_u64..9), 0..12), (from, length) in (0_u64..60, 1_u64..9)) {
            let of = |list: &[(u64, u64)]| {
                let (mut spans, mut set) = (Spans::default(), BTreeSet::new());
                for (start, length) in list {
                    spans.add(*start, start + length);
                    set.extend(*start..start + length);
                }
                (spans, set)
            };
            let ((spans, set), (others, other_set)) = (of(&one), of(&other));
            prop_assert_eq!(spans.len(), set.len() as u64);
            prop_assert_eq!(spans.beyond(&others), set.difference(&other_set).count() as u64);
            prop_assert!(spans.0.windows(2).all(|pair| pair[0].1 < pair[1].0), "{:?}", spans);
            prop_assert_eq!(spans.touches(from, from + length), set.range(from..from + length).next().is_some());
            prop_assert_eq!(spans.covers(from, from + length), (from..from + length).all(|place| set.contains(&place)));
            let within: BTreeSet<u64> = spans.within(from, from + length).iter().flat_map(|(start, end)| *start..*end).collect();
            let range: BTreeSet<u64> = (from..from + length).collect();
            prop_assert_eq!(within.intersection(&range).count(), set.intersection(&range).count());
        }
    }
}
