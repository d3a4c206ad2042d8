//! The house rules: who may depend on whom, what must agree with what, and what must never be in a source.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, PackageId};
use cofferdam_model::{Code, schema};
use sha2::{Digest as _, Sha256};

use crate::bed::root;

/// Who may depend on whom, as the table of the architecture has it.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).expect("the architecture");
    let rows = page
        .split("| crate | depends on |")
        .nth(1)
        .expect("the table of arrows");
    let rows = rows.lines().skip(2).take_while(|line| line.starts_with("| "));
    let crates = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    rows.map(|row| {
        let mut cells = row.trim_matches('|').splitn(2, '|').map(crates);
        let name = cells.next().and_then(|mut names| names.pop()).expect("a crate");
        (name, cells.next().expect("its arrows").into_iter().collect())
    })
    .collect()
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--locked".to_owned()])
        .exec()
        .expect("cargo tells of the workspace")
}

/// The files that git tracks, with their names.
fn tracked() -> Vec<(String, Vec<u8>)> {
    let listed = Command::new("git")
        .current_dir(root())
        .args(["ls-files", "-z"])
        .output()
        .expect("git is there");
    assert!(listed.status.success(), "a clone of the repository");
    let names = String::from_utf8(listed.stdout).expect("names of sources are UTF-8");
    let read = |name: &str| Some((name.to_owned(), fs::read(root().join(name)).ok()?));
    names
        .split('\0')
        .filter(|name| !name.is_empty())
        .filter_map(read)
        .collect()
}

fn holds(text: &[u8], part: &str) -> bool {
    text.windows(part.len()).any(|window| window == part.as_bytes())
}

#[test]
fn arrows_between_crates_are_those_of_the_design() {
    let metadata = metadata();
    let members: BTreeMap<&str, _> = metadata
        .workspace_packages()
        .into_iter()
        .map(|package| (package.name.as_str(), package))
        .collect();
    let told = arrows();
    assert!(
        told.keys().all(|name| members.contains_key(name.as_str())),
        "the table of arrows names a crate that isn't there"
    );
    for (name, package) in &members {
        // The tests' own crate looks at all of them.
        if *name == "cofferdam-tests" {
            continue;
        }
        let allowed = told.get(*name).unwrap_or_else(|| {
            panic!("{name} is a new crate: which dependency does it keep out? Say so in docs/architecture.md")
        });
        let arrows: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.as_str())
            .filter(|dependency| members.contains_key(dependency))
            .collect();
        assert_eq!(
            arrows,
            allowed.iter().map(String::as_str).collect(),
            "the arrows from {name}"
        );
    }
}

#[test]
fn only_the_engine_knows_wasmtime_and_nothing_an_async_runtime() {
    let metadata = metadata();
    let is_wasmtime = |name: &str| name == "wasmtime" || name.starts_with("wasmtime-") || name.starts_with("cranelift");
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            let fits = package.name.as_str() == "cofferdam-engine" || !is_wasmtime(&dependency.name);
            assert!(fits, "{} depends on {}", package.name, dependency.name);
        }
    }
    let resolved = metadata.resolve.as_ref().expect("resolved");
    let nodes: BTreeMap<&PackageId, _> = resolved.nodes.iter().map(|node| (&node.id, node)).collect();
    for pure in ["cofferdam-guard", "cofferdam-model"] {
        let package = metadata.packages.iter().find(|package| package.name.as_str() == pure);
        let mut reached = BTreeSet::from([&package.expect("a member").id]);
        let mut left: Vec<&PackageId> = reached.iter().copied().collect();
        while let Some(id) = left.pop() {
            for dependency in &nodes[id].deps {
                let is_used = dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal);
                if is_used && reached.insert(&dependency.pkg) {
                    left.push(&dependency.pkg);
                }
            }
        }
        for id in reached {
            let name = metadata[id].name.as_str();
            let impure = is_wasmtime(name) || ["tokio", "mio", "async-std", "smol", "rustix"].contains(&name);
            assert!(!impure, "{pure} reaches {name}");
        }
    }
    let names: BTreeSet<&str> = metadata.packages.iter().map(|package| package.name.as_str()).collect();
    assert!(!names.contains("tokio"), "no async runtime anywhere");
}

