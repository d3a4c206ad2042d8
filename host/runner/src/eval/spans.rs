//! Stretches of bytes, and how two lists of them lie on each other.

/// A stretch, from its first byte to the one behind its last.
type Span = (u64, u64);

/// The same bytes as sorted stretches of which none touches another.
pub(super) fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for (start, end) in spans {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            Some(_) | None => merged.push((start, end)),
        }
    }
    merged
}

/// How many bytes there are.
pub(super) fn length(spans: &[Span]) -> u64 {
    spans.iter().map(|(start, end)| end - start).sum()
}

/// How many bytes are in both of two lists that are [`merged`].
pub(super) fn common(one: &[Span], other: &[Span]) -> u64 {
    let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
    let mut common = 0;
    while let (Some(first), Some(second)) = (one.peek(), other.peek()) {
        common += first.1.min(second.1).saturating_sub(first.0.max(second.0));
        if first.1 <= second.1 {
            one.next();
        } else {
            other.next();
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::{common, length, merged};
    use proptest::prelude::*;

    #[test]
    fn stretches_that_touch_are_one() {
        assert_eq!(merged(vec![(4, 6), (0, 2), (2, 3), (5, 9)]), [(0, 3), (4, 9)]);
        assert_eq!(common(&[(0, 3), (4, 9)], &[(2, 5), (8, 12)]), 3);
    }

    proptest! {
        #[test]
        fn counts_are_those_of_sets(
            one in prop::collection::vec((0_u64..60, 1_u64..9), 0..8),
            other in prop::collection::vec((0_u64..60, 1_u64..9), 0..8),
        ) {
            let spans = |list: &[(u64, u64)]| list.iter().map(|(start, length)| (*start, start + length)).collect();
            let bytes = |list: &[(u64, u64)]| -> std::collections::BTreeSet<u64> {
                list.iter().flat_map(|(start, length)| *start..start + length).collect()
            };
            let (first, second) = (merged(spans(&one)), merged(spans(&other)));
            prop_assert_eq!(length(&first), bytes(&one).len() as u64);
            prop_assert_eq!(common(&first, &second), bytes(&one).intersection(&bytes(&other)).count() as u64);
        }
    }
}
