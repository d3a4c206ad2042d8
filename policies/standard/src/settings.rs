//! The policy's settings, checked against the rules that are loaded.

use cofferdam_sdk::{Action, KnownRule, Severity};
use serde_json::{Map, Value};

/// The JSON Schema of the settings.
pub(crate) const SCHEMA: &str = include_str!("../settings.schema.json");

/// The most rules: the host takes 256 reasons, and three are the policy's own.
const MOST_RULES: usize = 250;
/// The longest reason, in bytes.
const LONGEST_REASON: usize = 200;

/// What the operator wants.
#[derive(Debug)]
pub(crate) struct Settings {
    /// The action by severity, P0 first.
    pub(crate) defaults: [Action; 4],
    /// What differs from the defaults.
    pub(crate) rules: Vec<Override>,
}

/// An action for a category.
#[derive(Debug)]
pub(crate) struct Override {
    pub(crate) category: String,
    pub(crate) severity: Option<Severity>,
    pub(crate) action: Action,
    pub(crate) reason: String,
}

impl Settings {
    /// Reads settings and holds them against the loaded rules.
    pub(crate) fn parse(json: &str, known: &[KnownRule]) -> Result<Settings, String> {
        let value = if json.trim().is_empty() {
            Value::Null
        } else {
            serde_json::from_str(json).map_err(|error| format!("settings are not valid JSON: {error}"))?
        };
        let mut settings = Settings {
            defaults: [Action::Redact, Action::Redact, Action::Allow, Action::Allow],
            rules: Vec::new(),
        };
        let Some(object) = object(&value, "settings")? else {
            return Ok(settings);
        };
        only(object, "", &["defaults", "rules"])?;
        if let Some(defaults) = object.get("defaults") {
            settings.read_defaults(defaults)?;
        }
        match object.get("rules") {
            None | Some(Value::Null) => {}
            Some(Value::Array(rules)) if rules.len() <= MOST_RULES => {
                for (index, rule) in rules.iter().enumerate() {
                    settings
                        .rules
                        .push(Override::parse(rule, &format!("rules[{index}]"), known)?);
                }
            }
            Some(Value::Array(_)) => return Err(format!("`rules` holds more than {MOST_RULES} entries")),
            Some(_) => return Err("`rules` must be a list".to_owned()),
        }
        Ok(settings)
    }

    fn read_defaults(&mut self, value: &Value) -> Result<(), String> {
        let Some(defaults) = object(value, "`defaults`")? else {
            return Ok(());
        };
        for (key, value) in defaults {
            let severity = Severity::from_name(key)
                .ok_or_else(|| format!("unknown key `defaults.{key}`; known are p0, p1, p2, p3"))?;
            self.defaults[super::index(severity)] = action(value, &format!("defaults.{key}"))?;
        }
        Ok(())
    }
}

impl Override {
    fn parse(value: &Value, place: &str, known: &[KnownRule]) -> Result<Override, String> {
        let Some(entry) = object(value, &format!("`{place}`"))? else {
            return Err(format!("`{place}` must be a table"));
        };
        only(
            entry,
            &format!("{place}."),
            &["category", "severity", "action", "reason"],
        )?;
        let category = text(entry, "category", place)?.ok_or_else(|| format!("`{place}` has no `category`"))?;
        if !known.iter().any(|rule| covers(category, &rule.category)) {
            return Err(format!(
                "unknown category `{category}` in `{place}`: no loaded rule is of it"
            ));
        }
        let severity = match text(entry, "severity", place)? {
            None => None,
            Some(name) => Some(
                Severity::from_name(name)
                    .ok_or_else(|| format!("unknown severity `{name}` in `{place}`; known are p0, p1, p2, p3"))?,
            ),
        };
        let action = match entry.get("action") {
            Some(value) => action(value, &format!("{place}.action"))?,
            None => return Err(format!("`{place}` has no `action`")),
        };
        let reason = match text(entry, "reason", place)? {
            Some(reason) if reason.len() > LONGEST_REASON => {
                return Err(format!("`{place}.reason` is longer than {LONGEST_REASON} bytes"));
            }
            Some(reason) => reason.to_owned(),
            None => format!("the settings' rule for {category}"),
        };
        Ok(Override {
            category: category.to_owned(),
            severity,
            action,
            reason,
        })
    }
}

/// Whether `prefix` names `category` or something that it is part of.
pub(crate) fn covers(prefix: &str, category: &str) -> bool {
    match category.strip_prefix(prefix) {
        Some(rest) => !prefix.is_empty() && (rest.is_empty() || rest.starts_with('.')),
        None => false,
    }
}

fn object<'v>(value: &'v Value, what: &str) -> Result<Option<&'v Map<String, Value>>, String> {
    match value {
        Value::Null => Ok(None),
        Value::Object(object) => Ok(Some(object)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(format!("{what} must be a table"))
        }
    }
}

fn only(object: &Map<String, Value>, place: &str, known: &[&str]) -> Result<(), String> {
    match object.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("unknown key `{place}{key}`; known are {}", known.join(", "))),
    }
}

fn text<'v>(object: &'v Map<String, Value>, key: &str, place: &str) -> Result<Option<&'v str>, String> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{place}.{key}` must be a text")),
    }
}

fn action(value: &Value, place: &str) -> Result<Action, String> {
    let name = value.as_str().ok_or_else(|| format!("`{place}` must be a text"))?;
    Action::from_name(name).ok_or_else(|| {
        let known: Vec<&str> = Action::NAMES.iter().map(|(name, _)| *name).collect();
        format!("unknown action `{name}` in `{place}`; known are {}", known.join(", "))
    })
}
