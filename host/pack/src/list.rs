//! Lists of words in a pack's tables.

/// The most bytes of an entry.
const LONGEST: usize = 64;
/// The most entries of a list.
const ENTRIES: usize = 1024;

/// Says which entry of the list `name` of `[table]` can't be what the engine compares with: it never matches, or matches everything.
pub(crate) fn check(table: &str, name: &str, list: &[String]) -> Result<(), String> {
    if list.len() > ENTRIES {
        return Err(format!("`[{table}]`: `{name}` has more than {ENTRIES} entries"));
    }
    let wrong = list
        .iter()
        .find(|entry| entry.is_empty() || entry.len() > LONGEST || entry.to_lowercase() != **entry);
    wrong.map_or(Ok(()), |entry| {
        Err(format!(
            "`[{table}]`: `{entry}` in `{name}`: an entry has 1 to {LONGEST} bytes and no letter of upper case"
        ))
    })
}

/// What the engine reads.
pub(crate) fn bytes(list: &[String]) -> Vec<&[u8]> {
    list.iter().map(String::as_bytes).collect()
}
