//! What is recorded of one run, as a person reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cofferdam_model::config::plain_path;
use cofferdam_model::record::{
    Action, Channel, Decision, Entry, Event, FailureAction, GuestFailed, Manifest, Mode, Name, Origin, Outcome,
    OverrideInForce, PluginKind, PolicyApproval, Severity, Whose,
};
use cofferdam_model::shadow::{Candidate, CandidateState, Effect, ShadowBegun, ShadowCoverage};
use cofferdam_runner::record::RunSummary;

use super::overlaps::Overlaps;
use super::shadow::failure;
use super::table::Table;
use super::words::{bytes, count, of, severity};
use crate::hint;

/// What a run's log tells beyond its manifest.
#[derive(Default)]
pub(crate) struct Heard {
    rules: BTreeMap<(Name, Name), Found>,
    failures: Vec<(GuestFailed, u64)>,
    overrides: BTreeMap<String, OverrideInForce>,
    overlaps: Overlaps,
}

/// The decisions of one rule.
struct Found {
    category: Name,
    grades: BTreeMap<Severity, u64>,
    actions: BTreeMap<Done, u64>,
    late: u64,
    overridden: u64,
    /// Those that were let through, of whose bytes another finding took out some.
    inside: u64,
    reason: String,
}

/// What is said of a finding that was let through, of whose bytes another one took out some.
const OVERLAPPED: &str = "overlapped";

/// What was done, and whether it was done because a guard failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Done {
    action: Action,
    failed: bool,
}

/// What the run's `shadow.jsonl` says, or why nothing is known of it.
pub(crate) type OnTrial = Result<Option<(ShadowBegun, Vec<ShadowCoverage>)>, &'static str>;

impl Heard {
    /// Takes the next entry of the log into account.
    pub(crate) fn entry(&mut self, entry: &Entry) {
        match &entry.event {
            Event::GuardDecision(decision) => self.decided(decision),
            Event::GuestFailed(failed) => match self.failures.iter_mut().find(|(known, _)| known == failed) {
                Some((_, number)) => *number += 1,
                None => self.failures.push((failed.clone(), 1)),
            },
            Event::OverridesChanged(changed) => {
                for granted in &changed.in_force {
                    self.overrides.insert(granted.id.to_string(), granted.clone());
                }
            }
            Event::RunStarted(_)
            | Event::ProcessStarted { .. }
            | Event::Output { .. }
            | Event::GuardMark(_)
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::RecordCut { .. }
            | Event::LeftoverEnded { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        }
    }

    fn decided(&mut self, decision: &Decision) {
        let key = (decision.plugin.clone(), decision.rule.clone());
        let found = self.rules.entry(key).or_insert_with(|| Found {
            category: decision.category.clone(),
            grades: BTreeMap::new(),
            actions: BTreeMap::new(),
            late: 0,
            overridden: 0,
            inside: 0,
            reason: String::new(),
        });
        *found.grades.entry(decision.severity).or_default() += 1;
        let done = Done {
            action: decision.action,
            failed: decision.origin == Origin::Failure,
        };
        *found.actions.entry(done).or_default() += 1;
        found.late += decision.late_bytes;
        found.overridden += u64::from(decision.overridden.is_some());
        if decision.action == Action::Block {
            found.reason = decision.reason.to_string();
        }
        for rule in self.overlaps.next(decision) {
            if let Some(found) = self.rules.get_mut(&rule) {
                found.inside += 1;
            }
        }
    }
}

/// The summary. `heard` is what could be read of the log; `broken` says why no more could.
pub(crate) fn text(
    run: &RunSummary,
    manifest: &Manifest,
    heard: &Heard,
    broken: Option<&str>,
    trial: &OnTrial,
) -> String {
    let mut told = String::new();
    head(run, manifest, &mut told);
    guards(manifest, &mut told);
    decided(manifest, heard, broken, &mut told);
    failed(manifest, heard, &mut told);
    on_trial(trial, &mut told);
    record(run, manifest, &mut told);
    told
}

/// Names and reasons come from a file that anybody may have written: what could steer a terminal is escaped.
fn line(told: &mut String, text: &str) {
    let (space, text) = match text.strip_prefix('\n') {
        Some(text) => ("\n", text),
        None => ("", text),
    };
    writeln!(told, "{space}{}", plain_path(Path::new(text))).expect("a string takes all");
}

fn row(told: &mut String, name: &str, value: &str) {
    line(told, &format!("  {name:9}  {value}"));
}

fn head(run: &RunSummary, manifest: &Manifest, told: &mut String) {
    let started = &manifest.run;
    line(
        told,
        &format!("Run {} of task {}: {}", run.run, run.task, state(run, manifest)),
    );
    row(told, "command", started.command.as_str());
    row(told, "folder", started.cwd.as_str());
    row(
        told,
        "began",
        &format!("{}, and took {}", manifest.started, lasting(manifest.duration_ms)),
    );
    if let Some(code) = manifest.exit_code() {
        row(told, "exit code", &format!("{code}, {}", whose(manifest)));
    }
    if let Some(failed) = &manifest.failed {
        row(told, "error", &format!("{}: {}", failed.code, failed.message));
    }
    let how = match started.mode {
        Mode::Pty => "in a terminal of its own",
        Mode::Pipe => "in pipes",
    };
    row(
        told,
        "guarded",
        &format!("{how}, by Cofferdam {}", started.host_version),
    );
    if let Some(completed) = &manifest.completed {
        let totals: Vec<String> = completed
            .totals
            .iter()
            .map(|(channel, total)| format!("{} of {}", bytes(total.raw), channel))
            .collect();
        if !totals.is_empty() {
            row(told, "output", &totals.join(", "));
        }
    }
}

/// What became of the run, in one word or two.
pub(crate) fn state(run: &RunSummary, manifest: &Manifest) -> &'static str {
    if manifest.status.is_terminal() {
        return match manifest.outcome() {
            Some(Outcome::Completed) => "completed",
            Some(Outcome::Blocked) => "blocked",
            Some(Outcome::Killed) => "killed",
            Some(Outcome::Failed) | None => "failed",
        };
    }
    if run.live { "running" } else { "cut off" }
}

