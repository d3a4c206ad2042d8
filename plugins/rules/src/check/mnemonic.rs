//! The words that restore a wallet: twelve to twenty-four of BIP 39's list, in lower case.

use cofferdam_sdk::{Verdict, Window};

use super::{placeholder, published};
use crate::placeholder::Placeholders;

/// How many words there are: each three hold 32 bits of what the wallet is made of, and one of its checksum.
const COUNTS: [usize; 5] = [12, 15, 18, 21, 24];
/// How long a word of that list is, in bytes.
const WORD: std::ops::RangeInclusive<usize> = 3..=8;
/// Words of sentences that the list doesn't have: what holds one of them is prose.
const PROSE: [&[u8]; 15] = [
    b"the", b"and", b"are", b"for", b"from", b"was", b"were", b"has", b"not", b"but", b"which", b"its", b"your",
    b"with", b"their",
];

/// Confirms as many words as a wallet has, and no more.
pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let text = window.slice(window.start()..window.end());
    let front = text.iter().position(u8::is_ascii_lowercase)?;
    let end = text.iter().rposition(u8::is_ascii_lowercase)? + 1;
    let value = text.get(front..end)?;
    let words: Vec<&[u8]> = value
        .split(|byte| !byte.is_ascii_lowercase())
        .filter(|word| !word.is_empty())
        .collect();
    let fit = words
        .iter()
        .all(|word| WORD.contains(&word.len()) && !PROSE.contains(word));
    if !COUNTS.contains(&words.len()) || !fit {
        return None;
    }
    let verdict = window.verdict(window.start() + front..window.start() + end, 85);
    let is_first = |(place, word): &(usize, &&[u8])| !words.iter().take(*place).any(|earlier| earlier == *word);
    let distinct = words.iter().enumerate().filter(is_first).count();
    Some(if placeholders.publishes(value) {
        published(verdict)
    } else if distinct * 2 <= words.len() {
        // `test test test … junk`: nobody's wallet, as whoever made it up knows.
        placeholder(verdict)
    } else {
        verdict
    })
}
