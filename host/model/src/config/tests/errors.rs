//! What is said of a file that isn't right.

use super::super::{Gravity, Input, Layer, Resolution, resolve};
use super::one;
use crate::Code;

/// Each problem as a person reads it.
fn told(resolution: &Resolution) -> Vec<String> {
    resolution.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn unknown_keys_come_with_the_nearest() {
    for (text, near) in [
        ("sesion.mode = 'pty'", Some("session")),
        ("session.mod = 'pty'", Some("session.mode")),
        ("session.fail_on = 'never'", Some("session.fail-on")),
        ("[guard]\nidel = 5", Some("guard.idle")),
        ("idle = 5", Some("guard.idle")),
        ("[session]\ndurable = true", Some("records.durable")),
        ("[plugins.words]\nmod = 'off'", Some("plugins.words.mode")),
        ("[plugins.words]\non-oom = 'block'", None),
        ("[policy.atleast]\npersonal = 'block'", Some("policy.at-least")),
        ("nothing.like.any.key = 1", None),
    ] {
        let resolution = one(Layer::User, text);
        let [problem] = &resolution.problems[..] else {
            panic!("one problem of {text}: {:?}", told(&resolution))
        };
        assert_eq!(problem.code, Code::ConfigUnknownKey, "{text}");
        match near {
            Some(near) => assert_eq!(problem.message, format!("no such key; did you mean {near}?"), "{text}"),
            None => assert!(problem.message.contains("config keys"), "{text}: {}", problem.message),
        }
    }
}

#[test]
fn values_are_refused_with_what_to_write() {
    for (text, code, part) in [
        (
            "session.mode = 'tty'",
            Code::ConfigValue,
            "\"auto\", \"pty\" or \"pipe\"",
        ),
        ("session.mode = 3", Code::ConfigSyntax, "\"auto\", \"pty\" or \"pipe\""),
        ("session = 3", Code::ConfigSyntax, "write a table"),
        ("guard.idle = 0", Code::ConfigValue, "from 1 ms to 10 s"),
        ("guard.idle = -1", Code::ConfigValue, "from 1 ms to 10 s"),
        (
            "guard.idle = 99999999999999999999",
            Code::ConfigValue,
            "from 1 ms to 10 s",
        ),
        ("guard.idle = 1.5", Code::ConfigSyntax, "from 1 ms to 10 s"),
        ("guard.idle = '11 s'", Code::ConfigValue, "from 1 ms to 10 s"),
        ("guard.idle = '20'", Code::ConfigValue, "from 1 ms to 10 s"),
        ("guard.idle = '2 s'", Code::ConfigValue, "shorter than guard.idle"),
        (
            "circuit.longest-back-off = 1",
            Code::ConfigValue,
            "shorter than circuit.back-off",
        ),
        ("records.durable = 'yes'", Code::ConfigSyntax, "true or false"),
        (
            "plugins.credentials.memory = '257 MiB'",
            Code::ConfigValue,
            "to 256 MiB",
        ),
        ("plugins.credentials.deadline = 10001", Code::ConfigValue, "to 10 s"),
        (
            "plugins.credentials.mode = 'shade'",
            Code::ConfigValue,
            "\"off\", \"shadow\", \"limited\" or \"enforce\"",
        ),
        (
            "plugins.credentials.of = 'personel'",
            Code::PluginUnknown,
            "did you mean personal?",
        ),
        (
            "plugins.credentials.of = 'credentials'",
            Code::ConfigValue,
            "no version of itself",
        ),
        ("plugins.credentials.share = 101", Code::ConfigValue, "from 0 to 100"),
        (
            "plugins.credentials.tasks = ['../up']",
            Code::ConfigValue,
            "ids of tasks",
        ),
        (
            "policy.candidate.mode = 'shadow'",
            Code::ConfigValue,
            "needs a component",
        ),
        (
            "plugins.credentials.kind = 'guard-policy'",
            Code::ConfigValue,
            "policy.source",
        ),
        ("plugins.credentials.digest = 'sha256:00'", Code::ConfigValue, "64"),
        (
            "plugins.credentials.grants = ['everything']",
            Code::ConfigValue,
            "namespace:package/interface",
        ),
        ("plugins.credentials.grants = [1]", Code::ConfigSyntax, "a list"),
        ("plugins.credentials.settings = 'a'", Code::ConfigSyntax, "a table"),
        ("plugins.credentials.settings.a = nan", Code::ConfigValue, "finite"),
        ("plugins.credentials.source = 'oci:a/b'", Code::ConfigValue, "fetch"),
        ("plugins.credentials.source = '~/a.wasm'", Code::ConfigValue, "path"),
        (
            "plugins.credential.mode = 'off'",
            Code::PluginUnknown,
            "did you mean credentials?",
        ),
        ("plugins.other.mode = 'off'", Code::PluginUnknown, "set its source"),
        ("plugins.Other.mode = 'off'", Code::ConfigValue, "lower-case"),
        (
            "policy.source = 'builtin:standart'",
            Code::PluginUnknown,
            "did you mean standard?",
        ),
        ("policy.on-trap = 'pass'", Code::ConfigPassRefused, "withhold"),
        (
            "policy.at-least.personal = 'withhold'",
            Code::ConfigValue,
            "withhold-line",
        ),
        ("policy.at-least.'Personal' = 'block'", Code::ConfigValue, "lower-case"),
        ("plugins.known.source = 'x.wasm'", Code::ConfigValue, "the host's own"),
        ("known.environment = ['A=B']", Code::ConfigValue, "names of variables"),
        ("known.environment = 'A'", Code::ConfigSyntax, "names of variables"),
        ("known.files = ['~/secrets']", Code::ConfigValue, "paths of files"),
    ] {
        let resolution = one(Layer::User, text);
        let [problem] = &resolution.problems[..] else {
            panic!("one problem of {text}: {:?}", told(&resolution))
        };
        assert_eq!((problem.code, problem.gravity), (code, Gravity::Error), "{text}");
        assert!(problem.message.contains(part), "{text}: {}", problem.message);
    }
}

#[test]
fn all_problems_are_told_in_the_order_of_the_file() {
    let text = "a = 1\n[session]\nmode = 'x'\ncolor = 'auto'\ncolour = 'auto'\n\n[guard]\nidle = true\n";
    let resolution = one(Layer::User, text);
    let places: Vec<_> = told(&resolution)
        .iter()
        .map(|line| line.split(": ").nth(1).unwrap_or("").to_owned())
        .collect();
    assert_eq!(
        places,
        ["user f.toml:1", "user f.toml:3", "user f.toml:5", "user f.toml:8"]
    );
    assert_eq!(
        told(&resolution)[1],
        "error CFD-107: user f.toml:3: session.mode: the value is out of its bounds; write \"auto\", \"pty\" or \"pipe\""
    );
}

#[test]
fn broken_toml_is_told_with_its_lines_and_without_its_text() {
    let text = "a = \nsession.mode = 'pty\n[x]\n[x]\n";
    let resolution = one(Layer::User, text);
    assert!(
        resolution
            .problems
            .iter()
            .all(|problem| problem.code == Code::ConfigSyntax)
    );
    let told = told(&resolution).join("\n");
    assert!(
        told.contains("f.toml:1") && told.contains("f.toml:2") && told.contains("f.toml:4"),
        "{told}"
    );
}

#[test]
fn no_message_repeats_a_value() {
    let canary = ["canary", "7391"].concat();
    let values = [
        format!("'{canary}'"),
        format!("\"{canary}"),
        format!("['{canary}']"),
        format!("{{ a = '{canary}' }}"),
        format!("{{ a = nan, b = '{canary}' }}"),
        canary.clone(),
        format!("'''{canary}"),
        format!("'oci:{canary}'"),
        format!("'builtin:{canary}.'"),
    ];
    for key in super::super::Key::all() {
        let path = key
            .path
            .replace("<name>", "credentials")
            .replace("<category>", "personal");
        for value in &values {
            for layer in [Layer::User, Layer::Project] {
                let resolution = one(layer, &format!("{path} = {value}\n"));
                assert!(!told(&resolution).join("\n").contains(&canary), "{path} = {value}");
            }
            let variable = super::super::variable_of(&path);
            let resolution = resolve([Input::environment([(
                std::ffi::OsStr::new(&variable),
                std::ffi::OsStr::new(value),
            )])]);
            assert!(!told(&resolution).join("\n").contains(&canary), "{variable} = {value}");
        }
    }
}

#[test]
fn settings_are_shown_by_name_alone() {
    let canary = ["canary", "7391"].concat();
    let resolution = one(
        Layer::User,
        &format!("[plugins.credentials.settings]\nwords = ['{canary}']\n\"\\u001b\" = 1\n"),
    );
    assert!(!resolution.is_refused());
    let shown = super::shown(&resolution.resolved, "plugins.credentials.settings");
    assert_eq!(shown, "(values not shown) \\u{1b}, words");
    assert!(!format!("{resolution:?}").contains(&canary), "Debug shows no value");
    let plugin = resolution
        .resolved
        .plugins
        .values()
        .next()
        .expect("credentials is the first");
    assert_eq!(
        plugin.settings.value.to_json(),
        format!("{{\"\\u001b\":1,\"words\":[\"{canary}\"]}}")
    );
}

#[test]
fn what_could_steer_a_terminal_is_escaped() {
    for text in [
        "\"\\u001b[2J\" = 1",
        "\"a\\nb\".c = 1",
        "plugins.\"\\u202e\".mode = 'off'",
        "\"\u{9b}2J\" = 1",
        "\u{1b} = 1",
    ] {
        let told = told(&one(Layer::Project, text)).join("\n---\n");
        assert!(!told.is_empty());
        assert!(
            !told
                .replace("\n---\n", "")
                .chars()
                .any(|c| c.is_control() || c == '\u{202e}'),
            "{told:?}"
        );
    }
}

#[test]
fn a_flood_of_problems_is_cut_and_counted() {
    let text: String = (0..10_000).map(|n| format!("k{n} = 1\n")).collect();
    let resolution = one(Layer::User, &text);
    assert_eq!(resolution.problems.len(), 51);
    assert!(resolution.problems[50].message.starts_with("9950 more problems"));
    assert!(resolution.is_refused());
}

#[test]
fn warnings_never_cut_errors_away() {
    let mut text: String = (0..100).map(|n| format!("policy.at-least.c{n} = 'allow'\n")).collect();
    text.push_str("no-key = 1\n");
    let stricter: String = (0..100).map(|n| format!("policy.at-least.c{n} = 'block'\n")).collect();
    let resolution = resolve([
        Input::file(Layer::User, "u.toml", &stricter),
        Input::file(Layer::Project, "p.toml", &text),
    ]);
    assert!(resolution.is_refused());
    let mild = text.replace("no-key = 1\n", "");
    let resolution = resolve([
        Input::file(Layer::User, "u.toml", &stricter),
        Input::file(Layer::Project, "p.toml", &mild),
    ]);
    assert!(
        !resolution.is_refused(),
        "a hundred warnings are no error: {:?}",
        told(&resolution)
    );
}

#[test]
fn a_plugin_of_which_all_is_refused_is_told_once() {
    for text in ["[plugins.x]\nshare = 101", "[plugins.x]\nkind = 'foo'"] {
        let resolution = one(Layer::User, text);
        assert_eq!(resolution.problems.len(), 1, "{:?}", told(&resolution));
        assert!(
            told(&resolution)[0].contains(":2: plugins.x."),
            "{:?}",
            told(&resolution)
        );
    }
    let resolution = one(Layer::User, "[plugins.x]\nshare = 10\nkind = 'foo'");
    assert_eq!(resolution.problems.len(), 2, "{:?}", told(&resolution));
}
