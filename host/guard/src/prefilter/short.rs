//! Literals that stand for too much of ordinary text to enter the sieve.

use super::Pattern;
use crate::set::ByteSet;

/// All short literals, searched for by their first bytes.
pub(super) struct Shorts {
    /// By first byte.
    all: Vec<Short>,
    /// Where those of each first byte begin in `all`, and where the last end.
    begins: Vec<u32>,
    firsts: Vec<u8>,
}

#[derive(Clone)]
struct Short {
    first: u8,
    pattern: u32,
    bytes: Vec<u8>,
    any_case: bool,
    followers: Vec<ByteSet>,
}

impl Shorts {
    pub(super) fn new(patterns: &[(u32, &Pattern)]) -> Self {
        let mut all = Vec::new();
        for (index, pattern) in patterns {
            let first = pattern.keyword.bytes[0];
            let mut firsts = vec![first];
            if pattern.keyword.any_case {
                firsts = vec![first.to_ascii_lowercase(), first.to_ascii_uppercase()];
                firsts.dedup();
            }
            all.extend(firsts.into_iter().map(|first| Short {
                first,
                pattern: *index,
                bytes: pattern.keyword.bytes.clone(),
                any_case: pattern.keyword.any_case,
                followers: pattern.followers.clone(),
            }));
        }
        all.sort_by_key(|short| short.first);
        let begin = |first: usize| all.partition_point(|short| usize::from(short.first) < first);
        let begins = (0..=256)
            .map(|first| u32::try_from(begin(first)).unwrap_or(u32::MAX))
            .collect();
        let mut firsts: Vec<u8> = all.iter().map(|short| short.first).collect();
        firsts.dedup();
        Self { all, begins, firsts }
    }

    /// Calls `tell` with the literal, start and end of each occurrence.
    pub(super) fn search(&self, text: &[u8], tell: &mut impl FnMut(u32, usize, usize)) {
        let mut at = |start| self.at(text, start, tell);
        // Three at a time are found many times faster than by looking at each byte.
        for firsts in self.firsts.chunks(3) {
            match *firsts {
                [one] => memchr::memchr_iter(one, text).for_each(&mut at),
                [one, two] => memchr::memchr2_iter(one, two, text).for_each(&mut at),
                [one, two, three] => memchr::memchr3_iter(one, two, three, text).for_each(&mut at),
                [..] => {}
            }
        }
    }

    fn at(&self, text: &[u8], start: usize, tell: &mut impl FnMut(u32, usize, usize)) {
        let first = usize::from(text[start]);
        for short in &self.all[self.begins[first] as usize..self.begins[first + 1] as usize] {
            let end = start + short.bytes.len();
            let Some(found) = text.get(start..end) else { continue };
            let same = found == short.bytes || (short.any_case && found.eq_ignore_ascii_case(&short.bytes));
            if same
                && short
                    .followers
                    .iter()
                    .zip(&text[end..])
                    .all(|(set, byte)| set.has(*byte))
            {
                tell(short.pattern, start, end);
            }
        }
    }
}
