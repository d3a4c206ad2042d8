//! Which layer's value holds, and where it says it came from.

use std::collections::BTreeSet;
use std::ffi::OsStr;

use super::super::{
    Action, ClassWord, FailOn, Input, Key, Layer, PluginName, Resolved, SessionMode, Source, reference, resolve,
    variable_of,
};
use super::{one, origin, shown};
use crate::Code;

#[test]
fn built_in_values_hold_and_are_what_the_keys_say() {
    let resolved = Resolved::built_in();
    assert!(resolve([]).problems.is_empty());
    assert_eq!(shown(&resolved, "plugins.credentials.source"), "builtin:credentials");
    for key in Key::all().iter().filter(|key| !key.path.ends_with("<category>")) {
        // Nobody is built in.
        if key.path == "plugins.<name>.source" || key.path.starts_with("people.") {
            continue;
        }
        let path = key.path.replace("<name>", "credentials");
        assert_eq!(shown(&resolved, &path), (key.default)(), "{path}");
        assert_eq!(origin(&resolved, &path), "built-in", "{path}");
    }
}

#[test]
fn the_stronger_layer_holds_whatever_the_order_of_reading() {
    let layers = [Layer::System, Layer::User, Layer::Operator];
    for skip in 0..3 {
        let mut inputs: Vec<_> = layers
            .iter()
            .map(|layer| Input::file(*layer, "f", "\nguard.idle = 30\nsession.mode = 'pipe'"))
            .collect();
        inputs.rotate_left(skip);
        let resolution = resolve(inputs);
        assert_eq!(origin(&resolution.resolved, "guard.idle"), "operator f:2");
    }
    let resolution = resolve([
        Input::flags([("session.mode", "--pty", "pty")]),
        Input::environment([(OsStr::new("COFFERDAM_SESSION__MODE"), OsStr::new("auto"))]),
        Input::file(Layer::Operator, "f", "session.mode = 'pipe'"),
    ]);
    assert_eq!(resolution.resolved.session.mode.value, SessionMode::Pty);
    assert_eq!(origin(&resolution.resolved, "session.mode"), "flag --pty");
}

#[test]
fn entries_of_at_least_are_merged_one_by_one() {
    let resolution = resolve([
        Input::file(
            Layer::System,
            "s",
            "[policy.at-least]\npersonal = 'redact'\ncredential.cloud = 'block'",
        ),
        Input::file(Layer::User, "u", "policy.at-least.'credential.cloud' = 'allow'"),
        Input::file(
            Layer::Project,
            "p",
            "[policy.at-least]\npersonal = 'withhold-line'\npersonal.email = 'redact'",
        ),
    ]);
    // In TOML a name can't be both a value and a table, so the project's file is broken, and says so.
    assert!(resolution.is_refused());
    let resolution = resolve([
        Input::file(
            Layer::System,
            "s",
            "[policy.at-least]\npersonal = 'redact'\ncredential.cloud = 'block'",
        ),
        Input::file(Layer::User, "u", "policy.at-least.'credential.cloud' = 'allow'"),
        Input::file(
            Layer::Project,
            "p",
            "[policy.at-least]\npersonal = 'withhold-line'\n'personal.email' = 'redact'",
        ),
    ]);
    assert!(!resolution.is_refused(), "{:?}", resolution.problems);
    let resolved = resolution.resolved;
    assert_eq!(origin(&resolved, "policy.at-least.personal"), "project p:2");
    assert_eq!(
        shown(&resolved, "policy.at-least.credential.cloud"),
        "allow",
        "the operator may loosen"
    );
    for (category, least) in [
        ("personal", Action::WithholdLine),
        ("personal.email", Action::WithholdLine),
        ("personals", Action::Allow),
        ("credential.cloud.aws", Action::Allow),
    ] {
        assert_eq!(resolved.least_action(category), least, "{category}");
    }
}

#[test]
fn a_project_may_not_touch_what_is_the_operators() {
    for key in Key::all().iter().filter(|key| key.class == ClassWord::OperatorOnly) {
        let path = key.path.replace("<name>", "mine");
        let resolution = one(Layer::Project, &format!("{path} = 1"));
        let codes: Vec<_> = resolution.problems.iter().map(|problem| problem.code).collect();
        assert_eq!(codes, [Code::ConfigClass], "{path}");
        assert_eq!(resolution.resolved, Resolved::built_in(), "{path}");
    }
}

#[test]
fn what_a_project_would_loosen_is_left_out_with_a_warning() {
    let user = || Input::file(Layer::User, "u", "session.fail-on = 'withheld'\nrecords.durable = true");
    let looser = Input::file(
        Layer::Project,
        "p",
        "session.fail-on = 'never'\nrecords.durable = false",
    );
    let resolution = resolve([user(), looser]);
    assert!(!resolution.is_refused());
    let codes: Vec<_> = resolution.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [Code::ConfigLoosens; 2]);
    assert!(
        resolution.problems[0].message.contains("user u:1"),
        "{}",
        resolution.problems[0]
    );
    assert_eq!(resolution.resolved.session.fail_on.value, FailOn::Withheld);

    let same = Input::file(Layer::Project, "p", "session.fail-on = 'withheld'");
    assert!(
        resolve([user(), same]).problems.is_empty(),
        "saying the same is no attempt to loosen"
    );
    let stricter = Input::file(
        Layer::Project,
        "p",
        "session.fail-on = 'redacted'\nsession.color = 'never'",
    );
    let resolved = resolve([user(), stricter]).resolved;
    assert_eq!(origin(&resolved, "session.fail-on"), "project p:1");
    assert_eq!(origin(&resolved, "session.color"), "project p:2");
}

