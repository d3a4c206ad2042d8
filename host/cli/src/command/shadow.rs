//! `cofferdam shadow`: what candidates would have done beside the guards in force.

use std::io::Write;
use std::path::PathBuf;

use cofferdam_model::Code;
use cofferdam_model::config::{Mode, POLICY_CANDIDATE, Plugin, PluginName, Resolved, plain};
use cofferdam_model::record::{Day, Name, TaskId};
use cofferdam_model::shadow::{PlaceClass, ShadowPlace};
use cofferdam_runner::record::{RecordError, RunClock, RunSummary, find, safe_text};
use cofferdam_runner::session::clear_text;
use cofferdam_runner::shadow::{Query, ShadowFile, Verdict, label, labels, report};

use super::eval::Output;
use super::exec::base;
use super::replay::{ReplayArgs, replay};
use super::run::no_manifest;
use crate::authority::refuse_inside;
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{Checked, check_candidates, in_force, load_guards};
use crate::report::Verbosity;
use crate::report::shadow::{page, place, text};

/// The commands about candidates in shadow.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ShadowCommand {
    /// Load every candidate, which compiles it once, and say what is wrong with one that can't be
    #[command(after_help = "\
A session never waits for a candidate. One that isn't compiled yet is compiled beside the first sessions, and misses those that are
shorter than that takes; this command does it beforehand.

Exit codes: 0 all can be loaded; 1 one can't; 125 the guards in force can't.")]
    Check,
    /// Report what candidates would have done in the recorded runs
    Report(ReportArgs),
    /// Show one place where a candidate and the guard in force differ, or agree
    Show {
        /// The place, as the report names it: RUN:NUMBER
        id: String,
    },
    /// Say whether there is something in a place that must be taken out
    Label(LabelArgs),
    /// Run a candidate over a corpus, or over what a run kept
    Replay(ReplayArgs),
}

/// The arguments of `cofferdam shadow report`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  cofferdam shadow report                                  all runs that are recorded here
  cofferdam shadow report --plugin mine-next --since 2026-11-01
  cofferdam shadow report --html report.html               a page to show

Exit codes: 0 the report was made, whatever it says; 122 or 141 it could not be written; 125 refused, or a record can't be read.")]
pub(crate) struct ReportArgs {
    /// Runs of this task alone; may be given more than once
    #[arg(long, value_name = "ID")]
    task: Vec<String>,
    /// Runs from this day on, as 2026-11-21
    #[arg(long, value_name = "DAY")]
    since: Option<String>,
    /// This candidate alone; `policy.candidate` is the policy's
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,
    /// Write all figures to this file, which is made or emptied
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page for a browser to this file, which is made or emptied
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// Verify each record as a whole before it is taken into account
    #[arg(long)]
    verify: bool,
}

/// The arguments of `cofferdam shadow label`.
#[derive(Debug, clap::Args)]
pub(crate) struct LabelArgs {
    /// The place, as the report names it: RUN:NUMBER
    id: String,
    /// `true` where there is something that must be taken out, `false` where there isn't
    #[arg(action = clap::ArgAction::Set, value_name = "true|false")]
    verdict: bool,
    /// Who says so
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    why: String,
}

