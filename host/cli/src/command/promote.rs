//! `cofferdam promote`, `demote` and `sample`: a candidate's way into force, and back.

use std::io::{self, Write};
use std::sync::Arc;

use cofferdam_model::Code;
use cofferdam_model::authority::{
    Act, ConditionState, Draw, GateReport, Phase, Promotion, PromotionSchema, Role, Warrant,
};
use cofferdam_model::config::{Mode, plain};
use cofferdam_model::record::{Digest, RolloutMoved, SafeText, TaskEvent, TaskId};
use cofferdam_runner::authority::{Acts, digest_of_path};
use cofferdam_runner::record::{RecordError, random_digest, read_task, record_in_task};
use cofferdam_runner::session::Guards;

use super::exec::base;
use crate::authority::{Desk, Purpose, reason, refuse_inside, state};
use crate::config::Surroundings;
use crate::config::rollouts::{covers, locked_phase, record_name};
use crate::failure::Failure;
use crate::guards::{InForce, in_force, on_trial, only, start_engine};
use crate::hint;
use crate::rollout::{Pair, Step, collect, findings, results, step};

/// The arguments of `cofferdam promote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The gate is policy.gate in the configuration. What is missing is listed with the command that would get it. Sessions that
start after a promotion are guarded by the candidate; those that run keep what they began with.

Examples:
  cofferdam promote mine-next@2.0.0 --to limited --check
  cofferdam promote mine-next@2.0.0 --to enforce --by ann --why 'no P0 looser in three weeks'

Exit codes: 0 promoted, or the gate holds; 1 the gate does not hold, and everything is as it was; 125 refused.")]
pub(crate) struct PromoteArgs {
    /// The candidate and its version, as its component says it
    #[arg(value_name = "PLUGIN@VERSION")]
    plugin: String,
    /// How far it goes
    #[arg(long, value_name = "PHASE", value_parser = ["limited", "enforce"])]
    to: String,
    /// The task that the roll-out belongs to: its approvals are read, and its log tells of the promotion
    #[arg(long, value_name = "ID", default_value = "default")]
    task: String,
    /// Ask the gate, and change nothing
    #[arg(long)]
    check: bool,
    /// Write the gate's answer to standard output as JSON
    #[arg(long)]
    json: bool,
    /// Who promotes it: a person of the configuration
    #[arg(long, value_name = "WHO", required_unless_present = "check")]
    by: Option<String>,
    /// Why, in a line
    #[arg(long, value_name = "TEXT", required_unless_present = "check")]
    why: Option<String>,
}

/// The arguments of `cofferdam demote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It takes effect with the next session, asks for nobody's signature, and has no gate. What was in force before is in force again.")]
pub(crate) struct DemoteArgs {
    /// The candidate
    plugin: String,
    /// How far back it goes
    #[arg(long, value_name = "PHASE", value_parser = ["shadow", "limited"], default_value = "shadow")]
    to: String,
    /// The task that the roll-out belongs to
    #[arg(long, value_name = "ID", default_value = "default")]
    task: String,
    /// Who takes it back
    #[arg(long, value_name = "WHO", default_value = "unnamed")]
    by: String,
    /// Why, in a line
    #[arg(long, value_name = "TEXT", default_value = "no reason was given")]
    why: String,
}

/// The arguments of `cofferdam sample`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The seed comes from the kernel and is recorded; every draw counts, so that nobody can draw until they like what they see.
Each line is a place for `cofferdam shadow show` and `cofferdam shadow label`.")]
pub(crate) struct SampleArgs {
    /// The candidate
    plugin: String,
    /// The task that the roll-out belongs to
    #[arg(long, value_name = "ID", default_value = "default")]
    task: String,
    /// How many findings are drawn
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    count: u32,
}

