//! `cofferdam plugin`: which guards are in force, and what they are.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::config::{Mode, PluginName};
use cofferdam_model::record::Digest;
use cofferdam_runner::session::engine::{CompileState, Engine, Kind, PluginInfo, Policy, RuleInfo};
use cofferdam_runner::session::words::Severity;

use crate::command::pack::{ImportArgs, PackArgs};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{Checked, InForce, aside, check_candidates, in_force, load_guards};

/// The commands about guards.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum PluginCommand {
    /// List the guards in force, and those on trial
    List,
    /// Show what a guard is, asks for, may use and looks for
    Inspect {
        /// Its name in the configuration
        name: String,
    },
    /// Write cofferdam.lock beside the file that declares each component
    Lock,
    /// Make a detector of a rule file, or check one; no toolchain is needed
    Pack(PackArgs),
    /// Convert a gitleaks configuration to a rule file
    ImportGitleaks(ImportArgs),
}

/// Lists the guards in force, and the candidates with their modes.
pub(crate) fn list(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let loaded = load_guards(around, &in_force, false)?;
    let trial = candidates(around, &in_force)?;
    let policy = loaded.guards.policy();
    let loaded = Listed::all(policy, loaded.guards.engine());
    let names = loaded.iter().map(|listed| listed.info.name.len());
    let names = names
        .chain(trial.iter().map(|row| row.name.len()))
        .max()
        .unwrap_or(0)
        .max(4);
    let unpromoted = in_force.unpromoted();
    let written = writeln!(
        out,
        "{:names$}  {:16}  {:8}  {:>5}  {:19}  STATE",
        "NAME", "KIND", "VERSION", "RULES", "DIGEST"
    )
    .and_then(|()| {
        loaded.iter().try_for_each(|listed| {
            let info = listed.info;
            let digest = shown(&info.digest);
            let (kind, rules) = (info.kind.to_string(), listed.rules.len());
            let rules = if info.kind == Kind::Policy {
                "-".to_owned()
            } else {
                rules.to_string()
            };
            let configured = unpromoted.iter().any(|name| name.as_str() == &*info.name);
            let note = if configured { ", by the configuration alone" } else { "" };
            let state = format!("in force{note}, {}", listed.code());
            writeln!(
                out,
                "{:names$}  {kind:16}  {:8}  {rules:>5}  {digest:19}  {state}",
                info.name, info.version
            )
        })
    })
    .and_then(|()| {
        trial.iter().try_for_each(|row| {
            writeln!(
                out,
                "{:names$}  {:16}  {:8}  {:>5}  {:19}  {}",
                row.name, row.kind, row.version, row.rules, row.digest, row.state
            )
        })
    });
    written.map(|()| 0).map_err(|error| Failure::output(&error))
}

/// A digest in a table.
fn shown(digest: &Digest) -> String {
    format!("sha256:{}", digest.short())
}

/// A line about a plugin that is not in force.
struct Row {
    name: String,
    kind: String,
    version: String,
    rules: String,
    digest: String,
    state: String,
}

/// What is on trial or switched off. What can't be loaded is listed with the reason.
fn candidates(around: &Surroundings, in_force: &InForce) -> Result<Vec<Row>, Failure> {
    let resolved = &in_force.resolved;
    let is_any = resolved.on_trial().next().is_some() || resolved.policy_on_trial().is_some();
    let checked = if is_any {
        check_candidates(around, in_force)?
    } else {
        Vec::new()
    };
    let mut rows: Vec<Row> = checked
        .into_iter()
        .map(
            |Checked {
                 name, outcome, rules, ..
             }| {
                let plugin = PluginName::parse(&name)
                    .ok()
                    .and_then(|name| resolved.plugins.get(&name));
                let (mode, share, of) = plugin.map_or_else(
                    || (resolved.candidate.mode.value, &resolved.candidate.share, None),
                    |plugin| (plugin.mode.value, &plugin.share, plugin.of.value.as_ref()),
                );
                let kind = if plugin.is_some() { Kind::Detector } else { Kind::Policy }.to_string();
                let place = of.map_or_else(String::new, |of| format!(", for the place of {of}"));
                let state = match mode {
                    Mode::Limited => format!("limited to {} % of runs and its tasks{place}", share.value.get()),
                    Mode::Off | Mode::Shadow | Mode::Enforce => format!("{mode}{place}"),
                };
                let none = || "-".to_owned();
                let rules = rules.map_or_else(none, |rules| rules.to_string());
                match outcome {
                    Ok(found) => Row {
                        name,
                        kind,
                        rules,
                        version: found.version.to_string(),
                        digest: shown(&found.digest),
                        state,
                    },
                    Err(failure) => Row {
                        name,
                        kind,
                        version: none(),
                        rules,
                        digest: none(),
                        state: format!("{state}; can't be loaded ({})", failure.code),
                    },
                }
            },
        )
        .collect();
    let off = resolved
        .plugins
        .iter()
        .filter(|(_, plugin)| plugin.mode.value == Mode::Off);
    rows.extend(off.map(|(name, _)| Row {
        name: name.to_string(),
        kind: Kind::Detector.to_string(),
        version: "-".to_owned(),
        rules: "-".to_owned(),
        digest: "-".to_owned(),
        state: "off".to_owned(),
    }));
    Ok(rows)
}

