//! Rules of other scanners, as a pack.

use regex_syntax::hir::{Hir, HirKind};
use serde::Deserialize;

use crate::anchors::lead;
use crate::compile::compile;
use crate::error::{PackError, Problem};
use crate::go::ours;
use crate::pattern::{Item, Parts, flatten_group, parse};
use crate::source::SourceFile;
use crate::steps::anywhere;

/// A configuration of another scanner, as a pack.
#[derive(Debug)]
pub struct Imported {
    /// The pack's TOML.
    pub text: String,
    /// How many rules it has.
    pub rules: usize,
    /// What was left behind, rule by rule.
    pub left: Vec<NotCarried>,
}

/// What could not be carried over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotCarried {
    /// The rule's id there.
    pub rule: String,
    /// Whether the whole rule was left behind, or only a part of it.
    pub whole: bool,
    /// What, and why.
    pub what: String,
}

#[derive(Deserialize)]
struct Config {
    #[serde(default)]
    rules: Vec<GitleaksRule>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    extend: Option<toml::Table>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GitleaksRule {
    id: String,
    #[serde(default)]
    description: String,
    regex: Option<String>,
    #[serde(default)]
    secret_group: u32,
    #[serde(default)]
    entropy: f32,
    path: Option<String>,
    allowlist: Option<Allowlist>,
    #[serde(default)]
    allowlists: Vec<Allowlist>,
    #[serde(default)]
    required: Vec<toml::Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct Allowlist {
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
    #[serde(default)]
    paths: Vec<String>,
    #[serde(default)]
    commits: Vec<String>,
    regex_target: Option<String>,
    condition: Option<String>,
}

/// Converts a gitleaks configuration. `id` names the pack.
///
/// # Errors
/// When the file is no such configuration, or none of its rules can be carried over.
pub fn gitleaks(file: &SourceFile, id: &str) -> Result<Imported, PackError> {
    let wrong = |what: String| {
        PackError(vec![Problem {
            file: file.name.clone(),
            rule: None,
            what,
        }])
    };
    let config: Config = toml::from_str(&file.text).map_err(|error| wrong(error.to_string().trim_end().to_owned()))?;
    let mut left = Vec::new();
    let mut note = |rule: &str, whole: bool, what: String| {
        left.push(NotCarried {
            rule: rule.to_owned(),
            whole,
            what,
        })
    };
    if config.extend.is_some() {
        note(
            "(whole file)",
            false,
            "`extend` names other rules, which are not read".to_owned(),
        );
    }
    let mut text = format!(
        "# Converted from a gitleaks configuration.\n\n[pack]\nid = {}\nversion = \"0.1.0\"\ntitle = \"Rules of a gitleaks configuration\"\n",
        quoted(id)
    );
    let all: Vec<&Allowlist> = config.allowlist.iter().chain(&config.allowlists).collect();
    text.push_str(&global(&all, &mut |what| note("(whole file)", false, what)));
    let mut rules = 0;
    for rule in &config.rules {
        match convert(rule) {
            Ok(converted) => {
                for made in converted.rules {
                    // A rule that its own example doesn't pass would make the whole pack be refused.
                    match compile(&[SourceFile {
                        name: rule.id.clone(),
                        text: format!("{HEAD}{made}"),
                    }]) {
                        Ok(_) => {
                            text.push_str(&made);
                            rules += 1;
                        }
                        Err(PackError(problems)) => {
                            let what = problems
                                .first()
                                .map_or_else(String::new, |problem| problem.what.clone());
                            note(&rule.id, true, what);
                        }
                    }
                }
                converted.left.into_iter().for_each(|what| note(&rule.id, false, what));
            }
            Err(what) => note(&rule.id, true, what),
        }
    }
    if rules == 0 {
        return Err(wrong("none of its rules can be carried over".to_owned()));
    }
    Ok(Imported { text, rules, left })
}

/// A pack's head for a rule that is tried alone.
const HEAD: &str = "[pack]\nid = \"trial\"\nversion = \"0\"\ntitle = \"trial\"\n";

struct Converted {
    /// One rule, or one for each alternative that begins differently.
    rules: Vec<String>,
    left: Vec<String>,
}

fn convert(rule: &GitleaksRule) -> Result<Converted, String> {
    let Some(regex) = &rule.regex else {
        return Err("it has no pattern: rules over file names have nothing to look at in a stream".to_owned());
    };
    let mut left = Vec::new();
    if rule.path.is_some() {
        left.push("`path`: a stream has no file name, so the rule applies everywhere".to_owned());
    }
    if !rule.required.is_empty() {
        left.push("`required`: other rules' findings near by are not asked for".to_owned());
    }
    let regex = parse(&ours(regex))?;
    let items = flatten_group(&regex, rule.secret_group.max(1));
    let branches = branches(&items);
    let many = branches.len() > 1;
    let mut rules = Vec::new();
    for (number, items) in (1..).zip(&branches) {
        let id = plain(&rule.id, many.then_some(number));
        rules.push(written(rule, &id, items, &mut left)?);
    }
    Ok(Converted { rules, left })
}

/// The pattern as one sequence, or one for each alternative at its front where these begin differently.
fn branches(items: &[Item]) -> Vec<Vec<Item>> {
    if lead(items).is_ok() {
        return vec![items.to_vec()];
    }
    let first = items
        .iter()
        .position(|item| item.hir.properties().minimum_len() != Some(0));
    let Some(at) = first else { return vec![items.to_vec()] };
    let item = &items[at];
    let HirKind::Alternation(parts) = item.hir.kind() else {
        return vec![items.to_vec()];
    };
    let branch = |part: &Hir| {
        let inner = flatten_group(part, 1).into_iter().map(|inner| Item {
            inside: item.inside || inner.inside,
            ..inner
        });
        items[..at]
            .iter()
            .cloned()
            .chain(inner)
            .chain(items[at + 1..].iter().cloned())
            .collect()
    };
    parts.iter().map(branch).collect()
}

fn written(rule: &GitleaksRule, id: &str, items: &[Item], left: &mut Vec<String>) -> Result<String, String> {
    let led = lead(items)?;
    let parts = Parts::split(led.rest)?;
    let pattern = format!(
        "{{{{anchor}}}}{}({}){}{}",
        shown(&parts.before),
        shown(&parts.secret),
        if parts.bounded { r"\b" } else { "" },
        shown(&parts.after)
    );
    let mut text = format!("\n[[rule]]\nid = {}\ntitle = {}\n", quoted(id), quoted(&title(rule)));
    let generic = rule.id.contains("generic");
    let category = format!("credential.imported.{}", plain(&rule.id, None));
    put(&mut text, "category", &quoted(&category));
    let grade = if generic {
        "P2"
    } else if led.any_case {
        "P1"
    } else {
        "P0"
    };
    put(&mut text, "severity", &quoted(grade));
    let name = if led.any_case { "keywords" } else { "anchors" };
    put(&mut text, name, &format!("[{}]", list(&led.literals)));
    put(&mut text, "pattern", &quoted(&pattern));
    if led.word {
        text.push_str("word = true\n");
    }
    if rule.entropy > 0.0 {
        put(&mut text, "entropy", &format!("{:.2}", rule.entropy));
    }
    let lists: Vec<&Allowlist> = rule.allowlist.iter().chain(&rule.allowlists).collect();
    let (mut allow, mut stop) = (Vec::new(), Vec::new());
    for entry in lists {
        take(entry, &mut allow, &mut stop, &mut |what| left.push(what));
    }
    if !allow.is_empty() {
        put(&mut text, "allow", &format!("[{}]", list(&allow)));
    }
    if !stop.is_empty() {
        put(&mut text, "stop", &format!("[{}]", list(&stop)));
    }
    let example = format!(
        "{}<<{}>>",
        led.literals.first().map_or("", String::as_str),
        shown_example(&parts)
    );
    put(&mut text, "positive", &format!("[{}]", quoted(&format!("{example} "))));
    let negative = led.literals.first().map_or("", String::as_str);
    put(
        &mut text,
        "negative",
        &format!("[{}]", quoted(&format!("{negative} ."))),
    );
    Ok(text)
}

/// Appends a line of TOML.
fn put(text: &mut String, key: &str, value: &str) {
    text.extend([key, " = ", value, "\n"]);
}

/// The lists that count for every rule.
fn global(lists: &[&Allowlist], note: &mut impl FnMut(String)) -> String {
    let (mut patterns, mut words) = (Vec::new(), Vec::new());
    for entry in lists {
        take(entry, &mut patterns, &mut words, note);
    }
    if patterns.is_empty() && words.is_empty() {
        return String::new();
    }
    format!(
        "\n[allow]\nwords = [{}]\npatterns = [{}]\n",
        list(&words),
        list(&patterns)
    )
}

/// What can be carried over of an allow-list.
fn take(entry: &Allowlist, patterns: &mut Vec<String>, words: &mut Vec<String>, note: &mut impl FnMut(String)) {
    if !entry.paths.is_empty() || !entry.commits.is_empty() {
        note("`paths` and `commits` of an allow-list: a stream has neither".to_owned());
    }
    if entry
        .condition
        .as_deref()
        .is_some_and(|condition| condition.eq_ignore_ascii_case("and"))
    {
        note("an allow-list whose conditions must all hold: part of them can't be asked".to_owned());
        return;
    }
    match entry.regex_target.as_deref() {
        None | Some("secret") => {
            for regex in &entry.regexes {
                // What `pack` would refuse is left behind here, so that what was converted can be packed.
                let regex = ours(regex);
                match anywhere(&regex) {
                    Ok(_) => patterns.push(regex),
                    Err(what) => note(format!("a pattern of an allow-list: {what}")),
                }
            }
        }
        Some(target) if !entry.regexes.is_empty() => {
            note(format!(
                "an allow-list over the {target}: only the secret is held against patterns"
            ));
        }
        Some(_) => {}
    }
    words.extend(entry.stopwords.iter().cloned());
}

fn shown(items: &[Hir]) -> String {
    items.iter().map(ToString::to_string).collect()
}

/// A pattern that generates what the rule should find.
fn shown_example(parts: &Parts) -> String {
    let all: Vec<Hir> = parts
        .before
        .iter()
        .chain(&parts.secret)
        .chain(&parts.after)
        .cloned()
        .collect();
    shown(&all)
}

fn title(rule: &GitleaksRule) -> String {
    let text = if rule.description.is_empty() {
        &rule.id
    } else {
        &rule.description
    };
    text.chars().filter(|c| !c.is_control()).take(128).collect()
}

/// An id of ours: lower-case letters, digits and dashes.
fn plain(id: &str, number: Option<usize>) -> String {
    let tail = number.map_or_else(String::new, |number| format!("-{number}"));
    let fits = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };
    let mut id: String = id.chars().map(fits).take(64 - tail.len()).collect();
    id.push_str(&tail);
    id
}

fn list(texts: &[String]) -> String {
    texts.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", ")
}

/// A TOML string.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::gitleaks;
    use crate::{SourceFile, compile};

    #[test]
    fn what_was_converted_can_be_packed() {
        // The first pattern of the allow-list repeats a group without a bound, which `pack` refuses.
        let config = r#"
[allowlist]
regexes = ['''(?:[a-z]+-)+zz''', '''^tkt_0+$''']

[[rules]]
id = "ticket"
description = "Ticket"
regex = '''tkt_[a-z0-9]{24}'''
"#;
        let file = SourceFile {
            name: "gitleaks.toml".to_owned(),
            text: config.to_owned(),
        };
        let imported = gitleaks(&file, "imported").expect("it is a configuration");
        let is_told = imported.left.iter().any(|left| left.what.contains("can be slow"));
        assert!(is_told, "{:?}", imported.left);
        compile(&[SourceFile {
            name: "imported.toml".to_owned(),
            text: imported.text,
        }])
        .expect("the rest can be packed");
    }
}
