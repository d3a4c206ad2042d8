//! What is in force in a run, and what is on trial.

use super::one;
use crate::config::{Layer, Resolved, Source};
use crate::record::{RunId, TaskId};

fn resolved(text: &str) -> Resolved {
    let resolution = one(Layer::User, text);
    assert!(!resolution.is_refused(), "{:?}", resolution.problems);
    resolution.resolved
}

fn task(text: &str) -> TaskId {
    text.parse().expect("an id")
}

fn names(resolved: &Resolved) -> (Vec<String>, Vec<String>) {
    let in_force = resolved.enforced().map(|(name, _)| name.to_string());
    let on_trial = resolved.on_trial().map(|(name, _)| name.to_string());
    (in_force.collect(), on_trial.collect())
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

const NEXT: &str = "[plugins.next]\nof = 'credentials'\nsource = 'n.wasm'\n";

#[test]
fn invariant_7_a_version_in_force_stands_in_for_the_plugin_and_one_in_shadow_does_not() {
    let shadow = resolved(&format!("{NEXT}mode = 'shadow'"));
    assert_eq!(names(&shadow), (words(&["credentials", "personal"]), words(&["next"])));
    let (_, candidate) = shadow.on_trial().next().expect("one");
    assert_eq!(shadow.incumbent(candidate).expect("one").0.as_str(), "credentials");

    let enforced = resolved(&format!(
        "{NEXT}[plugins.third]\nof = 'credentials'\nsource = 't.wasm'\nmode = 'shadow'"
    ));
    assert_eq!(names(&enforced), (words(&["next", "personal"]), words(&["third"])));
    let (_, candidate) = enforced.on_trial().next().expect("one");
    assert_eq!(enforced.incumbent(candidate).expect("one").0.as_str(), "next");

    let both = one(
        Layer::User,
        &format!("{NEXT}[plugins.third]\nof = 'credentials'\nsource = 't.wasm'"),
    );
    assert!(both.is_refused() && both.problems[0].to_string().contains("plugins.third.of"));
}

#[test]
fn a_limited_plugin_is_in_force_in_its_tasks_and_its_share_and_on_trial_elsewhere() {
    let text = format!("{NEXT}mode = 'limited'\nshare = 40\ntasks = ['canary']");
    let run = |number: u64| RunId::new(number, [u8::try_from(number % 256).expect("it fits"); 10]);
    let settled = |name: &str, number: u64| {
        let mut resolved = resolved(&text);
        resolved.settle(&task(name), run(number));
        names(&resolved)
    };
    let in_force = (words(&["next", "personal"]), Vec::new());
    let on_trial = (words(&["credentials", "personal"]), words(&["next"]));
    assert_eq!(names(&resolved(&text)), on_trial, "without a run there is no share");
    let mut chosen = 0;
    for number in 0..200 {
        assert_eq!(settled("canary", number), in_force);
        let found = settled("other", number);
        assert!(found == in_force || found == on_trial);
        assert_eq!(found, settled("other", number), "the same run is chosen again");
        chosen += u32::from(found == in_force);
    }
    assert!((50..110).contains(&chosen), "{chosen} of 200 at 40 %");
}

#[test]
fn of_two_rivals_that_are_chosen_for_a_run_the_first_is_in_force() {
    let text = format!(
        "{NEXT}mode = 'limited'\nshare = 100\n[plugins.rival]\nof = 'credentials'\nsource = 'r.wasm'\nmode = 'limited'\nshare = 100"
    );
    let mut resolved = resolved(&text);
    resolved.settle(&task("any"), RunId::new(1, [1; 10]));
    assert_eq!(names(&resolved), (words(&["next", "personal"]), words(&["rival"])));
}

#[test]
fn one_that_is_chosen_for_a_run_goes_before_a_rival_that_is_in_force() {
    let text = format!(
        "{NEXT}mode = 'enforce'\n[plugins.rival]\nof = 'credentials'\nsource = 'r.wasm'\nmode = 'limited'\ntasks = ['canary']"
    );
    let settled = |name: &str| {
        let mut resolved = resolved(&text);
        resolved.settle(&task(name), RunId::new(1, [1; 10]));
        names(&resolved)
    };
    assert_eq!(settled("canary"), (words(&["personal", "rival"]), words(&["next"])));
    assert_eq!(settled("other"), (words(&["next", "personal"]), words(&["rival"])));
}

#[test]
fn a_version_of_a_version_is_refused_and_so_are_two_of_each_other() {
    let further = one(
        Layer::User,
        &format!("{NEXT}mode = 'shadow'\n[plugins.third]\nof = 'next'\nsource = 't.wasm'\nmode = 'shadow'"),
    );
    let told = further.problems[0].to_string();
    assert!(
        further.is_refused() && told.contains("name that one: credentials"),
        "{told}"
    );
    let text = "[plugins.a]\nof = 'b'\nsource = 'a.wasm'\n[plugins.b]\nof = 'a'\nsource = 'b.wasm'";
    assert!(one(Layer::User, text).is_refused());
}

#[test]
fn a_limited_plugin_that_no_run_chooses_is_told() {
    let resolution = one(Layer::User, &format!("{NEXT}mode = 'limited'"));
    assert!(!resolution.is_refused());
    let told = resolution.problems[0].to_string();
    assert!(
        told.contains("plugins.next.mode") && told.contains("in force in no run"),
        "{told}"
    );
}

#[test]
fn a_policy_is_on_trial_beside_the_one_in_force_or_takes_its_place() {
    let text = |mode: &str| format!("[policy.candidate]\nmode = '{mode}'\nsource = 'p.wasm'\nsettings = {{ a = 1 }}");
    let shadow = resolved(&text("shadow"));
    assert_eq!(shadow.policy_in_force().source.value, Source::built_in("standard"));
    assert_eq!(
        shadow.policy_on_trial().expect("one").source.value,
        Source::Path("p.wasm".into())
    );
    let enforced = resolved(&text("enforce"));
    assert_eq!(enforced.policy_in_force().source.value, Source::Path("p.wasm".into()));
    assert!(!enforced.policy_in_force().settings.value.is_empty());
    assert!(enforced.policy_on_trial().is_none());
    let off = resolved(&text("off"));
    assert!(off.policy_on_trial().is_none() && off.policy_in_force().key == "policy");
}
