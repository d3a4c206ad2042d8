//! The key that a person most likely meant.

use super::key::Key;

/// The longest unknown path that is compared: beyond it no key is near.
const LONGEST: usize = 160;

/// The nearest known key or section, if one is near.
pub(super) fn nearest(path: &[String]) -> Option<String> {
    let written = path.join(".");
    if written.len() > LONGEST {
        return None;
    }
    // What stands before the last part is known to be right in a file; only the last part's length says what is near.
    let bound = bound(path.last().map_or("", String::as_str));
    let near = candidates(path)
        .map(|candidate| (strsim::damerau_levenshtein(&written, &candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= bound);
    // A key that stands in the wrong section is far from its path, but its own name is right.
    near.map(|(_, candidate)| candidate).or_else(|| elsewhere(path))
}

/// The nearest of some words, if one is near.
pub(super) fn nearest_of<'a>(written: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    words
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= bound(written))
        .map(|(_, word)| word)
}

/// Every path of keys and sections, with the names of the written path in the place of wildcards.
fn candidates(path: &[String]) -> impl Iterator<Item = String> {
    Key::all().iter().map(move |key| {
        let mut parts: Vec<String> = key.parts().map(str::to_owned).collect();
        for (part, given) in parts.iter_mut().zip(path) {
            if part.starts_with('<') {
                part.clone_from(given);
            }
        }
        // A section is compared with sections, and a key with keys.
        parts.truncate(path.len());
        parts.join(".")
    })
}

fn elsewhere(path: &[String]) -> Option<String> {
    let last = path.last()?;
    let mut same = Key::all()
        .iter()
        .filter(|key| key.parts().last() == Some(last.as_str()));
    same.next().map(|key| key.path.to_owned())
}

/// The most edits that a slip of the fingers makes of a word.
fn bound(written: &str) -> usize {
    (written.len() / 4).max(2)
}