/// Runs the command, and answers the exit code.
pub(crate) fn run(
    command: &ShadowCommand,
    around: &Surroundings,
    verbosity: Verbosity,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let told = match command {
        ShadowCommand::Check => return check(around, out),
        ShadowCommand::Report(args) => reported(args, around, verbosity)?,
        ShadowCommand::Show { id } => show(id, around)?,
        ShadowCommand::Label(args) => labelled(args, around)?,
        ShadowCommand::Replay(args) => return replay(args, around, verbosity, out),
    };
    out.write_all(told.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(0)
}

fn check(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let checked = check_candidates(around, &in_force)?;
    let mut told = String::new();
    // What came into force is a candidate no longer, or not in all runs, and whoever looks for it here must not miss
    // it.
    let arrived = in_force
        .resolved
        .plugins
        .iter()
        .filter_map(|(name, plugin)| arrived(name, plugin, in_force.promoted.contains(name)));
    told.extend(arrived);
    if checked.is_empty() && !told.is_empty() {
        told.push_str("No other candidate is on trial.\n");
    } else if checked.is_empty() {
        told.push_str("No candidate is on trial. Set `mode = \"shadow\"` on a plugin; see docs/shadow.md.\n");
    }
    let mut whole = true;
    for Checked {
        name, outcome, same, ..
    } in checked
    {
        match outcome {
            Ok(own) => {
                let digest = own.digest.short();
                told.push_str(&format!("{name}: {} (sha256:{digest}) can be loaded\n", own.version));
            }
            Err(failure) => {
                whole = false;
                told.push_str(&format!("{name}: refused, and what is in force goes on without it\n"));
                crate::say(&failure.to_string());
            }
        }
        if same {
            told.push_str("  It is the component that is in force, with the same settings: nothing can differ.\n");
        }
    }
    out.write_all(told.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(u8::from(!whole))
}

/// What is said of a version that came into force in another's place, by a promotion or by the configuration alone.
fn arrived(name: &PluginName, plugin: &Plugin, promoted: bool) -> Option<String> {
    let of = plugin.of.value.as_ref();
    let place = of.map_or_else(String::new, |of| format!(" in the place of {of}"));
    match (plugin.mode.value, promoted) {
        (Mode::Limited, true) => Some(format!(
            "{name}: promoted, and in force in some runs{place}; on trial in the others\n"
        )),
        (Mode::Enforce, true) => Some(format!("{name}: promoted, and in force{place}\n")),
        (Mode::Enforce, false) if of.is_some() => Some(format!(
            "{name}: in force{place} because the configuration says so; no gate let it through\n"
        )),
        (Mode::Limited | Mode::Enforce, false) | (Mode::Shadow | Mode::Off, _) => None,
    }
}

/// Refuses a candidate that nobody knows: neither the configuration nor any record.
fn known(name: &Name, base: &std::path::Path, query: &Query<'_>, resolved: &Resolved) -> Result<(), Failure> {
    let is_configured = |own: &Name| {
        own.as_str() == POLICY_CANDIDATE || resolved.plugins.keys().any(|plugin| plugin.as_str() == own.as_str())
    };
    if is_configured(name) {
        return Ok(());
    }
    let all = Query {
        plugin: None,
        ..query.clone()
    };
    let made = RunClock::start().now().time;
    let found = report(base, &all, env!("CARGO_PKG_VERSION"), made).map_err(failed)?;
    if found.candidates.iter().any(|candidate| candidate.name == *name) {
        return Ok(());
    }
    let mut names: Vec<String> = found
        .candidates
        .iter()
        .map(|candidate| candidate.name.to_string())
        .collect();
    names.extend(resolved.on_trial().map(|(name, _)| name.to_string()));
    names.extend(resolved.policy_on_trial().map(|choice| choice.key.to_owned()));
    names.sort();
    names.dedup();
    let names = if names.is_empty() {
        "no candidate is on trial here, nor in these runs".to_owned()
    } else {
        format!("there are {}", names.join(", "))
    };
    let message = format!("--plugin: no candidate is called `{}`; {names}", plain(name.as_str()));
    Err(Failure::before(Code::PluginUnknown, message))
}

fn reported(args: &ReportArgs, around: &Surroundings, verbosity: Verbosity) -> Result<String, Failure> {
    let usage =
        |option: &str, message: &dyn std::fmt::Display| Failure::before(Code::Usage, format!("{option}: {message}"));
    let tasks: Result<Vec<TaskId>, _> = args.task.iter().map(|task| task.parse()).collect();
    let since: Option<Result<Day, _>> = args.since.as_ref().map(|since| since.parse());
    let plugin: Option<Result<Name, _>> = args.plugin.as_ref().map(|plugin| plugin.parse());
    let state = around.places.state();
    let query = Query {
        tasks: tasks.map_err(|error| usage("--task", &error))?,
        since: since.transpose().map_err(|error| usage("--since", &error))?,
        version: None,
        plugin: plugin.transpose().map_err(|error| usage("--plugin", &error))?,
        verify: match args.verify {
            true => Some(state.map_err(|error| Failure::before(Code::RecordRead, error))?),
            false => None,
        },
        anchored: false,
    };
    let in_force = in_force(around)?;
    let base = base(&in_force.resolved, around);
    // Before a file of an earlier report is emptied.
    if let Some(name) = &query.plugin {
        known(name, &base, &query, &in_force.resolved)?;
    }
    let outputs = [("--json", &args.json), ("--html", &args.html)];
    let [json, html] = outputs.map(|(option, path)| path.as_ref().map(|path| Output::create(option, path)).transpose());
    let (json, html) = (json?, html?);
    let made = RunClock::start().now().time;
    let told = report(&base, &query, env!("CARGO_PKG_VERSION"), made).map_err(failed)?;
    if let Some(json) = json {
        let mut text = serde_json::to_string_pretty(&told).expect("a report is made of text and numbers");
        text.push('\n');
        json.write(&text)?;
    }
    if let Some(html) = html {
        html.write(&page(&told))?;
    }
    Ok(text(&told, verbosity == Verbosity::Verbose))
}

fn failed(error: RecordError) -> Failure {
    Failure::before(error.code(), error)
}

/// A place that a person named, with its run and the digest of its line.
struct Named {
    run: RunSummary,
    place: ShadowPlace,
    line: cofferdam_model::record::Digest,
}

fn named(id: &str, base: &std::path::Path) -> Result<Named, Failure> {
    let unknown = |message: &str| Failure::before(Code::ShadowPlace, message);
    let (run, number) = id
        .split_once(':')
        .and_then(|(run, number)| Some((run, number.parse::<u32>().ok()?)))
        .ok_or_else(|| unknown("a place is named RUN:NUMBER; `cofferdam shadow report` lists them"))?;
    let run = find(base, run).map_err(failed)?;
    let manifest = run.manifest.as_ref().ok_or_else(|| unknown(&no_manifest(&run)))?;
    let file = match ShadowFile::read(&run.folder, manifest).map_err(failed)? {
        Ok(Some(file)) => file,
        Ok(None) => return Err(unknown("no candidate was on trial in this run")),
        Err(why) => {
            let why = crate::report::shadow::skipped(why);
            return Err(unknown(&format!("the run can't be taken into account: {why}")));
        }
    };
    let found = file.places.into_iter().find(|(place, _)| place.place == number);
    let (place, line) =
        found.ok_or_else(|| unknown("the run has no place of this number; `cofferdam shadow report` lists them"))?;
    Ok(Named { run, place, line })
}

fn show(id: &str, around: &Surroundings) -> Result<String, Failure> {
    let base = base(&in_force(around)?.resolved, around);
    let Named {
        run,
        place: found,
        line,
    } = named(id, &base)?;
    let labels = labels(&base, &run.task).map_err(failed)?;
    let label = labels.get(&(run.run, found.place)).filter(|label| label.line == line);
    let id = format!("{}:{}", run.run, found.place);
    Ok(place(&id, run.task.as_str(), &found, label))
}

fn labelled(args: &LabelArgs, around: &Surroundings) -> Result<String, Failure> {
    // Labels open the gate, so that a session's command is not to write any.
    refuse_inside("shadow label")?;
    let in_force = in_force(around)?;
    let base = base(&in_force.resolved, around);
    let Named { run, place, line } = named(&args.id, &base)?;
    if matches!(place.class, PlaceClass::Error | PlaceClass::Timeout) && place.incumbent.is_none() {
        let message =
            "the candidate failed in this place and nothing else was found in it, so there is nothing to judge";
        return Err(Failure::before(Code::ShadowPlace, message));
    }
    // What a reviewer writes may quote what they saw elsewhere.
    let loaded = load_guards(around, &in_force, true)?;
    let clear = |text: &str| safe_text(clear_text(&loaded.guards, text.into()));
    let (by, why) = (clear(&args.by), clear(&args.why));
    if by.as_str().trim().is_empty() || why.as_str().trim().is_empty() {
        return Err(Failure::before(Code::Usage, "--by and --why must say something"));
    }
    let told = Verdict {
        run: run.run,
        place: place.place,
        line,
        verdict: args.verdict,
        by,
        why,
    };
    let entry = label(&base, &run.task, told).map_err(failed)?;
    let mut answer = format!(
        "{}:{} is labelled {} by {}\n",
        run.run, place.place, args.verdict, entry.by
    );
    let people = &in_force.resolved.people;
    if !people.keys().any(|name| name.as_str() == entry.by.as_str()) {
        answer.push_str(
            "The report counts it, and the gate doesn't: nobody among `people` in the configuration has this name.\n",
        );
    }
    Ok(answer)
}