fn whose(manifest: &Manifest) -> String {
    let whose = manifest.completed.as_ref().map(|completed| completed.whose);
    let whose = whose.or_else(|| manifest.failed.as_ref().map(|failed| failed.whose));
    match (whose, manifest.exited.and_then(|exited| exited.signal)) {
        (Some(Whose::Child), Some(signal)) => format!("since signal {signal} ended the command"),
        (Some(Whose::Child), None) | (None, _) => "the command's own".to_owned(),
        (Some(Whose::Guard), _) => "given by the guard".to_owned(),
        (Some(Whose::Host), _) => "given by the host".to_owned(),
        (Some(Whose::Shell), _) => "as shells give it".to_owned(),
    }
}

fn lasting(millis: u64) -> String {
    match millis {
        0..10_000 => format!("{} ms", count(millis)),
        10_000..600_000 => format!("{} s", millis / 1000),
        600_000.. => format!("{} min", count(millis / 60_000)),
    }
}

fn guards(manifest: &Manifest, told: &mut String) {
    line(told, "\n  GUARDS IN FORCE");
    let mut table = Table::new(&["NAME", "KIND", "VERSION", "DIGEST"], &[1, 2, 3]);
    for plugin in &manifest.run.plugins {
        let kind = match plugin.kind {
            PluginKind::Detector => "detector",
            PluginKind::GuardPolicy => "policy",
        };
        table.row([
            plugin.name.to_string(),
            kind.to_owned(),
            plugin.version.to_string(),
            format!("sha256:{}", plugin.digest.short()),
        ]);
    }
    table.write(true, told);
    let approval = match &manifest.run.policy_approval {
        Some(PolicyApproval::BuiltIn) => "the policy is the binary's own, or stricter".to_owned(),
        Some(PolicyApproval::Person { by, at, custody, .. }) => {
            format!("the policy was approved by {by} at {at} ({custody})")
        }
        Some(PolicyApproval::Trying) => "NOBODY APPROVED THE POLICY: this host is for trying".to_owned(),
        None => "the record is from before policies were approved".to_owned(),
    };
    line(told, &format!("  {approval}"));
    line(
        told,
        &format!(
            "  policy with settings and floors: sha256:{}",
            manifest.run.policy_digest
        ),
    );
    for name in &manifest.run.unpromoted {
        line(
            told,
            &format!(
                "  NOT PROMOTED: {name} is in force because the configuration says so, and no gate let it through"
            ),
        );
    }
}

