//! Where in a reading literals count.

/// A stretch of a reading's text, from its first place to behind its last. A literal counts that begins in it.
#[derive(Debug, Clone, Copy)]
struct Reach {
    from: u64,
    to: u64,
    /// Only literals count that were told of by this raw byte or a later one.
    told: u64,
}

/// The stretches of one reading, in their order. A reading of escapes has one beginning, and goes on farther with
/// each escape, but only for what is told of from then on: whether what came before was looked for later or at once
/// hangs on the cutting. Others have stretches that stand apart, whenever they are told of. No reading has both.
#[derive(Debug, Default)]
pub(super) struct Reaches(Vec<Reach>);

impl Reaches {
    /// The first one.
    pub(super) fn begin(&mut self, from: u64, to: u64) {
        self.0.push(Reach { from, to, told: 0 });
    }

    /// Has what begins at `from` or behind count, up to `to`, whenever it is told of.
    pub(super) fn add(&mut self, from: u64, to: u64) {
        match self.0.last_mut() {
            Some(last) if last.to >= from => last.to = last.to.max(to),
            Some(_) | None => self.begin(from, to),
        }
        debug_assert!(self.is_sorted());
    }

    /// Goes on up to `to` for what the raw byte `told` or a later one tells of.
    pub(super) fn go_on(&mut self, to: u64, told: u64) {
        let Some(from) = self.0.first().map(|first| first.from) else {
            return;
        };
        let place = self.0.partition_point(|reach| reach.told < told);
        let is_less = |reach: Option<&Reach>| reach.is_some_and(|reach| reach.to >= to);
        let same = self.0.get(place).filter(|reach| reach.told == told);
        if is_less(self.0[..place].last()) || is_less(same) {
            return;
        }
        let shorter = self.0[place..].partition_point(|reach| reach.to <= to);
        self.0.splice(place..place + shorter, [Reach { from, to, told }]);
        debug_assert!(self.is_sorted());
    }

    /// Whether each goes on farther than the one before, and none was told of earlier: what is asked of them is
    /// looked for so.
    fn is_sorted(&self) -> bool {
        self.0
            .is_sorted_by(|one, next| one.to < next.to && one.told <= next.told)
    }

    /// Whether a literal counts that begins at `at` and that `told` answers the raw byte of.
    pub(super) fn count(&self, at: u64, told: impl FnOnce() -> u64) -> bool {
        let place = self.0.partition_point(|reach| reach.to <= at);
        self.0
            .get(place)
            .is_some_and(|reach| reach.from <= at && (reach.told == 0 || reach.told <= told()))
    }

    /// Up to where what the raw byte `told` told of counts.
    pub(super) fn upto(&self, told: u64) -> u64 {
        let place = self.0.partition_point(|reach| reach.told <= told);
        self.0[..place].last().map_or(0, |last| last.to)
    }

    /// The end of the last.
    pub(super) fn end(&self) -> u64 {
        self.0.last().map_or(0, |last| last.to)
    }

    /// Forgets the stretches of escapes that say nothing of what this raw byte or a later one tells of.
    pub(super) fn forget(&mut self, told: u64) {
        let past = self.0.partition_point(|reach| reach.told <= told);
        self.0.drain(..past.saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Reaches;

    proptest! {
        /// Which escapes lead on how far for what is told of when, whatever the order in which it is told that they
        /// are some.
        #[test]
        fn what_counts_hangs_on_no_order(escapes in prop::collection::vec((1_u64..40, 20_u64..80), 0..8), at in 0_u64..90, told in 0_u64..50) {
            let far = escapes.iter().filter(|(since, _)| *since <= told).map(|(_, to)| *to);
            let expected = far.chain([20]).max().expect("one at least");
            let mut orders = [escapes.clone(), escapes.clone(), escapes];
            orders[1].reverse();
            orders[2].sort_unstable();
            for order in orders {
                let mut reaches = Reaches::default();
                reaches.begin(3, 20);
                order.iter().for_each(|(since, to)| reaches.go_on(*to, *since));
                prop_assert_eq!(reaches.upto(told), expected);
                prop_assert_eq!(reaches.count(at, || told), (3..expected).contains(&at));
                reaches.forget(told);
                prop_assert_eq!(reaches.upto(told), expected);
                prop_assert_eq!(reaches.count(at, || told), (3..expected).contains(&at));
            }
        }
    }
}
