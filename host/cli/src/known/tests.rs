//! What is collected from an environment and files, and that no message holds any of it.

use std::fs;
use std::path::Path;

use cofferdam_model::config::{Input, Layer, resolve};

use super::{Known, collect, id, with_suffix};
use crate::config::Surroundings;
use crate::paths::Places;

/// What stands in every secret of these tests.
const CANARY: &str = concat!("Kq7", "-canary-");

fn known(folder: &Path, config: &str, variables: &[(&str, &str)]) -> Known {
    let around = Surroundings {
        places: Places::new(|_| None),
        folder: folder.to_owned(),
        config: None,
        variables: variables
            .iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect(),
        flags: Vec::new(),
    };
    let resolution = resolve([Input::file(Layer::Operator, folder.join("c.toml"), config)]);
    assert!(resolution.problems.is_empty(), "{:?}", resolution.problems);
    let known = collect(&resolution.resolved, &around);
    let all = format!("{:?}{:?}{:?}", known.rules, known.problems, known.remarks);
    assert!(!all.contains(CANARY), "{all}");
    known
}

fn ids(known: &Known) -> Vec<&str> {
    known.rules.ids().collect()
}

fn told(known: &Known) -> Vec<String> {
    let all = known.problems.iter().chain(&known.remarks);
    all.map(ToString::to_string).collect()
}

fn secret(what: &str) -> String {
    format!("{CANARY}{what}")
}

#[test]
fn variables_are_named_or_look_like_credentials() {
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b, c) = (secret("a"), secret("b"), secret("c"));
    let url = ["postgres://app:", &c, "%40@localhost/app"].concat();
    let variables: &[_] = &[
        ("GITHUB_TOKEN", &*a),
        ("GH_TOKEN", &a),
        ("DEPLOY", &b),
        ("DATABASE_URL", &url),
        ("REDIS_URL", "redis://user:password@localhost"),
        ("AUTH_TOKEN", "disabled"),
        ("OTHER", &a),
        ("MAX_TOKENS", "1048576000"),
        ("USER", "builder42"),
        ("DB_PASSWORD", "builder42"),
    ];
    let config = "known.environment = ['DEPLOY', 'MISSING']";
    let found = known(folder.path(), config, variables);
    assert_eq!(
        ids(&found),
        [
            "env-deploy",
            "env-database-url",
            "env-database-url-form",
            "env-database-url-2",
            "env-gh-token"
        ]
    );
    let [remark] = &told(&found)[..] else {
        panic!("{:?}", told(&found))
    };
    assert!(remark.starts_with("warning CFD-111: operator ") && remark.ends_with("the variable MISSING is not set"));
    let found = known(folder.path(), "known.credential-like = false", variables);
    assert!(ids(&found).is_empty() && told(&found).is_empty());
}

#[test]
fn a_named_value_that_cannot_be_searched_for_warns() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = "known.environment = ['A', 'B', 'C']";
    let long = secret(&"x".repeat(8192));
    let found = known(
        folder.path(),
        config,
        &[("A", "q1w2"), ("B", "production"), ("C", &long)],
    );
    assert!(ids(&found).is_empty());
    let told = told(&found);
    assert_eq!(told.len(), 3, "{told:?}");
    assert!(told.iter().all(|line| line.starts_with("warning CFD-111")));
    assert!(!told.concat().contains("q1w2") && !told.concat().contains("production"));
}

#[test]
fn files_are_taken_whole_and_by_their_lines() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("A_TOKEN={}\nMODE=production\n\n{}\n", secret("1"), secret("2"));
    fs::write(folder.path().join("prod.env"), file).expect("written");
    fs::write(folder.path().join("short"), "q1w2\n").expect("written");
    let found = known(folder.path(), "known.files = ['prod.env', 'short']", &[]);
    assert_eq!(ids(&found), ["file-prod", "file-prod-line-1", "file-prod-line-4"]);
    let told = told(&found);
    assert!(told.len() == 1 && told[0].contains("short holds nothing"), "{told:?}");
}

#[test]
fn a_file_that_cannot_be_read_and_too_many_values_are_errors() {
    let folder = tempfile::tempdir().expect("a folder");
    let found = known(folder.path(), "known.files = ['none']", &[]);
    assert!(found.problems[0].is_error() && told(&found)[0].contains("CFD-109"));
    let large = secret("x").repeat(8192);
    fs::write(folder.path().join("large"), large).expect("written");
    let found = known(folder.path(), "known.files = ['large']", &[]);
    assert!(found.problems[0].is_error() && told(&found)[0].contains("larger than 64 KiB"));
    let many: Vec<_> = (0..256)
        .map(|line| format!("{}\n", secret(&line.to_string())))
        .collect();
    fs::write(folder.path().join("many"), many.concat()).expect("written");
    let found = known(folder.path(), "known.files = ['many']", &[]);
    assert!(found.problems[0].is_error() && told(&found)[0].contains("CFD-110: known: there are 257"));
}

#[test]
fn ids_are_words_of_64_characters_at_most_and_unique() {
    assert_eq!(
        id("env-", b"npm_config_//r.example/:_authToken"),
        "env-npm-config-r-example-authtoken"
    );
    assert_eq!(id("env-", b"\xff__"), "env");
    let long = id("env-", &b"AB_".repeat(40));
    assert_eq!(long.len(), 63, "no dash at its end: {long}");
    assert_eq!(with_suffix(&"a".repeat(64), "-12").len(), 64);
    let folder = tempfile::tempdir().expect("a folder");
    let (a, b) = (secret("a"), secret("b"));
    let found = known(folder.path(), "", &[("A__TOKEN", &a), ("A_TOKEN", &b)]);
    assert_eq!(ids(&found), ["env-a-token", "env-a-token-2"]);
}