#[test]
fn every_crate_takes_the_workspaces_lints() {
    for (name, text) in tracked() {
        if name.ends_with("Cargo.toml") && name != "Cargo.toml" {
            assert!(holds(&text, "[lints]\nworkspace = true\n"), "{name}");
        }
    }
}

#[test]
fn every_code_is_in_the_page_of_errors_and_no_other() {
    let page = fs::read_to_string(root().join("docs/errors.md")).expect("the page of errors");
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| CFD-")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [code, meaning, next] = cells.as_slice() else {
            panic!("not code, meaning and next step: {line}");
        };
        assert!(!next.is_empty(), "{code} has a next step");
        assert_eq!(rows.insert(code.to_string(), meaning.to_string()), None, "{code} once");
    }
    let codes = Code::ALL
        .iter()
        .map(|code| (code.to_string(), code.meaning().to_owned()))
        .collect();
    assert_eq!(rows, codes);
}

#[test]
fn invariant_10_schemas_are_those_of_the_types() {
    for (name, schema) in schema::all() {
        let file = fs::read_to_string(root().join("schemas").join(name)).expect("a schema");
        assert!(
            file == schema::text(&schema),
            "schemas/{name} drifted: run `cargo xtask schemas`"
        );
    }
}

#[test]
fn invariant_10_a_published_wit_file_never_changes() {
    let listed = fs::read_to_string(root().join("tests/integration/wit.sha256")).expect("the list of digests");
    let listed: BTreeMap<String, String> = listed
        .lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, name)| (name.to_owned(), digest.to_owned()))
        .collect();
    let found: BTreeMap<String, String> = tracked()
        .into_iter()
        .filter(|(name, _)| name.starts_with("wit/") && name.ends_with(".wit"))
        .map(|(name, text)| (name, cofferdam_tests::script::hex(&Sha256::digest(&text))))
        .collect();
    assert_eq!(
        found, listed,
        "a published file never changes: make a new version beside it. Before 1.0.0, write the new digest into the list"
    );
}

/// A test that was renamed would leave its promise without a witness, and a mutant that nothing kills.
#[test]
fn tests_that_documents_and_mutants_name_are_there() {
    let tracked = tracked();
    let mut names = BTreeSet::new();
    for (file, text) in tracked.iter().filter(|(file, _)| file.ends_with(".rs")) {
        // Modules and folders are parts of a test's path.
        names.extend(file.trim_end_matches(".rs").split('/').map(str::to_owned));
        let text = String::from_utf8_lossy(text);
        let word = |rest: &str| {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
            rest[..end.unwrap_or(rest.len())].to_owned()
        };
        names.extend(
            ["fn ", "mod "]
                .into_iter()
                .flat_map(|before| text.split(before).skip(1).map(word)),
        );
    }
    let mut named = 0;
    for (file, text) in &tracked {
        let text = String::from_utf8_lossy(text);
        let wanted: Vec<&str> = if file.starts_with("docs/") {
            text.split('`').filter(|word| word.starts_with("invariant_")).collect()
        } else if file.starts_with("tests/mutants/") {
            let kills = text.lines().next().and_then(|line| line.strip_prefix("# kills: "));
            let kills = kills.filter(|kills| !kills.starts_with("compile ") && !kills.contains(" --doc "));
            kills
                .and_then(|kills| kills.split(' ').next_back())
                .into_iter()
                .collect()
        } else {
            continue;
        };
        for test in wanted {
            let test = test.trim_end_matches('*');
            let there = |part: &str| names.iter().any(|name| name.contains(part));
            assert!(
                test.split("::").all(there),
                "{file} names {test}, and no test is called so"
            );
            named += 1;
        }
    }
    assert!(named > 100, "documents and mutants name tests: {named}");
}

