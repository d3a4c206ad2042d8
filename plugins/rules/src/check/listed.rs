//! Keys in a list behind one name, each of which is one by itself.

use std::ops::Range;

use cofferdam_sdk::check::shannon_bits;
use cofferdam_sdk::{Verdict, Window};

/// So many characters has a key, from what its rules ask about on: 32 bytes have 43 in base64 and 64 in hexadecimal
/// digits.
const KEY: Range<usize> = 40..133;
/// The least entropy of one, in bits a character: that of hexadecimal digits is 4 at most.
const ENTROPY: f32 = 3.0;

/// So many hexadecimal digits has a share of a key, and no digest.
const SHARE: usize = 66;

/// Confirms each key of a list that ends at its bracket, or at the first line that is none of it. Behind the mere word
/// `keys` only shares are such.
pub(crate) fn check(window: &Window<'_>, verdicts: &mut Vec<Verdict>) {
    let text = window.slice(window.anchor_end()..window.end());
    let is_share = |run: &[u8]| run.len() == SHARE && run.iter().all(u8::is_ascii_hexdigit);
    let is_bare = window
        .slice(window.anchor_start()..window.anchor_end())
        .ends_with(b"\"keys\":[\"");
    let is_key = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
    let mut at = 0;
    for run in text.chunk_by(|one, next| is_key(one) == is_key(next)) {
        let start = window.anchor_end() + at;
        at += run.len();
        let is_one = KEY.contains(&run.len()) && shannon_bits(run) > ENTROPY && (!is_bare || is_share(run));
        if run.first().is_some_and(is_key) && is_one {
            verdicts.push(window.verdict(start..start + run.len(), 90));
        }
    }
}
