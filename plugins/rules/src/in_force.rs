//! Which rules of a pack are in force.

/// All rules of a pack but some: the host numbers those that are in force, the pack numbers all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InForce {
    /// How many rules the pack has.
    all: u16,
    /// For each rule that is left out, in order, how many before it are in force.
    left_out: Vec<u16>,
}

impl InForce {
    /// All rules of a pack of `all` but those with these indices, which are in order.
    pub(crate) fn all_but(all: u16, left_out: impl IntoIterator<Item = u16>) -> InForce {
        let left_out = (0_u16..).zip(left_out);
        InForce {
            all,
            left_out: left_out.map(|(before, index)| index.saturating_sub(before)).collect(),
        }
    }

    /// One rule alone of a pack of `all`.
    pub(crate) fn one(all: u16, index: u16) -> InForce {
        InForce::all_but(all, (0..all).filter(|other| *other != index))
    }

    /// How many are in force.
    pub(crate) fn len(&self) -> usize {
        usize::from(self.all).saturating_sub(self.left_out.len())
    }

    /// The index in the pack of the rule that the host gives this number.
    pub(crate) fn index(&self, number: usize) -> Option<usize> {
        let before = self
            .left_out
            .partition_point(|in_force| usize::from(*in_force) <= number);
        (number < self.len()).then_some(number + before)
    }
}

#[cfg(test)]
mod tests {
    use super::InForce;

    #[test]
    fn numbers_go_over_what_is_left_out() {
        for left_out in [
            vec![],
            vec![0],
            vec![9],
            vec![0, 1, 2],
            vec![3, 4, 7, 9],
            (0..10).collect(),
        ] {
            let in_force = InForce::all_but(10, left_out.iter().copied());
            let kept: Vec<usize> = (0..10_u16)
                .filter(|index| !left_out.contains(index))
                .map(usize::from)
                .collect();
            let indices: Vec<usize> = (0..12).filter_map(|number| in_force.index(number)).collect();
            assert_eq!(
                (indices, in_force.len()),
                (kept.clone(), kept.len()),
                "without {left_out:?}"
            );
        }
    }

    #[test]
    fn one_is_the_first() {
        let one = InForce::one(10, 7);
        assert_eq!((one.index(0), one.index(1), one.len()), (Some(7), None, 1));
    }
}
