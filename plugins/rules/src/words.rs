//! Whether letters are words that people write, or were drawn at random.

/// The letters that often follow each letter in the words of English and of programs: together nine in ten of all
/// pairs there. Of the pairs of random letters, one in three is among them.
const PAIRS: [&[u8]; 26] = [
    b"abcdgiklmnprstuvy",
    b"aeilorsu",
    b"acehiklorstu",
    b"adeilorsu",
    b"abcdefgilmnprstvxy",
    b"aefiloru",
    b"aehilnorsu",
    b"aeiot",
    b"abcdefglmnoprstvz",
    b"",
    b"aeis",
    b"adeilostuy",
    b"abeimopsu",
    b"acdefgiknostu",
    b"bcdfgiklmnoprstuvw",
    b"aehiloprstu",
    b"u",
    b"acdegiklmnoprstuy",
    b"acehilopstuy",
    b"acehiloprstuy",
    b"abceilmnprst",
    b"aei",
    b"aei",
    b"pt",
    b"p",
    b"e",
];

/// So few pairs tell nothing.
const FEWEST: i32 = 5;

/// How many in a hundred of the pairs of letters in `text` are such as words have; `None` where there are too few to
/// tell. Words have 65 and more, random letters 35, and one or two of a hundred random texts of 20 letters have as
/// many as words.
#[must_use]
pub fn share(text: &[u8]) -> Option<i32> {
    let (pairs, common) = count(text);
    (pairs >= FEWEST).then(|| common * 100 / pairs)
}

/// The pairs of letters in `text`, and how many of them are such as words have.
fn count(text: &[u8]) -> (i32, i32) {
    let (mut pairs, mut common) = (0, 0);
    for pair in text.windows(2) {
        let &[first, second] = pair else { continue };
        // A word ends where an upper-case letter follows a lower-case one.
        if !first.is_ascii_alphabetic()
            || !second.is_ascii_alphabetic()
            || (first.is_ascii_lowercase() && second.is_ascii_uppercase())
        {
            continue;
        }
        let row = PAIRS.get(usize::from(first.to_ascii_lowercase() - b'a'));
        pairs += 1;
        common += i32::from(row.is_some_and(|row| row.contains(&second.to_ascii_lowercase())));
    }
    (pairs, common)
}

/// So much evidence, in tenths, makes letters words.
const TOLD: i32 = 20;

/// Whether the letters of `text` are words rather than drawn at random. A share tells little where there are few
/// pairs, so this weighs them: nine in ten pairs of words are common ones, and one in three of random letters.
#[must_use]
pub fn are_words(text: &[u8]) -> bool {
    let (pairs, common) = count(text);
    pairs >= FEWEST && evidence(pairs, common) >= TOLD
}

/// Whether the letters of `text` are words with much certainty: one in twenty thousand random texts of 40 characters of
/// base64 is taken for such, and a path or a name of as many is hardly ever missed.
#[must_use]
pub fn are_surely_words(text: &[u8]) -> bool {
    let (pairs, common) = count(text);
    evidence(pairs, common) >= 4 * TOLD
}

/// Whether the letters of `text` stand in both cases and, with much certainty, were drawn at random.
#[must_use]
pub fn are_random(text: &[u8]) -> bool {
    let (pairs, common) = count(text);
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    mixed && evidence(pairs, common) <= -2 * TOLD
}

/// How much speaks for words, in tenths: the natural logarithms of 0.9 / 0.35 for a common pair and of 0.1 / 0.65 for
/// another.
fn evidence(pairs: i32, common: i32) -> i32 {
    common * 9 - (pairs - common) * 19
}

/// Whether most of `text` is words.
#[must_use]
pub fn is_words(text: &[u8]) -> bool {
    let letters = text.iter().filter(|byte| byte.is_ascii_alphabetic()).count();
    letters * 4 >= text.len() * 3 && are_words(text)
}

#[cfg(test)]
mod tests {
    use super::{are_surely_words, is_words, share};
    use cofferdam_sdk::testing::Random;

    #[test]
    fn words_are_told_from_random_letters() {
        for words in [
            "getAccessTokenFromRequest",
            "service-account-credentials",
            "DEFAULT_TOKEN_LIFETIME",
            "thisismypassword",
        ] {
            assert!(is_words(words.as_bytes()), "{words}: {:?}", share(words.as_bytes()));
        }
        let mut random = Random::new(5);
        let lower = |random: &mut Random| random.text(b"abcdefghijklmnopqrstuvwxyz", 24);
        let taken = (0..10_000).filter(|_| is_words(&lower(&mut random))).count();
        assert!(taken < 200, "{taken} of 10,000 random texts are taken for words");
        assert_eq!(share(b"a1b2c3"), None);
        let base64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let taken = (0..20_000)
            .filter(|_| are_surely_words(&random.text(base64, 40)))
            .count();
        assert!(taken <= 5, "{taken} of 20,000 secrets are taken for words");
        for path in [
            "src/main/java/com/issuer/Service2Module4",
            "Prod/Orders/2024/Report/Daily/v1/Export1",
        ] {
            assert!(are_surely_words(path.as_bytes()), "{path}");
        }
    }
}
