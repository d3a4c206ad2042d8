//! Tests of the policy by its public face.

use cofferdam_sdk::{Action, KnownRule, Policy, PolicyFinding, Severity};

use crate::Standard;

fn rule(category: &str, severity: Severity) -> KnownRule {
    KnownRule {
        plugin: "p".into(),
        rule: "r".into(),
        category: category.into(),
        severity,
        facts: Vec::new(),
    }
}

fn rules() -> Vec<KnownRule> {
    vec![
        rule("credential.scm.github", Severity::P0),
        rule("personal.email", Severity::P2),
        rule("personal.card", Severity::P1),
    ]
}

fn finding(rule: u32, severity: Severity) -> PolicyFinding {
    PolicyFinding {
        origin: 0,
        rule,
        severity,
        confidence: 90,
        facts: 0,
        length: 10,
        late: 0,
        offset: 0,
        channel: 1,
        encoding: 0,
    }
}

fn policy(settings: &str) -> Standard {
    Standard::configure(settings, &[], &rules()).unwrap()
}

fn refusal(settings: &str) -> String {
    Standard::configure(settings, &[], &rules())
        .err()
        .expect("these settings are refused")
}

#[test]
fn the_defaults_follow_severity() {
    for settings in ["", "{}", "null", r#"{"defaults":{},"rules":[]}"#] {
        let policy = policy(settings);
        let action = |severity| policy.decide(&finding(0, severity)).action;
        assert_eq!(action(Severity::P0), Action::Redact);
        assert_eq!(action(Severity::P1), Action::Redact);
        assert_eq!(action(Severity::P2), Action::Allow);
        assert_eq!(action(Severity::P3), Action::Allow);
        assert_eq!(
            policy.promise().acts,
            [true, false, true],
            "e-mail addresses need not be held"
        );
    }
}

#[test]
fn the_most_specific_category_wins() {
    let policy = policy(
        r#"{"rules":[
            {"category":"credential.scm.github","severity":"p0","action":"block","reason":"no push tokens"},
            {"category":"credential","action":"redact-mask"},
            {"category":"credential.scm.github","action":"withhold-line"}]}"#,
    );
    let decision = policy.decide(&finding(0, Severity::P0));
    assert_eq!(decision.action, Action::Block);
    assert_eq!(policy.promise().reasons[usize::from(decision.reason)], "no push tokens");
    assert_eq!(policy.decide(&finding(0, Severity::P1)).action, Action::WithholdLine);
    assert_eq!(policy.decide(&finding(2, Severity::P1)).action, Action::Redact);
}

#[test]
fn the_promise_is_exact() {
    for (settings, acts) in [
        ("{}", [true, false, true]),
        (
            r#"{"rules":[{"category":"personal.email","action":"redact"}]}"#,
            [true, true, true],
        ),
        (
            r#"{"rules":[{"category":"personal.card","severity":"p1","action":"allow"}]}"#,
            [true, false, true],
        ),
        (
            r#"{"rules":[{"category":"personal","action":"allow"}]}"#,
            [true, false, false],
        ),
        (r#"{"defaults":{"p0":"allow","p1":"allow"}}"#, [false, false, false]),
        (r#"{"defaults":{"p3":"redact-mask"}}"#, [true, true, true]),
    ] {
        let policy = policy(settings);
        assert_eq!(policy.promise().acts, acts, "{settings}");
        for (rule, acts) in (0..).zip(acts) {
            let acted = Severity::NAMES
                .iter()
                .any(|&(_, said)| policy.decide(&finding(rule, said)).action != Action::Allow);
            assert_eq!(acted, acts, "{settings}, rule {rule}");
        }
    }
}

#[test]
fn failures_and_known_values_are_never_allowed() {
    let policy = policy(r#"{"defaults":{"p0":"allow","p1":"allow"}}"#);
    for origin in [1, 2, 77] {
        for rule in [0, 2, u32::MAX] {
            for severity in [Severity::P0, Severity::P3] {
                let finding = PolicyFinding {
                    origin,
                    ..finding(rule, severity)
                };
                assert_eq!(
                    policy.decide(&finding).action,
                    Action::Redact,
                    "origin {origin}, rule {rule}"
                );
            }
        }
    }
    let strict = policy_with_block();
    let failure = PolicyFinding {
        origin: 1,
        ..finding(0, Severity::P0)
    };
    assert_eq!(
        strict.decide(&failure).action,
        Action::Block,
        "a stricter action stands"
    );
}

fn policy_with_block() -> Standard {
    policy(r#"{"defaults":{"p0":"block"}}"#)
}

#[test]
fn refusals_name_what_is_wrong() {
    for (settings, named) in [
        (
            r#"{"rules":[{"category":"personal.mail","action":"allow"}]}"#,
            "personal.mail",
        ),
        (
            r#"{"rules":[{"category":"personal.emai","action":"allow"}]}"#,
            "personal.emai",
        ),
        (r#"{"rules":[{"category":"","action":"allow"}]}"#, "unknown category ``"),
        (r#"{"rules":[{"category":"personal","action":"alow"}]}"#, "alow"),
        (r#"{"rules":[{"category":"personal"}]}"#, "rules[0]"),
        (
            r#"{"rules":[{"category":"personal","action":"allow","severity":"p9"}]}"#,
            "p9",
        ),
        (
            r#"{"rules":[{"category":"personal","action":"allow","why":"x"}]}"#,
            "rules[0].why",
        ),
        (r#"{"rules":{}}"#, "`rules`"),
        (r#"{"defaults":{"p4":"allow"}}"#, "defaults.p4"),
        (r#"{"defaults":{"p0":"mask"}}"#, "mask"),
        (r#"{"default":{}}"#, "`default`"),
        ("[]", "settings"),
        ("{", "JSON"),
    ] {
        let refusal = refusal(settings);
        assert!(refusal.contains(named), "{settings}: {refusal}");
    }
}

#[test]
fn the_schema_and_the_description_are_json() {
    let described: serde_json::Value = serde_json::from_str(&Standard::INFO.to_json()).unwrap();
    assert_eq!(described["schema"], "cofferdam.plugin/v1");
    assert_eq!(described["id"], "standard");
    assert_eq!(described["settings"]["type"], "object");
}

#[test]
fn a_renewed_policy_decides_as_the_first() {
    let settings = r#"{"defaults":{"p2":"redact-mask"},"rules":[
        {"category":"personal","action":"allow","reason":"seen everywhere"},
        {"category":"personal.card","severity":"p1","action":"block","reason":"cards"}]}"#;
    let first = policy(settings);
    let state = first.state().expect("it can be renewed");
    let renewed = Standard::renew(settings, &[], state).expect("this is its state");
    for rule in [0, 1, 2, 3, u32::MAX] {
        for (_, severity) in Severity::NAMES {
            for origin in 0..4 {
                let finding = PolicyFinding {
                    origin,
                    ..finding(rule, severity)
                };
                assert_eq!(renewed.decide(&finding), first.decide(&finding), "{finding:?}");
            }
        }
    }
    assert_eq!(renewed.promise().acts, first.promise().acts);
}

#[test]
fn a_state_that_is_none_is_refused() {
    let state = policy("{}").state().expect("it can be renewed");
    let cut = |by: usize| state[..state.len() - by].to_vec();
    for bytes in [vec![], cut(1), cut(12), [&state[..4], &[9], &state[5..]].concat()] {
        assert!(Standard::renew("{}", &[], bytes).is_err());
    }
}
