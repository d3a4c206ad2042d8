//! How evenly the bytes of a text are spread.

/// Shannon entropy of `text` in bits a byte; 0 for an empty one, 8 at most.
#[must_use]
pub fn shannon_bits(text: &[u8]) -> f32 {
    if text.is_empty() {
        return 0.0;
    }
    let mut counts = [0_u32; 256];
    for &byte in text {
        counts[usize::from(byte)] += 1;
    }
    let total = text.len() as f32;
    counts
        .iter()
        .filter(|&&count| count > 0)
        .map(|&count| count as f32 / total)
        .map(|p| -p * p.log2())
        .sum()
}

#[cfg(test)]
mod tests {
    use super::shannon_bits;

    #[test]
    fn even_texts_have_the_most() {
        assert_eq!(shannon_bits(b""), 0.0);
        assert_eq!(shannon_bits(b"aaaa"), 0.0);
        assert!((shannon_bits(b"abcdefgh") - 3.0).abs() < 1e-5);
    }
}
