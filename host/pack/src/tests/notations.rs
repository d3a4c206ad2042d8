//! Every rule in every notation, and what merely looks like its values.

use std::path::Path;

use cofferdam_sdk::Severity;

use super::bed;
use crate::{SourceFile, corpus, files_of, secrets};

/// One text in so many is looked at: all of them take a minute.
const EVERY: usize = 11;

fn files() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/credentials");
    let read = |path: std::path::PathBuf| SourceFile {
        name: path.display().to_string(),
        text: std::fs::read_to_string(path).expect("the pack's file can be read"),
    };
    files_of(&folder)
        .expect("the folder can be listed")
        .into_iter()
        .map(read)
        .collect()
}

#[test]
fn values_are_found_in_notations_that_their_rules_do_not_show() {
    let host = bed::credentials();
    let texts = corpus(&files(), 1).expect("the pack is well-formed");
    let (mut strict, mut found) = (0, 0);
    for text in texts.iter().step_by(EVERY) {
        let Some(secret) = &text.secret else { continue };
        // What a blank or a line separates from its name is found by its prefix alone.
        if text.source.starts_with("P0") {
            strict += 1;
            let hits = host.hits(&text.text);
            found += usize::from(
                hits.iter()
                    .any(|hit| hit.severity <= Severity::P1 && hit.start < secret.end && hit.end > secret.start),
            );
        }
    }
    assert!(strict > 1_000, "{strict} texts");
    assert!(found * 1000 >= strict * 975, "{found} of {strict} are found");
}

#[test]
fn near_misses_are_left_alone() {
    let host = bed::credentials();
    let texts = corpus(&files(), 2).expect("the pack is well-formed");
    let misses: Vec<_> = texts.iter().filter(|text| text.secret.is_none()).step_by(3).collect();
    assert!(misses.len() > 1_000, "{} texts", misses.len());
    let wrong: Vec<String> = misses
        .iter()
        .filter(|text| host.hits(&text.text).iter().any(|hit| hit.severity <= Severity::P1))
        .map(|text| format!("{} {}", text.rule, text.source))
        .collect();
    // A word before an issuer's prefix is no end of it where the rule doesn't say so.
    assert!(wrong.len() * 500 <= misses.len(), "{wrong:?}");
}

#[test]
fn planted_secrets_are_written_as_said() {
    let planted: Vec<_> = secrets(&files(), 3)
        .expect("the pack is well-formed")
        .take(600)
        .collect();
    let mut rules: Vec<&str> = planted.iter().map(|secret| secret.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    assert!(rules.len() > 300, "{} rules", rules.len());
    for secret in &planted {
        assert!(
            secret.secret.len() >= 6 && secret.secret.end <= secret.text.len(),
            "{secret:?}"
        );
    }
    let again = secrets(&files(), 3).expect("the pack is well-formed").take(600);
    assert!(again.eq(planted), "the same seed gives the same secrets");
}
