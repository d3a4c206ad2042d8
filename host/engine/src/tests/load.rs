//! What bad plugins get: one clear message with a code and a next step.

use super::bed::{detector, engine, guest, hostile, shared, tight};
use super::binary;
use crate::{BreakerSettings, CompileState, Digest, Kind, Limits, LoadError, LoadReason, PluginSpec};
use cofferdam_guard::{FailureAction, FailureMatrix, Severity};
use std::fs;
use std::path::{Path, PathBuf};

fn refused(spec: &PluginSpec) -> LoadError {
    let error = shared().load_detector(spec).err().expect("it is refused");
    assert!(error.to_string().contains(&format!("`{}`", spec.name)), "{error}");
    assert!(error.to_string().contains(';'), "a next step: {error}");
    error
}

fn code(spec: &PluginSpec) -> u16 {
    refused(spec).code().number()
}

fn bytes(component: Vec<u8>) -> PluginSpec {
    PluginSpec::new("bad", component)
}

#[test]
fn what_is_no_component_is_named_for_what_it_is() {
    for other in [
        b"".to_vec(),
        b"#!/bin/sh".to_vec(),
        b"(component)".to_vec(),
        b"\0asm\x07\0\0\0".to_vec(),
    ] {
        assert_eq!(refused(&bytes(other)).reason, LoadReason::NotComponent);
    }
    assert_eq!(code(&bytes(b"x".to_vec())), 202);
    assert_eq!(code(&bytes(binary::core_module())), 203);
    let compiled = shared()
        .inner
        .wasm
        .precompile_component(&guest("hostile"))
        .expect("it compiles");
    assert_eq!(refused(&bytes(compiled)).reason, LoadReason::Precompiled);
    let mut torn = guest("hostile");
    torn.truncate(torn.len() / 2);
    assert_eq!(code(&bytes(torn)), 211);
}

#[test]
fn the_wrong_world_is_refused() {
    assert_eq!(code(&bytes(binary::empty())), 204);
    assert_eq!(code(&bytes(guest("standard"))), 204);
    let error = shared()
        .load_policy(&bytes(guest("hostile")), &[], &[])
        .err()
        .expect("it is refused");
    assert_eq!(error.code().number(), 204);
    assert!(
        error.to_string().contains("cofferdam:detector/detector@0.1.0"),
        "{error}"
    );
}

#[test]
fn invariant_6_imports_need_a_grant_and_an_offer() {
    let wants = binary::importing_function("wasi:clocks/wall-clock@0.2.0");
    let error = refused(&bytes(wants.clone()));
    assert_eq!(
        error.reason,
        LoadReason::NotGranted("`wasi:clocks/wall-clock@0.2.0`".into())
    );
    assert_eq!(error.code().number(), 205);
    let granted = PluginSpec {
        grants: vec!["wasi:clocks/wall-clock".into()],
        ..bytes(wants)
    };
    assert!(matches!(refused(&granted).reason, LoadReason::NotOffered(_)));
    // Types are no authority: this one gets as far as its missing export.
    assert_eq!(
        code(&bytes(binary::importing_type("wasi:clocks/wall-clock@0.2.0"))),
        204
    );
}

#[test]
fn a_digest_that_is_pinned_must_fit() {
    let pinned = |expected| PluginSpec {
        expected: Some(expected),
        ..hostile("honest", "")
    };
    assert_eq!(code(&pinned(Digest::from_bytes([0; 32]))), 120);
    detector(&pinned(Digest::of(&guest("hostile"))));
}

#[test]
fn limits_are_held_against_needs_before_anything_runs() {
    let limited = |limits| PluginSpec {
        limits,
        ..hostile("honest", "")
    };
    assert_eq!(
        code(&limited(Limits {
            memory: 64 << 10,
            ..tight()
        })),
        206
    );
    assert_eq!(code(&limited(Limits { memories: 0, ..tight() })), 206);
    assert_eq!(code(&limited(Limits { tables: 0, ..tight() })), 206);
    assert_eq!(
        code(&limited(Limits {
            memory: 1 << 40,
            ..tight()
        })),
        206
    );
}

#[test]
fn failing_while_it_is_loaded_is_told_by_step_and_kind() {
    let text = |mode: &str| refused(&hostile(mode, "")).to_string();
    assert!(text("describe-trap").contains("`describe` (trap-unreachable)"));
    assert!(text("configure-trap").contains("`configure` (trap-unreachable)"));
    assert!(text("slow-configure").contains("`configure` (deadline)"));
    assert_eq!(code(&hostile("slow-configure", "")), 210);
}

#[test]
fn refused_settings_are_told_in_the_guests_words_made_harmless() {
    let error = refused(&hostile("configure-error", ""));
    assert_eq!(error.code().number(), 207);
    assert!(error.to_string().contains("refused, as the settings asked"), "{error}");
    let error = refused(&hostile(r"forged\nline", ""));
    assert!(error.to_string().contains("forged\\u{a}line"), "{error}");
}