#[test]
fn constants_that_the_specification_names_are_where_it_says() {
    let specification = fs::read_to_string(root().join("docs/specification.md")).expect("the specification");
    let tracked = tracked();
    let sources = tracked
        .iter()
        .filter(|(name, _)| name.starts_with("host/") && name.ends_with(".rs"));
    let sources: Vec<(&str, String)> = sources
        .map(|(name, text)| (name.as_str(), String::from_utf8_lossy(text).into_owned()))
        .collect();
    let mut compared = 0;
    for row in specification.lines().filter(|line| line.starts_with("| ")) {
        let words: Vec<&str> = row.split('`').skip(1).step_by(2).collect();
        let (places, words): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|word| word.contains('/'));
        // Places end like a file's name, or are a folder's.
        let within = |name: &str, place: &str| name.ends_with(place) || name.contains(&format!("{place}/"));
        let is_constant = |word: &str| word.len() > 1 && word.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'_'));
        for constant in words.into_iter().filter(|word| is_constant(word)) {
            let declared = format!("const {constant}: ");
            let mut files = sources
                .iter()
                .filter(|(name, _)| places.is_empty() || places.iter().any(|place| within(name, place)));
            assert!(
                files.any(|(_, text)| text.contains(&declared)),
                "no {constant} there: {row}"
            );
            compared += 1;
        }
    }
    assert!(compared > 40, "rows name constants: {compared}");
}

#[test]
fn no_source_holds_a_path_of_this_machine_or_a_registry_of_its_own() {
    let mut here = vec![root().display().to_string()];
    // A home such as `/` says nothing.
    here.extend(
        std::env::var("HOME")
            .ok()
            .filter(|home| home.len() > 4)
            .map(|home| format!("{home}/")),
    );
    here.extend(std::env::var("CARGO_HOME").ok());
    for (name, text) in tracked() {
        for path in &here {
            assert!(!holds(&text, path), "{name} holds a path of this machine");
        }
        if name.ends_with("Cargo.lock") {
            let text = String::from_utf8(text).expect("text");
            for line in text.lines().filter(|line| line.starts_with("source = ")) {
                let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
                assert_eq!(line, public, "{name}");
            }
        } else if name.starts_with(".cargo/") {
            assert!(
                !holds(&text, "[source") && !holds(&text, "[registries"),
                "{name} names a registry"
            );
        }
    }
}

#[test]
fn invariant_1_raw_bytes_are_shown_to_guests_by_the_engine_alone() {
    // In two parts, so that this file doesn't hold it.
    let way_out = ["expose", "to_guest"].join("_");
    for (name, text) in tracked().iter().filter(|(name, _)| name.ends_with(".rs")) {
        let may = name.starts_with("host/engine/") || name.starts_with("host/guard/");
        assert!(may || !holds(text, &way_out), "{name} mentions {way_out}");
    }
}

/// 500 lines are usual, and more want a reason that the file gives.
#[test]
fn files_are_short() {
    for (name, text) in tracked().iter().filter(|(name, _)| name.ends_with(".rs")) {
        let lines = text.split(|byte| *byte == b'\n').count();
        let most = if holds(text, "//! Longer than 500 lines, ") {
            800
        } else {
            500
        };
        assert!(lines <= most, "{name} has {lines} lines: it holds more than one noun");
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    for (name, text) in tracked().iter().filter(|(name, _)| name.ends_with(".md")) {
        let text = String::from_utf8_lossy(text);
        let folder = root().join(name);
        let folder = folder.parent().unwrap_or(Path::new("."));
        for part in text.split("](").skip(1) {
            let target = part.split([')', '#', ' ']).next().unwrap_or_default();
            if target.is_empty() || target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            assert!(
                folder.join(target).exists(),
                "{name} links to {target}, which isn't there"
            );
        }
    }
}
