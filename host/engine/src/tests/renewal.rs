//! Instances that stand in for others: detectors that can be renewed, and those that must declare their rules again.

use super::bed::{Bed, detector, guest, hostile, policy, shared, tokens};
use crate::{BreakerSettings, PluginSpec};

/// A guest that exports `renewal`, and the same where that export is called by a name that nobody knows.
fn both(spec: PluginSpec) -> [PluginSpec; 2] {
    let (known, unknown) = (b"/renewal@0.1.0", b"/renowal@0.1.0");
    let mut bytes = spec.component.to_vec();
    let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(known)).collect();
    assert!(!places.is_empty(), "the SDK exports it");
    for at in places {
        bytes[at..at + unknown.len()].copy_from_slice(unknown);
    }
    let without = PluginSpec {
        component: bytes.into(),
        ..spec.clone()
    };
    [spec, without]
}

/// An issuer's token, a password in a URL, a named key and an address, assembled so that this file holds none.
/// And numbers of networks.
fn text() -> String {
    let secret = "Zq3vX8tLm2Kp".repeat(3);
    format!(
        "a {}_{secret} b 203.0.117.9\nc postgres://app:{}@db.internal.corp/x d\ne STRIPE_API_KEY={} f\n{}@{}.org g\n",
        "ghp",
        &secret[..14],
        &secret[2..30],
        "someone",
        "elsewhere"
    )
}

#[test]
fn a_fresh_instance_answers_as_the_first_did() {
    let [personal, credentials] = ["personal", "credentials"].map(|name| PluginSpec::new(name, guest(name)));
    // Rules before and among those in force are left out, and others are not.
    let chosen = PluginSpec {
        settings: r#"{"enable":"ip-address","disable":"email, iban"}"#.into(),
        ..personal.clone()
    };
    for spec in both(credentials).into_iter().chain([personal, chosen]) {
        let mut bed = Bed::with(&policy(&[detector(&spec)]), BreakerSettings::default());
        let first = bed.guard(&text());
        assert!(first.incidents.is_empty(), "{:?}", first.incidents);
        for _ in 0..3 {
            bed.session.forget_instances();
            let again = bed.guard(&text());
            assert_eq!((again.output, again.incidents), (first.output.clone(), vec![]));
        }
        if spec.name == "credentials" {
            assert!(first.output.contains("[redacted:"), "{}", first.output);
        }
    }
}

#[test]
fn a_fresh_policy_decides_as_the_first_did() {
    let settings = r#"{"rules":[{"category":"credential.test","action":"redact-mask"}]}"#;
    let spec = PluginSpec {
        settings: settings.into(),
        ..PluginSpec::new("standard", guest("standard"))
    };
    for spec in both(spec) {
        let policy = shared().load_policy(&spec, &[], &[detector(&hostile("honest", ""))]);
        let policy = policy.expect("it loads");
        let can_be_renewed = spec.component[..] == guest("standard")[..];
        assert_eq!(policy.inner.state.is_some(), can_be_renewed);
        let mut bed = Bed::with(&policy, BreakerSettings::default());
        let first = bed.guard(&tokens(3));
        assert_eq!(
            first.output.matches("hostile_************ now").count(),
            3,
            "{}",
            first.output
        );
        for _ in 0..2 {
            bed.session.forget_instances();
            let again = bed.guard(&tokens(3));
            assert_eq!((again.output, again.incidents), (first.output.clone(), vec![]));
        }
    }
}

#[test]
fn one_that_fails_is_replaced_in_either_way() {
    for spec in both(hostile("trap", "bbbb")) {
        let mut bed = Bed::new(&spec);
        let seen = bed.guard(&tokens(4));
        assert!(!seen.incidents.is_empty());
        assert_eq!(seen.output.matches("[withheld:").count(), 1, "{}", seen.output);
        assert_eq!(seen.output.matches("[redacted:").count(), 3, "{}", seen.output);
    }
}