/// Runs `cofferdam promote`, and answers its exit code.
pub(crate) fn promote(args: &PromoteArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    if !args.check {
        refuse_inside("promote")?;
    }
    let (task, to) = (
        task(&args.task)?,
        if args.to == "limited" {
            Phase::Limited
        } else {
            Phase::Enforce
        },
    );
    let Some((name, version)) = args.plugin.split_once('@') else {
        return Err(Failure::before(
            Code::Usage,
            "name the candidate with its version: PLUGIN@VERSION",
        ));
    };
    let in_force = in_force(around)?;
    let pair = Pair::of(around, &in_force, name)?;
    if pair.phase >= to {
        let message = format!("`{}` is in phase `{}` already", pair.name, pair.phase);
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let plugin = &pair.plugin;
    // Who only asks is told of this beside all else that is missing.
    if !args.check && !pair.chooses(to) {
        let message = format!(
            "`limited` would choose no run; set plugins.{0}.share or plugins.{0}.tasks",
            pair.name
        );
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let guards = alone(around, &in_force, &pair)?;
    let loaded = guards.plugins().into_iter().next();
    // The file was read twice: what is judged must be what is named.
    if loaded
        .as_ref()
        .is_some_and(|plugin| plugin.digest != pair.candidate.digest)
    {
        let message = format!("the component of `{}` was changed just now; start again", pair.name);
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let found = loaded.map(|plugin| plugin.version.to_string());
    if found.as_deref() != Some(version) {
        let found = found.unwrap_or_default();
        let message = format!(
            "`{}` is version {} here, and you name {}; look at what is there",
            pair.name,
            plain(&found),
            plain(version)
        );
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let gathered = collect(around, &in_force, &pair, Arc::clone(&guards), (&task, to))?;
    let report = &gathered.report;
    let written = if args.json {
        serde_json::to_string_pretty(report)
            .map_err(io::Error::from)
            .and_then(|text| writeln!(out, "{text}"))
    } else {
        table(report, out)
    };
    written.map_err(|error| Failure::output(&error))?;
    if !report.holds() {
        return Err(Failure::new(
            Code::GateClosed,
            1,
            format!(
                "`{}` is not promoted, and everything is as it was: the gate does not hold",
                pair.name
            ),
        ));
    }
    let (Some(by), Some(why)) = (&args.by, &args.why) else {
        return Ok(0);
    };
    let why = reason(&guards, why)?;
    let purpose = Purpose {
        role: Role::Approve,
        command: "promote",
    };
    let mut desk = Desk::open(around, &in_force.resolved, by, purpose)?;
    let signed = desk.sign(Promotion {
        schema: PromotionSchema::V1,
        incumbent: pair.incumbent.clone(),
        candidate: pair.candidate.clone(),
        of: record_name(&pair.base),
        to,
        evidence: report.digest(),
        by: desk.name().clone(),
        key: desk.signer().public(),
        custody: desk.signer().custody(),
        at: desk.at(),
        why: why.clone(),
    })?;
    let warrant = Warrant {
        promotion: signed,
        evidence: gathered.report,
        approvals: gathered.approvals,
    };
    // An approval may have ended while the corpus was run: what is recorded must be what each start believes.
    covers(&warrant, &in_force.resolved, (plugin, &pair.candidate, &pair.base), to)
        .map_err(|flaw| Failure::before(Code::RolloutRefused, format!("{flaw}; ask the gate again")))?;
    let folder = base(&in_force.resolved, around);
    let since = gathered
        .rollouts
        .rollouts
        .get(&pair.candidate.name)
        .and_then(|rollout| rollout.since);
    let moved = RolloutMoved {
        candidate: pair.candidate.clone(),
        incumbent: pair.incumbent.clone(),
        from: pair.phase,
        to,
        began: since.or(gathered.first),
        results: results(&folder, pair.phase, &pair.candidate, since, gathered.shadow.as_ref())?,
        evidence: Some(warrant.evidence.clone()),
        by: SafeText::vouched(desk.name().to_string()),
        promotion: Some(warrant.promotion.clone()),
        why,
    };
    let custody = desk.signer().custody();
    // First its record: where the lock can't be changed then, that is recorded as well.
    let (undone, reason) = (pair.phase, "the lock could not be changed, so that nothing was moved");
    let back = RolloutMoved {
        from: to,
        to: undone,
        evidence: None,
        promotion: None,
        by: SafeText::constant("the host"),
        why: SafeText::constant(reason),
        ..moved.clone()
    };
    record(&folder, &task, TaskEvent::RolloutMoved(Box::new(moved)))?;
    if let Err(failure) = take(around, &in_force, &pair, to, Some(&warrant)) {
        record(&folder, &task, TaskEvent::RolloutMoved(Box::new(back)))?;
        return Err(failure);
    }
    writeln!(
        out,
        "\n{} promotes `{}` to `{to}` ({custody}). Sessions that start from now on are guarded so.",
        desk.name(),
        pair.name
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

/// Runs `cofferdam demote`, and answers its exit code.
pub(crate) fn demote(args: &DemoteArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    refuse_inside("demote")?;
    let (task, to) = (
        task(&args.task)?,
        if args.to == "limited" {
            Phase::Limited
        } else {
            Phase::Shadow
        },
    );
    let in_force = in_force(around)?;
    let resolved = &in_force.resolved;
    let pair = Pair::of(around, &in_force, &args.plugin)?;
    // What the lock says and nobody believes just now may be believed again once its reason is mended.
    let locked = locked_phase(&pair.name, &pair.plugin).unwrap_or(pair.phase);
    if pair.phase.max(locked) <= to {
        let message = format!("`{}` is in phase `{}` already", pair.name, pair.phase);
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    if resolved.plugins[&pair.base].mode.value != Mode::Enforce {
        let message = format!(
            "nothing would be in force in its place: set plugins.{}.mode = \"enforce\" first",
            pair.base
        );
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let text = |text: &str, option: &str| {
        let fits = !text.trim().is_empty() && text.chars().count() <= 400 && !text.chars().any(char::is_control);
        fits.then(|| SafeText::vouched(text.to_owned())).ok_or_else(|| {
            Failure::before(
                Code::Usage,
                format!("{option}: give one line of at most 400 characters"),
            )
        })
    };
    let by = text(&args.by, "--by")?;
    // Who goes back in a hurry isn't made to wait for guards that may be what is wrong; a reason is cleared where
    // that can be done.
    let why = match alone(around, &in_force, &pair) {
        Ok(guards) => reason(&guards, &args.why)?,
        Err(_) => SafeText::constant("the reason was not recorded, since the guards can't be loaded"),
    };
    // First what matters: the record of it comes after.
    take(around, &in_force, &pair, to, None)?;
    let folder = base(resolved, around);
    let since = read_task(&folder, &task)
        .ok()
        .and_then(|(rollouts, _)| rollouts.rollouts.get(&pair.candidate.name)?.since);
    let moved = RolloutMoved {
        candidate: pair.candidate.clone(),
        incumbent: pair.incumbent.clone(),
        from: pair.phase,
        to,
        began: since,
        results: results(&folder, pair.phase, &pair.candidate, since, None)?,
        evidence: None,
        promotion: None,
        by,
        why,
    };
    record(&folder, &task, TaskEvent::RolloutMoved(Box::new(moved)))?;
    writeln!(
        out,
        "`{}` is in phase `{to}` again. Sessions that start from now on are guarded so.",
        pair.name
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

/// Runs `cofferdam sample`, and answers its exit code.
pub(crate) fn sample(args: &SampleArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    refuse_inside("sample")?;
    let task = task(&args.task)?;
    let in_force = in_force(around)?;
    let pair = Pair::of(around, &in_force, &args.plugin)?;
    let findings = findings(around, &in_force, &pair)?;
    if findings.places.is_empty() {
        let message = format!(
            "no run has a finding of `{}` in this version against what is in force",
            pair.name
        );
        return Err(Failure::before(Code::RolloutRefused, message));
    }
    let seed: Digest = random_digest().map_err(told)?;
    let drawn = findings.drawn(Draw {
        candidate: pair.candidate.clone(),
        incumbent: pair.incumbent.clone(),
        seed,
        heads: findings.heads,
        count: args.count,
    });
    let folder = base(&in_force.resolved, around);
    let act = Act::Drawn {
        draw: Box::new(drawn.draw.clone()),
        base: digest_of_path(&folder),
        sample: drawn.named(),
    };
    // Before anybody sees what was drawn: from here on it counts.
    Acts::add(&state(around)?, act).map_err(|error| Failure::before(error.code(), error))?;
    record(&folder, &task, TaskEvent::SampleDrawn(Box::new(drawn.clone())))?;
    crate::say(&format!(
        "cofferdam: drew {} of {} findings with the seed {seed}",
        drawn.places.len(),
        drawn.of
    ));
    drawn
        .places
        .iter()
        .try_for_each(|place| writeln!(out, "{}:{}", place.run, place.place))
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}

/// The candidate alone, on trial.
fn alone(around: &Surroundings, in_force: &InForce, pair: &Pair) -> Result<Arc<Guards>, Failure> {
    let mut warnings = Vec::new();
    let engine = start_engine(around, true, &mut warnings)?;
    warnings.iter().for_each(|warning| crate::say(warning));
    on_trial(&engine, &only(around, in_force, &[pair.name.as_str().to_owned()])?)
}

fn take(
    around: &Surroundings,
    in_force: &InForce,
    pair: &Pair,
    to: Phase,
    warrant: Option<&Warrant>,
) -> Result<(), Failure> {
    step(&Step {
        resolved: &in_force.resolved,
        state: &state(around)?,
        name: &pair.name,
        candidate: &pair.candidate,
        incumbent: &pair.incumbent,
        to,
        warrant,
    })
    .map(|_| ())
}

fn record(folder: &std::path::Path, task: &TaskId, event: TaskEvent) -> Result<(), Failure> {
    record_in_task(folder, task, event).map_err(told)
}

fn told(error: RecordError) -> Failure {
    Failure::before(error.code(), error)
}

pub(super) fn task(text: &str) -> Result<TaskId, Failure> {
    text.parse()
        .map_err(|error| Failure::before(Code::Usage, format!("--task: {error}")))
}

fn table(report: &GateReport, out: &mut dyn Write) -> io::Result<()> {
    let (candidate, incumbent) = (&report.candidate, &report.incumbent);
    writeln!(out, "candidate  {}  sha256:{}", candidate.name, candidate.digest)?;
    writeln!(out, "in force   {}  sha256:{}\n", incumbent.name, incumbent.digest)?;
    for condition in &report.conditions {
        let state = match condition.state {
            ConditionState::Holds => "holds",
            ConditionState::Missing => "missing",
            ConditionState::Impossible => "impossible",
        };
        writeln!(
            out,
            "{state:<10}  {:<15}  {} ({})",
            condition.name.as_str(),
            condition.found,
            condition.wanted
        )?;
        if let Some(next) = &condition.next {
            // Where it begins shows which of its words are a command, so it is made whole with its column.
            writeln!(out, "{}", hint::told(&format!("{:27}  {next}", "")))?;
        }
    }
    writeln!(out, "\nevidence   sha256:{}", report.digest())
}