#[test]
fn every_key_has_a_variable_of_its_own() {
    let variables: BTreeSet<_> = Key::all().iter().map(|key| variable_of(key.path)).collect();
    assert_eq!(variables.len(), Key::all().len());
    assert_eq!(
        variable_of("plugins.my-words.on-out-of-memory"),
        "COFFERDAM_PLUGINS__MY_WORDS__ON_OUT_OF_MEMORY"
    );
}

#[test]
fn variables_set_keys_of_every_type() {
    let variables = [
        ("COFFERDAM_GUARD__IDLE", "30", "guard.idle", "30 ms"),
        ("COFFERDAM_GUARD__STALL", "2 s", "guard.stall", "2 s"),
        ("COFFERDAM_CIRCUIT__FAILURES", "7", "circuit.failures", "7"),
        ("COFFERDAM_RECORDS__DURABLE", "true", "records.durable", "true"),
        ("COFFERDAM_RECORDS__FRAMES", "1 MiB", "records.frames", "1 MiB"),
        (
            "COFFERDAM_PLUGINS__PERSONAL__GRANTS",
            "a:b/c, d:e/f",
            "plugins.personal.grants",
            "a:b/c, d:e/f",
        ),
        (
            "COFFERDAM_POLICY__AT_LEAST__PERSONAL__EMAIL",
            "block",
            "policy.at-least.personal.email",
            "block",
        ),
    ];
    let resolution = resolve([Input::environment(
        variables
            .iter()
            .map(|(name, value, _, _)| (OsStr::new(*name), OsStr::new(*value))),
    )]);
    assert!(resolution.problems.is_empty(), "{:?}", resolution.problems);
    for (name, _, path, value) in variables {
        assert_eq!(shown(&resolution.resolved, path), value, "{path}");
        assert_eq!(
            origin(&resolution.resolved, path),
            format!("environment {name}"),
            "{path}"
        );
    }
}

#[test]
fn variables_that_are_no_keys_are_told_where_a_key_was_meant() {
    let read = |name: &str| resolve([Input::environment([(OsStr::new(name), OsStr::new("x"))])]).problems;
    for name in [
        "COFFERDAM_CONFIG",
        "COFFERDAM_LOG",
        "COFFERDAM_RUN",
        "PATH",
        "COFFERDAM",
    ] {
        assert!(read(name).is_empty(), "{name}");
    }
    for (name, part) in [
        ("COFFERDAM_GUARD_IDLE", "is COFFERDAM_GUARD__IDLE"),
        ("COFFERDAM_GUARD__IDEL", "did you mean guard.idle?"),
        ("COFFERDAM_PLUGINS__PERSONAL__SETTINGS", "a table in a file"),
    ] {
        let problems = read(name);
        assert_eq!(problems.len(), 1, "{name}");
        assert!(problems[0].to_string().contains(part), "{}", problems[0]);
    }
}

#[test]
fn pass_is_refused_for_a_plugin_that_has_a_p0_rule() {
    let resolved = one(
        Layer::User,
        "[plugins.credentials]\non-trap = 'pass'\non-missing = 'pass'",
    )
    .resolved;
    let name = PluginName::parse("credentials").expect("a name");
    let plugin = &resolved.plugins[&name];
    assert!(plugin.check_pass(&name, false).is_empty());
    let problems = plugin.check_pass(&name, true);
    let told: Vec<_> = problems
        .iter()
        .map(|problem| (problem.code, problem.key.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            (Code::ConfigPassRefused, Some("plugins.credentials.on-trap")),
            (Code::ConfigPassRefused, Some("plugins.credentials.on-missing")),
        ]
    );
}

#[test]
fn a_plugin_is_the_built_in_one_of_its_name_unless_its_source_says_else() {
    let resolved = one(
        Layer::User,
        "[plugins.personal]\nmode = 'off'\n[plugins.words]\nsource = 'w.wasm'",
    )
    .resolved;
    let enforced: Vec<_> = resolved
        .enforced()
        .map(|(name, plugin)| plugin.source_or_built_in(name))
        .collect();
    assert_eq!(enforced[0].value, Source::built_in("credentials"));
    assert_eq!(enforced[1].value, Source::Path("w.wasm".into()));
    assert_eq!(enforced[1].origin.to_string(), "user f.toml:4");
    assert_eq!(enforced.len(), 2);
}

#[test]
fn categories_that_no_rule_has_are_told() {
    let resolved = one(
        Layer::User,
        "[policy.at-least]\npersonal = 'block'\npersonnal = 'block'\nother = 'redact'",
    )
    .resolved;
    let problems = resolved.unmatched_categories(["personal.email", "personal"]);
    let told: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2);
    assert!(
        told[0].contains("policy.at-least.other") && told[1].contains("did you mean personal?"),
        "{told:?}"
    );
}

#[test]
fn the_reference_lists_every_key_with_its_class() {
    let text = reference();
    for key in Key::all() {
        let section = text
            .split("### ")
            .find(|part| part.starts_with(&format!("`{}`", key.path)));
        let section = section.unwrap_or_else(|| panic!("{} is in the reference", key.path));
        assert!(section.contains(&format!("- Class: {}", key.class.name())), "{section}");
        assert!(section.contains("- Default: "), "{section}");
    }
}