/// The hostile guest with some bytes of it exchanged for as many others.
fn changed(from: &str, to: &str) -> PluginSpec {
    assert_eq!(from.len(), to.len());
    let mut component = guest("hostile");
    let places: Vec<_> = component
        .windows(from.len())
        .enumerate()
        .filter(|(_, part)| *part == from.as_bytes())
        .collect();
    let places: Vec<_> = places.into_iter().map(|(place, _)| place).collect();
    assert!(!places.is_empty(), "else this test shows nothing");
    for place in places {
        component[place..place + to.len()].copy_from_slice(to.as_bytes());
    }
    PluginSpec {
        component: PluginSpec::new("hostile", component).component,
        ..hostile("honest", "")
    }
}

#[test]
fn a_plugin_built_for_a_later_patch_links_and_says_so() {
    let detector = detector(&changed("@0.1.0", "@0.1.7"));
    assert_eq!(
        (detector.info().built_for.as_str(), detector.info().linked_to),
        ("0.1.7", "0.1.0")
    );
}

#[test]
fn a_plugin_built_for_another_track_or_with_other_types_is_refused() {
    let error = refused(&changed("@0.1.0", "@0.2.0"));
    let found = "cofferdam:detector/detector@0.2.0".to_owned();
    assert_eq!(error.reason, LoadReason::Version { found, known: "0.1" });
    let error = refused(&changed("confidence", "confidense"));
    assert!(matches!(error.reason, LoadReason::Types(_)), "{error}");
    assert_eq!(error.code().number(), 204);
}

#[test]
fn pass_is_refused_for_a_p0_rule_and_for_any_policy() {
    let failure = FailureMatrix {
        timeout: FailureAction::Pass,
        ..FailureMatrix::default()
    };
    assert_eq!(
        code(&PluginSpec {
            failure,
            ..hostile("honest", "")
        }),
        108
    );
    let spec = PluginSpec {
        failure,
        ..PluginSpec::new("standard", guest("standard"))
    };
    let error = shared().load_policy(&spec, &[], &[]).err().expect("it is refused");
    assert_eq!(error.code().number(), 108);
}

#[test]
fn a_policy_with_settings_that_it_does_not_know_is_refused() {
    let detectors = [detector(&hostile("honest", ""))];
    let settings = r#"{"no-such-setting":true}"#.to_owned();
    let spec = PluginSpec {
        settings,
        ..PluginSpec::new("standard", guest("standard"))
    };
    let error = shared()
        .load_policy(&spec, &[], &detectors)
        .err()
        .expect("it is refused");
    assert_eq!(error.code().number(), 209, "{error}");
}

#[test]
fn a_loaded_plugin_says_who_it_is() {
    let detector = detector(&hostile("honest", ""));
    let info = detector.info();
    assert_eq!(
        (info.kind, info.id.as_str(), info.name.as_ref()),
        (Kind::Detector, "hostile", "hostile")
    );
    assert_eq!((info.built_for.as_str(), info.linked_to), ("0.1.0", "0.1.0"));
    assert_eq!(info.digest, Digest::of(&guest("hostile")));
    assert!(
        info.imports.iter().all(|import| !import.authority),
        "{:?}",
        info.imports
    );
    let rules: Vec<_> = detector.rules().map(|rule| (rule.id, rule.severity)).collect();
    assert_eq!(rules, [("hostile-token", Severity::P0)]);
}

#[test]
fn rules_are_held_where_the_policy_may_act_or_must() {
    let spec = |name: &str| PluginSpec::new(name.to_owned(), guest(name));
    let detectors = ["credentials", "personal"].map(|name| shared().load_detector(&spec(name)).expect("it loads"));
    let policy = super::bed::policy(&detectors);
    let rules = policy.rules();
    assert_eq!(rules.len(), 2);
    for rule in rules.iter().flat_map(|detector| &detector.rules) {
        assert_eq!(
            rule.hold,
            rule.severity <= Severity::P1,
            "by default P2 and P3 pass: {}",
            rule.id
        );
    }
    assert!(
        rules[1].rules.iter().any(|rule| !rule.hold),
        "else this test shows nothing"
    );
}

/// The files of the cache that end so, in the order of their names.
fn files_of(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut kept: Vec<_> = paths
        .filter(|path| path.extension().is_some_and(|found| found == ending))
        .collect();
    kept.sort_unstable();
    kept
}

