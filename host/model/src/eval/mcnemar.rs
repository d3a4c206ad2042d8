//! Whether two detectors differ, judged by the texts on which they disagree.

/// The exact two-sided p-value of `McNemar`'s test: how likely it is that so many of the texts that only one of two detectors found
/// fall to one side, if each were as likely to fall to the other. 1 where they never disagree.
#[must_use]
pub fn mcnemar(only_first: u64, only_second: u64) -> f64 {
    let (fewer, all) = (only_first.min(only_second), only_first + only_second);
    if all == 0 {
        return 1.0;
    }
    // Each term of the binomial distribution in logarithms, since 2^-n alone is 0 for large n.
    let mut term = -real(all) * std::f64::consts::LN_2;
    let mut tail = 0.0;
    for successes in 0..=fewer {
        if successes > 0 {
            term += (real(all - successes + 1) / real(successes)).ln();
        }
        tail += term.exp();
    }
    (2.0 * tail).min(1.0)
}

#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::mcnemar;

    #[test]
    fn it_is_twice_the_binomial_tail() {
        for (first, second, wanted) in [
            (0, 0, 1.0),
            (3, 3, 1.0),
            (0, 1, 1.0),
            (0, 5, 0.0625),
            (1, 9, 0.021_484_375),
            (5, 15, 0.041_389_465_332),
        ] {
            let found = mcnemar(first, second);
            assert!((found - wanted).abs() < 1e-9, "{first} {second}: {found}");
            assert!((found - mcnemar(second, first)).abs() < 1e-12);
        }
    }

    #[test]
    fn large_counts_neither_vanish_nor_overflow() {
        let even = mcnemar(50_000, 50_000);
        assert!((even - 1.0).abs() < 1e-9, "{even}");
        let odd = mcnemar(49_000, 51_000);
        assert!(odd > 0.0 && odd < 1e-9, "{odd}");
    }
}