/// Shows all that is known of one guard.
pub(crate) fn inspect(name: &str, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let loaded = load_guards(around, &in_force, false)?;
    let policy = loaded.guards.policy();
    let all = Listed::all(policy, loaded.guards.engine());
    if let Some(found) = all.iter().find(|listed| *listed.info.name == *name) {
        return show(found, None, out)
            .map(|()| 0)
            .map_err(|error| Failure::output(&error));
    }
    let resolved = &in_force.resolved;
    if let Some(guards) = aside(around, &in_force, name)? {
        let own = Listed::all(guards.policy(), guards.engine());
        let configured = PluginName::parse(name).ok();
        let configured = configured.and_then(|name| resolved.plugins.get(&name));
        let mode = configured.map_or(resolved.candidate.mode.value, |plugin| plugin.mode.value);
        // The last one is the policy, which goes by its own name.
        let found = own.iter().find(|listed| *listed.info.name == *name).or(own.last());
        if let Some(found) = found {
            return show(found, Some(mode), out)
                .map(|()| 0)
                .map_err(|error| Failure::output(&error));
        }
    }
    let mut known: Vec<String> = all.iter().map(|listed| listed.info.name.to_string()).collect();
    let aside = resolved.plugins.keys().map(ToString::to_string);
    known.extend(aside.filter(|name| !all.iter().any(|listed| *listed.info.name == **name)));
    known.extend(resolved.policy_on_trial().map(|choice| choice.key.to_owned()));
    let shown = cofferdam_model::config::plain(name);
    let message = format!(
        "no guard `{shown}` is in force, on trial or switched off; there are {}",
        known.join(", ")
    );
    Err(Failure::before(Code::PluginUnknown, message))
}

/// A guard in force, with all that people ask for.
struct Listed<'a> {
    info: &'a PluginInfo,
    rules: Vec<RuleInfo<'a>>,
    compiled: Option<CompileState>,
}

impl<'a> Listed<'a> {
    /// The detectors, and then the policy. Loads their code, to say where it comes from.
    fn all(policy: &'a Policy, engine: &Engine) -> Vec<Self> {
        let detectors = policy.detectors().iter().map(|detector| Self {
            info: detector.info(),
            rules: detector.rules().collect(),
            compiled: detector.compiled(engine),
        });
        let policy = Self {
            info: policy.info(),
            rules: Vec::new(),
            compiled: policy.compiled(engine),
        };
        detectors.chain([policy]).collect()
    }

    fn code(&self) -> String {
        match self.compiled {
            Some(CompileState::Cached) => "compiled, from the cache".to_owned(),
            Some(CompileState::Compiled(time)) => format!("compiled now in {} ms", time.as_millis()),
            None => "compiled before, and can't be loaded now".to_owned(),
        }
    }
}

/// `mode` is that of a guard which isn't in force.
fn show(listed: &Listed<'_>, mode: Option<Mode>, out: &mut dyn Write) -> io::Result<()> {
    let Listed { info, rules, .. } = listed;
    writeln!(out, "{}: {}", info.name, info.title)?;
    if let Some(mode) = mode {
        writeln!(out, "  {:9} not in force: its mode is `{mode}`", "state")?;
    }
    let limits = &info.limits;
    let lines = [
        ("kind", info.kind.to_string()),
        ("id", info.id.clone()),
        ("version", info.version.clone()),
        ("digest", format!("sha256:{}", info.digest)),
        ("size", format!("{} bytes", info.bytes)),
        (
            "WIT",
            format!(
                "built for {}, linked to {}@{}",
                info.built_for,
                info.kind.interface(),
                info.linked_to
            ),
        ),
        ("code", listed.code()),
        ("memory", format!("{} KiB at most", limits.memory / 1024)),
        (
            "deadline",
            format!(
                "{} ms a call, {} ms to start",
                limits.deadline.as_millis(),
                limits.start.as_millis()
            ),
        ),
        (
            "tables",
            format!(
                "{} at most; {} memories, {} core instances",
                limits.tables, limits.memories, limits.instances
            ),
        ),
    ];
    for (name, value) in lines {
        writeln!(out, "  {name:9} {value}")?;
    }
    if info.imports.is_empty() {
        writeln!(out, "  {:9} none: it can do nothing but answer", "imports")?;
    }
    for import in &info.imports {
        let word = match (import.authority, import.granted) {
            (false, _) => "types only",
            (true, true) => "granted",
            (true, false) => "not granted",
        };
        writeln!(out, "  {:9} {} ({word})", "import", import.name)?;
    }
    if rules.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {:9} {}", "rules", rules.len())?;
    let ids = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let categories = rules.iter().map(|rule| rule.category.len()).max().unwrap_or(0);
    rules.iter().try_for_each(|rule| {
        let severity = match rule.severity {
            Severity::P0 => "p0",
            Severity::P1 => "p1",
            Severity::P2 => "p2",
            Severity::P3 => "p3",
        };
        writeln!(
            out,
            "    {severity}  {:ids$}  {:categories$}  {}",
            rule.id, rule.category, rule.title
        )
    })
}
