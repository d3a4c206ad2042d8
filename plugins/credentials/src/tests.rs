//! Tests of the rules, over the SDK's test host. Secrets are made at run time, or assembled from parts.

mod corpus;
mod keys;
mod lines;
mod tables;

use cofferdam_sdk::testing::Host;

use crate::Credentials;

fn host() -> Host<Credentials> {
    Host::new().expect("the detector takes no settings")
}

/// The texts that are taken out of `text` by rules whose findings are not P3.
fn taken(text: &str) -> Vec<(String, String)> {
    let cut = |start: usize, end: usize| String::from_utf8_lossy(&text.as_bytes()[start..end]).into_owned();
    let hits = host().hits(text.as_bytes());
    hits.into_iter()
        .filter(|hit| hit.confidence > 5)
        .map(|hit| (hit.rule, cut(hit.start, hit.end)))
        .collect()
}

/// The one text that `rule` takes out of `text`.
fn one(rule: &str, text: &str) -> Option<String> {
    let mut all = taken(text)
        .into_iter()
        .filter(|(id, _)| id == rule)
        .map(|(_, taken)| taken);
    let first = all.next();
    assert_eq!(all.next(), None, "{rule} finds one thing in {text}");
    first
}
