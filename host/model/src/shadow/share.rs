//! Which runs a limited roll-out takes in.

use crate::record::{Digest, RunId};

/// Whether a run is in the share of so many of a hundred. The same run and name always give the same answer, on every host, and a
/// larger share holds every run of a smaller one.
#[must_use]
pub fn is_chosen(name: &str, run: RunId, percent: u64) -> bool {
    let digest = Digest::of(format!("cofferdam.limited/v1\n{name}\n{run}").as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&digest.as_bytes()[..8]);
    // The rest of so large a number by a hundred favours none of them by more than 10^-17.
    u64::from_be_bytes(first) % 100 < percent
}

#[cfg(test)]
mod tests {
    use super::is_chosen;
    use crate::record::RunId;

    #[test]
    fn a_share_is_stable_nested_and_about_as_large_as_it_says() {
        let runs: Vec<RunId> = (0..2000_u64)
            .map(|number| RunId::new(number, [u8::try_from(number % 251).expect("it fits"); 10]))
            .collect();
        let mut before: Vec<RunId> = Vec::new();
        for percent in [0, 1, 10, 50, 99, 100] {
            let chosen: Vec<RunId> = runs
                .iter()
                .copied()
                .filter(|run| is_chosen("next", *run, percent))
                .collect();
            assert!(before.iter().all(|run| chosen.contains(run)));
            let wanted = usize::try_from(20 * percent).expect("it fits");
            assert!(
                chosen.len().abs_diff(wanted) <= 80,
                "{} of 2000 for {percent} %",
                chosen.len()
            );
            before = chosen;
        }
        let other = runs
            .iter()
            .filter(|run| is_chosen("other", **run, 50) == is_chosen("next", **run, 50));
        assert!(other.count() < 1200, "names choose for themselves");
    }
}
