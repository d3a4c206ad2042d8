//! What no single value shows: whether values fit together, and fit the guards that were loaded.

use super::layer::{Origin, Value};
use super::problem::{Problem, plain};
use super::suggest::nearest_of;
use super::table::{BUILT_IN_PLUGINS, BUILT_IN_POLICIES, Person, Plugin, Resolved};
use super::value::{FailureAction, Millis, Mode, PluginName, Source};
use crate::Code;
use crate::authority::PersonName;

/// What records call the host itself where it finds a value that it was told.
const KNOWN: &str = "known";

impl Resolved {
    /// Problems between values.
    pub(super) fn check(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        problems.extend(shorter(
            "guard.stall",
            &self.guard.stall,
            "guard.idle",
            &self.guard.idle,
        ));
        let (first, longest) = (&self.circuit.back_off, &self.circuit.longest_back_off);
        problems.extend(shorter("circuit.longest-back-off", longest, "circuit.back-off", first));
        problems.extend(missing(
            &self.policy.source.value,
            &self.policy.source.origin,
            BUILT_IN_POLICIES,
            "policy",
        ));
        problems.extend(self.check_rollout());
        if let (Mode::Shadow | Mode::Limited | Mode::Enforce, Some(source)) =
            (self.candidate.mode.value, &self.candidate.source.value)
        {
            let origin = &self.candidate.source.origin;
            problems.extend(missing(source, origin, BUILT_IN_POLICIES, "policy.candidate"));
        }
        for (name, plugin) in &self.plugins {
            let source = plugin.source_or_built_in(name);
            let path = format!("plugins.{name}");
            problems.extend(missing(&source.value, &source.origin, BUILT_IN_PLUGINS, &path));
            if name.as_str() == KNOWN {
                let message = "this name is the host's own, for values that it was told; give the plugin another one";
                problems.push(Problem::error(Code::ConfigValue, message).at(&source.origin).of(&path));
            }
        }
        problems.extend(self.shared_keys());
        problems
    }

    /// Keys that two people have. What one of them signs could be taken for the other's word, and two for one.
    fn shared_keys(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (name, person) in &self.people {
            let others = self.people.range(..name);
            let shares = |other: &Person| {
                person
                    .keys
                    .value
                    .iter()
                    .any(|key| other.keys.value.iter().any(|its| its == key))
            };
            if let Some((other, _)) = others.into_iter().find(|(_, other)| shares(other)) {
                let message = format!("{other} has one of these keys too; each person signs with keys of their own");
                let path = format!("people.{name}.keys");
                problems.push(
                    Problem::error(Code::ConfigValue, message)
                        .at(&person.keys.origin)
                        .of(&path),
                );
            }
        }
        problems
    }

    /// The person of this name, if there is one.
    pub fn person(&self, name: &PersonName) -> Option<&Person> {
        self.people.get(name)
    }

    /// The entries of `policy.at-least` that no rule of a loaded detector falls under. Only who loaded them knows their
    /// categories. A warning each, since a detector may be off today.
    pub fn unmatched_categories<'a>(&self, known: impl IntoIterator<Item = &'a str>) -> Vec<Problem> {
        let known: Vec<_> = known.into_iter().collect();
        let unmatched = self
            .at_least
            .iter()
            .filter(|(above, _)| !known.iter().any(|below| above.covers(below)));
        unmatched
            .map(|(category, action)| {
                let message = match nearest_of(category.as_str(), known.iter().copied()) {
                    Some(near) => format!("no rule is of this category; did you mean {}?", plain(near)),
                    None => "no rule is of this category; `cofferdam plugin inspect NAME` shows those of a guard that `cofferdam plugin list` names".to_owned(),
                };
                let path = format!("policy.at-least.{category}");
                Problem::warning(Code::ConfigValue, message)
                    .at(&action.origin)
                    .of(&path)
            })
            .collect()
    }
}

impl Plugin {
    /// Where the component comes from: as it was set, else the built-in detector of the plugin's name. The origin is
    /// that of what declared the plugin.
    pub fn source_or_built_in(&self, name: &PluginName) -> Value<Source> {
        match &self.source.value {
            Some(source) => Value {
                value: source.clone(),
                origin: self.source.origin.clone(),
            },
            None => Value {
                value: Source::BuiltIn(name.clone()),
                origin: self.declared_at(),
            },
        }
    }

    /// Whether `pass` is set on a plugin that has a rule of severity P0, for which it is refused. Only who loaded the
    /// plugin knows its rules.
    pub fn check_pass(&self, name: &PluginName, plugin_has_p0: bool) -> Vec<Problem> {
        self.passes()
            .filter(|_| plugin_has_p0)
            .map(|(key, action)| {
                let message = "this plugin has a rule of severity P0, whose suspects must not get out when it fails; \
                               write \"withhold\" or \"block\"";
                let path = format!("plugins.{name}.{key}");
                Problem::error(Code::ConfigPassRefused, message)
                    .at(&action.origin)
                    .of(&path)
            })
            .collect()
    }

    /// The failure actions that let through what nobody looked at.
    pub fn passes(&self) -> impl Iterator<Item = (&'static str, &Value<FailureAction>)> {
        let actions = self.failure_actions().into_iter();
        actions.filter(|(_, action)| action.value == FailureAction::Pass)
    }

    fn failure_actions(&self) -> [(&'static str, &Value<FailureAction>); 5] {
        [
            ("on-trap", &self.on_trap),
            ("on-timeout", &self.on_timeout),
            ("on-out-of-memory", &self.on_out_of_memory),
            ("on-bad-answer", &self.on_bad_answer),
            ("on-missing", &self.on_missing),
        ]
    }

    /// The strongest place that says anything of the plugin.
    pub fn declared_at(&self) -> Origin {
        let mut origins = vec![
            &self.digest.origin,
            &self.kind.origin,
            &self.mode.origin,
            &self.of.origin,
            &self.share.origin,
            &self.tasks.origin,
            &self.memory.origin,
            &self.deadline.origin,
            &self.start_deadline.origin,
            &self.grants.origin,
            &self.settings.origin,
        ];
        origins.extend(self.failure_actions().map(|(_, action)| &action.origin));
        origins
            .into_iter()
            .max_by_key(|origin| origin.layer())
            .cloned()
            .unwrap_or(Origin::BuiltIn)
    }
}

/// A time that must not be shorter than another, and is. The stronger of their two places is told.
fn shorter<const A: u64, const B: u64, const C: u64, const D: u64>(
    key: &str,
    long: &Value<Millis<A, B>>,
    than: &str,
    short: &Value<Millis<C, D>>,
) -> Option<Problem> {
    if long.value.get() >= short.value.get() {
        return None;
    }
    let later = if long.origin.layer() >= short.origin.layer() {
        &long.origin
    } else {
        &short.origin
    };
    let message = format!("this is shorter than {than}; make it longer, or {than} shorter");
    Some(Problem::error(Code::ConfigValue, message).at(later).of(key))
}

/// A built-in component that isn't.
fn missing(source: &Source, origin: &Origin, known: &[&str], path: &str) -> Option<Problem> {
    let Source::BuiltIn(name) = source else { return None };
    if known.contains(&name.as_str()) {
        return None;
    }
    let near = nearest_of(name.as_str(), known.iter().copied());
    let known = known.join(", ");
    let message = match near {
        Some(near) => format!("nothing built in has this name; did you mean {near}? Else set its source"),
        None => format!("nothing built in has this name (there are: {known}); set its source to a component's path"),
    };
    Some(Problem::error(Code::PluginUnknown, message).at(origin).of(path))
}