fn decided(manifest: &Manifest, heard: &Heard, broken: Option<&str>, told: &mut String) {
    let is_out = |found: &Found| found.actions.keys().any(|done| done.action != Action::Allow);
    let kinds = [
        (
            "TAKEN OUT",
            heard
                .rules
                .iter()
                .filter(|(_, found)| is_out(found))
                .collect::<Vec<_>>(),
        ),
        (
            "FOUND AND LET THROUGH",
            heard.rules.iter().filter(|(_, found)| !is_out(found)).collect(),
        ),
    ];
    for (title, mut rules) in kinds {
        if rules.is_empty() {
            continue;
        }
        rules.sort_by_key(|(_, found)| found.grades.keys().next().copied());
        line(told, &format!("\n  {title}"));
        let heads = ["RULE", "CATEGORY", "GRADE", "ACTION", "COUNT", "OUT TOO SOON"];
        // What is let through is out anyway.
        let heads = if rules.iter().any(|(_, found)| is_out(found)) {
            &heads[..]
        } else {
            &heads[..5]
        };
        let mut table = Table::new(heads, &[1, 2, 3]);
        for ((plugin, rule), found) in rules {
            let grades: Vec<&str> = found.grades.keys().map(|grade| severity(*grade)).collect();
            let mut actions: Vec<String> = found.actions.keys().map(|done| done.as_str().to_owned()).collect();
            let number: u64 = found.actions.values().sum();
            if found.inside > 0 && found.inside == number {
                actions = vec![OVERLAPPED.to_owned()];
            } else if found.inside > 0 {
                actions.push(format!("{} {OVERLAPPED}", count(found.inside)));
            }
            let cells = [
                format!("{plugin}/{rule}"),
                found.category.to_string(),
                grades.join(", "),
                actions.join(", "),
                count(number),
                if found.late == 0 {
                    "–".to_owned()
                } else {
                    bytes(found.late)
                },
            ];
            table.row(cells.into_iter().take(heads.len()));
        }
        table.write(true, told);
    }
    if heard.rules.values().any(|found| found.inside > 0) {
        line(told, &format!("  {OVERLAPPED}: another finding took out bytes of it"));
    }
    for ((plugin, rule), found) in &heard.rules {
        if !found.reason.is_empty() {
            line(told, &format!("  {plugin}/{rule} ended the session: {}", found.reason));
        }
        if found.overridden > 0 {
            let number = of(found.overridden, "decision");
            line(told, &format!("  of {plugin}/{rule}, an override changed {number}"));
        }
    }
    for granted in heard.overrides.values() {
        line(
            told,
            &format!(
                "  override: {} let {}/{} through until {}: {}",
                granted.by, granted.plugin, granted.rule, granted.until, granted.why
            ),
        );
    }
    match broken {
        Some(why) => {
            let number = of(manifest.tally.decisions, "decision");
            line(
                told,
                &format!("\n  THE LOG CAN'T BE READ TO ITS END: {why}; the manifest tells of {number}"),
            );
        }
        None if heard.rules.is_empty() => line(told, "\n  Nothing was found in what it wrote."),
        None => {}
    }
    if manifest.tally.masked_bytes > 0 {
        let masked = bytes(manifest.tally.masked_bytes);
        line(
            told,
            &format!("  {masked} masked at pauses, which nobody could judge yet"),
        );
    }
}

impl Done {
    fn as_str(self) -> &'static str {
        match self.action {
            Action::Allow => "let through",
            Action::Redact | Action::RedactMask if self.failed => "withheld",
            Action::Redact => "redacted",
            Action::RedactMask => "masked",
            Action::WithholdLine => "line withheld",
            Action::Block => "blocked",
        }
    }
}