#[test]
fn compiled_code_is_kept_and_never_loaded_when_it_was_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("code");
    let load = || {
        let engine = engine(&folder);
        let detector = engine.load_detector(&hostile("honest", "")).expect("it loads");
        detector.compiled(&engine).expect("it can be linked")
    };
    assert!(matches!(load(), CompileState::Compiled(_)));
    assert_eq!(load(), CompileState::Cached);
    let entry = files_of(&folder, "code").pop().expect("it was kept");
    let mut code = fs::read(&entry).expect("the file");
    let middle = code.len() / 2;
    code[middle] ^= 1;
    fs::write(&entry, &code).expect("changed");
    assert!(matches!(load(), CompileState::Compiled(_)));
    assert_eq!(load(), CompileState::Cached);
    fs::write(&entry, b"").expect("torn");
    assert!(matches!(load(), CompileState::Compiled(_)));
}

#[test]
fn code_that_is_lost_after_a_guard_was_loaded_is_compiled_for_the_first_question() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("code");
    let load = || {
        let engine = engine(&folder);
        let detector = engine.load_detector(&hostile("honest", "")).expect("it loads");
        let spec = PluginSpec::new("standard", guest("standard"));
        let policy = engine.load_policy(&spec, &[], std::slice::from_ref(&detector));
        (engine, detector, policy.expect("it loads"))
    };
    drop(load());
    let (engine, detector, policy) = load();
    let codes = files_of(&folder, "code");
    assert_eq!(codes.len(), 2, "the detector's and the policy's");
    codes.iter().for_each(|code| fs::write(code, b"").expect("torn"));
    assert!(crate::Session::new(&engine, &policy, BreakerSettings::default()).touch(0));
    assert!(matches!(detector.compiled(&engine), Some(CompileState::Compiled(_))));
}

#[test]
fn what_a_guard_wants_is_held_against_its_grants_also_where_what_it_said_was_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let imports = |grants: &[&str]| {
        let spec = PluginSpec {
            grants: grants.iter().map(|grant| (*grant).to_owned()).collect(),
            ..hostile("honest", "")
        };
        let detector = engine(folder.path()).load_detector(&spec).expect("it loads");
        detector.info().imports.clone()
    };
    let asked = imports(&[]);
    assert_eq!(imports(&[]), asked);
    let types = "cofferdam:types/guard";
    let granted = imports(&[types]);
    assert!(
        asked
            .iter()
            .any(|import| import.name.starts_with(types) && !import.granted),
        "else this test shows nothing: {asked:?}"
    );
    assert!(
        granted
            .iter()
            .all(|import| import.granted == import.name.starts_with(types))
    );
}

#[test]
fn what_a_guard_said_of_itself_is_kept_and_never_used_when_it_was_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("code");
    let load = |settings: &str, as_of: u32| {
        let engine = engine(&folder);
        let spec = PluginSpec {
            settings: settings.into(),
            as_of,
            ..PluginSpec::new("personal", guest("personal"))
        };
        let detector = engine.load_detector(&spec).expect("it loads");
        let policy = engine
            .load_policy(
                &PluginSpec::new("standard", guest("standard")),
                &[],
                std::slice::from_ref(&detector),
            )
            .expect("it loads");
        // An instance is held against what was kept before its first answer counts.
        assert!(crate::Session::new(&engine, &policy, BreakerSettings::default()).touch(0));
        policy.rules()
    };
    let kept = || {
        let said = files_of(&folder, "said").into_iter();
        said.map(|path| (fs::read(&path).expect("the file"), path))
            .collect::<Vec<_>>()
    };
    let asked = load("{}", 1);
    let said = kept();
    assert_eq!(said.len(), 2, "the detector's and the policy's");
    assert_eq!(load("{}", 1), asked);
    assert_eq!(kept(), said);
    // Whatever else it is told is another question.
    load("{}", 2);
    assert_eq!(kept().len(), 3);
    let with_more = load(r#"{"enable": "ip-address"}"#, 1);
    assert_ne!(with_more, asked);
    for (text, path) in &said {
        let mut touched = text.clone();
        let middle = touched.len() / 2;
        touched[middle] ^= 1;
        fs::write(path, touched).expect("changed");
    }
    assert_eq!(load("{}", 1), asked);
    assert!(
        said.iter().all(|one| kept().contains(one)),
        "they were asked again, and said the same"
    );
}

/// A candidate's policy is told of the rules of detectors in force, and has an engine of its own.
#[test]
fn another_engine_links_no_code_that_it_can_not_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path().join("code");
    let spec = PluginSpec::new("personal", guest("personal"));
    engine(&folder).load_detector(&spec).expect("it loads, and is kept");
    let (own, other) = (engine(&folder), engine(&folder));
    let detector = own.load_detector(&spec).expect("it loads");
    assert!(detector.compiled(&other).is_none());
    let policy = other.load_policy(&PluginSpec::new("standard", guest("standard")), &[], &[detector]);
    let policy = policy.expect("it loads");
    policy.load_code(&other);
    let [detector] = policy.detectors() else {
        panic!("there is one")
    };
    assert!(matches!(detector.compiled(&own), Some(CompileState::Cached)));
    assert!(policy.compiled(&other).is_some());
}