fn failed(manifest: &Manifest, heard: &Heard, told: &mut String) {
    let left = manifest.tally.leftovers;
    if heard.failures.is_empty() && manifest.cut.is_none() && left == 0 {
        return;
    }
    line(told, "\n  WHAT WENT WRONG");
    for (failure_of, number) in &heard.failures {
        let action = match failure_of.action {
            FailureAction::Pass => "let through",
            FailureAction::Withhold => "withheld",
            FailureAction::Block => "blocked",
        };
        let rule = failure_of
            .rule
            .as_ref()
            .map_or_else(String::new, |rule| format!(" on {rule}"));
        line(
            told,
            &format!(
                "  {} failed {}{rule}: {}; {action}",
                failure_of.plugin,
                of(*number, "time"),
                failure(failure_of.kind)
            ),
        );
    }
    if manifest.cut.is_some() {
        line(told, "  the record is cut: what followed was shown and not recorded");
    }
    if left > 0 {
        let left = if left == 1 {
            "1 process".to_owned()
        } else {
            format!("{} processes", count(left))
        };
        line(told, &format!("  {left} that the command left behind had to be ended"));
    }
}

fn on_trial(trial: &OnTrial, told: &mut String) {
    let (begun, coverage) = match trial {
        Ok(None) => return,
        Ok(Some(found)) => found,
        Err(why) => {
            return line(
                told,
                &format!("\n  CANDIDATES IN SHADOW: nothing can be told of them: {why}"),
            );
        }
    };
    line(told, "\n  CANDIDATES IN SHADOW");
    for candidate in &begun.candidates {
        line(told, &format!("  {}", stood(candidate, coverage)));
    }
    let report = hint::command(&format!("shadow report --task {}", begun.task));
    line(told, &format!("  `{report}` tells of all runs"));
}

fn stood(candidate: &Candidate, coverage: &[ShadowCoverage]) -> String {
    let name = &candidate.name;
    let own = coverage.iter().find(|own| own.candidate.as_ref() == Some(name));
    match (candidate.state, own) {
        (CandidateState::Refused { code }, _) => format!("{name} could not be loaded ({code})"),
        (CandidateState::Late, _) | (CandidateState::Ran, None) => {
            format!("{name} was not loaded in time, and saw nothing")
        }
        (CandidateState::Ran, Some(own)) => {
            let version = candidate
                .version
                .as_ref()
                .map_or_else(String::new, |version| format!(" {version}"));
            let effect = |effect| own.effects.get(&effect).copied().unwrap_or(0);
            let seen = if own.is_whole() { "all of it" } else { "a part of it" };
            format!(
                "{name}{version} saw {seen}: {} looser, {} stricter, {} the same",
                count(effect(Effect::Looser)),
                count(effect(Effect::Stricter)),
                count(effect(Effect::Same))
            )
        }
    }
}

fn record(run: &RunSummary, manifest: &Manifest, told: &mut String) {
    line(told, "\n  RECORD");
    line(told, &format!("  {}", plain_path(&run.folder)));
    let kept: Vec<String> = manifest
        .channels
        .iter()
        .filter(|(channel, _)| **channel != Channel::Meta)
        .map(|(channel, state)| {
            format!(
                "{} of {channel}",
                bytes(state.recorded - state.dropped_bytes.min(state.recorded))
            )
        })
        .collect();
    let kept = if kept.is_empty() {
        "no output".to_owned()
    } else {
        kept.join(", ")
    };
    line(told, &format!("  {}, {kept}", of(manifest.events, "event")));
    let (output, verify, json) = (
        hint::command(&format!("run output {}", run.run)),
        hint::command(&format!("run verify {}", run.run)),
        hint::command(&format!("run show {} --json", run.run)),
    );
    line(told, &format!("  `{output}` writes what is kept of it"));
    line(told, &format!("  `{verify}` says whether anybody changed it"));
    line(told, &format!("  `{json}` gives the manifest"));
}
