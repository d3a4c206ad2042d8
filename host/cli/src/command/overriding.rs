//! `cofferdam override`: a person lets something through, for a while, and takes it back.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::authority::{Override, OverrideSchema, Role, Scope, Signed};
use cofferdam_model::config::{Resolved, Setting as _, plain};
use cofferdam_model::record::{Name, OverrideId, RunId, TaskId};
use cofferdam_runner::authority::{AuthorityError, Moment, NotInForce, OverrideRules};
use cofferdam_runner::record::{find, new_override_id};
use cofferdam_runner::session::Guards;

use super::exec::base;
use crate::authority::{Desk, Purpose, lasting, later, reason, refuse_inside, state};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{InForce, in_force, load_guards};
use crate::hint;

/// The commands about overrides.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum OverrideCommand {
    /// Let the findings of one rule through, in one run or in the runs of one task
    #[command(after_help = "\
It holds for one rule, in one run or one task, until its end, and is recorded with each decision that it changed. Running
sessions take it up within a quarter of a second of output. What could not be judged is never let through, and neither is what
policy.not-overridable names.

Examples:
  cofferdam override grant --rule email --task release --expires 1h --by ann --why 'the notes name the maintainers'
  cofferdam override grant --rule credentials/jwt --run 01m7y12fqxn58p --expires 10min --by ann --why 'a token of the test stage'")]
    Grant(GrantArgs),
    /// List the overrides, and say which hold
    List,
    /// Take an override back; whoever runs sessions here may
    Revoke {
        /// Its id, or the beginning of it
        id: String,
    },
}

/// The arguments of `cofferdam override grant`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("where").args(["run", "task"]).required(true))]
pub(crate) struct GrantArgs {
    /// The rule, alone or with its plugin: email, or personal/email
    #[arg(long, value_name = "RULE")]
    rule: String,
    /// The run in which it holds
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// The task in whose runs it holds
    #[arg(long, value_name = "ID")]
    task: Option<String>,
    /// Why, in a line
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// How long it holds, such as 1h; authority.longest-override is the most
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    expires: u64,
    /// Who lets it through: a person of the configuration
    #[arg(long, value_name = "WHO")]
    by: String,
}

/// Runs `cofferdam override`, and answers its exit code.
pub(crate) fn run(command: &OverrideCommand, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    match command {
        OverrideCommand::Grant(args) => {
            // Told before anything is loaded: whoever may not do this needn't wait for it.
            refuse_inside("override grant")?;
            grant(args, around, out)
        }
        OverrideCommand::List => list(around, out),
        OverrideCommand::Revoke { id } => revoke(id, around, out),
    }
}

/// What bounds overrides here.
pub(crate) fn rules(around: &Surroundings, resolved: &Resolved) -> Result<OverrideRules, Failure> {
    Ok(OverrideRules {
        state: state(around)?,
        people: resolved.people.clone(),
        longest_ms: resolved.authority.longest_override.value.get(),
        not_overridable: resolved.policy.not_overridable.value.clone(),
    })
}

fn grant(args: &GrantArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let rules = rules(around, &in_force.resolved)?;
    let refuse = |why: String| Failure::before(Code::OverrideRefused, why);
    if args.expires > rules.longest_ms {
        let longest = &in_force.resolved.authority.longest_override;
        return Err(refuse(format!(
            "--expires: {}; give a shorter time: {} is the most ({})",
            NotInForce::TooLong,
            longest.value.show(),
            longest.origin
        )));
    }
    let scope = scope(args, around, &in_force)?;
    let loaded = load_guards(around, &in_force, false)?;
    let (plugin, rule, category) = rule(&loaded.guards, &args.rule)?;
    if rules.not_overridable.covers(category.as_str()) {
        let message =
            format!("--rule: its category, {category}, is one that nobody may let through (policy.not-overridable)");
        return Err(refuse(message));
    }
    let why = reason(&loaded.guards, &args.why)?;
    let purpose = Purpose {
        role: Role::Grant,
        command: "override grant",
    };
    let mut desk = Desk::open(around, &in_force.resolved, &args.by, purpose)?;
    let id = new_override_id().map_err(|error| Failure::before(error.code(), error))?;
    let signed = desk.sign(Override {
        schema: OverrideSchema::V1,
        id,
        plugin,
        rule,
        category,
        scope,
        by: desk.name().clone(),
        key: desk.signer().public(),
        custody: desk.signer().custody(),
        at: desk.at(),
        until: later(desk.at(), args.expires),
        why,
    })?;
    rules.grant(&signed).map_err(|error| told(&error))?;
    let granted = &signed.statement;
    writeln!(
        out,
        "{} lets {} of {} through in {} until {} ({}).\nTake it back with `{}`.",
        granted.by,
        granted.rule,
        granted.plugin,
        granted.scope,
        granted.until,
        granted.custody,
        hint::command(&format!("override revoke {id}"))
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

/// Where it is to hold. A run that isn't here yet is named in full.
fn scope(args: &GrantArgs, around: &Surroundings, in_force: &InForce) -> Result<Scope, Failure> {
    match (&args.run, &args.task) {
        (Some(run), _) => match run.parse::<RunId>() {
            Ok(run) => Ok(Scope::Run(run)),
            Err(_) => find(&base(&in_force.resolved, around), run)
                .map(|found| Scope::Run(found.run))
                .map_err(|error| Failure::before(error.code(), format!("--run: {error}"))),
        },
        (None, Some(task)) => task
            .parse::<TaskId>()
            .map(Scope::Task)
            .map_err(|error| Failure::before(Code::Usage, format!("--task: {error}"))),
        (None, None) => Err(Failure::before(Code::Usage, "give --run or --task")),
    }
}

/// The plugin, the rule and its category.
fn rule(guards: &Guards, wanted: &str) -> Result<(Name, Name, Name), Failure> {
    let (plugin, rule) = match wanted.split_once('/') {
        Some((plugin, rule)) => (Some(plugin), rule),
        None => (None, wanted),
    };
    let mut found: Vec<_> = guards
        .rule_names()
        .filter(|name| name.rule.as_str() == rule && plugin.is_none_or(|plugin| name.plugin.as_str() == plugin))
        .collect();
    match (found.pop(), found.len()) {
        (Some(name), 0) => Ok((name.plugin.clone(), name.rule.clone(), name.category.clone())),
        (Some(_), _) => {
            let message = format!(
                "--rule: several plugins have a rule `{}`; write PLUGIN/RULE",
                plain(rule)
            );
            Err(Failure::before(Code::OverrideRefused, message))
        }
        (None, _) => {
            let message = format!(
                "--rule: no rule in force is called `{}`; `cofferdam plugin inspect NAME` lists them",
                plain(wanted)
            );
            Err(Failure::before(Code::OverrideRefused, message))
        }
    }
}

fn list(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let rules = rules(around, &in_force.resolved)?;
    let now = Moment::now(&rules.state);
    let all = rules.all();
    let written = if all.is_empty() {
        writeln!(out, "No override was granted here.")
    } else {
        all.iter().try_for_each(|kept| match &kept.read {
            Ok(signed) => line(signed, &rules.judge(signed, now), out),
            Err(error) => writeln!(out, "changes nothing: {error} ({})", error.code()),
        })
    };
    written.map(|()| 0).map_err(|error| Failure::output(&error))
}

fn line(signed: &Signed<Override>, standing: &Result<(), NotInForce>, out: &mut dyn Write) -> io::Result<()> {
    let granted = &signed.statement;
    writeln!(
        out,
        "{}  {}/{} in {}\n  by {} from {} until {}, {}: {}",
        granted.id,
        granted.plugin,
        granted.rule,
        granted.scope,
        granted.by,
        granted.at,
        granted.until,
        granted.custody,
        granted.why
    )?;
    match standing {
        Ok(()) => writeln!(out, "  holds"),
        Err(why) => writeln!(out, "  changes nothing: {why} ({})", why.code()),
    }
}

fn revoke(id: &str, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let rules = rules(around, &in_force.resolved)?;
    if id.is_empty() {
        let message = "give the beginning of an override's id; `cofferdam override list` shows them";
        return Err(Failure::before(Code::Usage, message));
    }
    let prefix = id.to_ascii_lowercase();
    let mut found: Vec<Signed<Override>> = rules
        .all()
        .into_iter()
        .filter_map(|kept| kept.read.ok())
        .filter(|signed| signed.statement.id.to_string().starts_with(&prefix))
        .collect();
    let refuse = |why: &str| Failure::before(Code::OverrideRefused, why);
    let signed = match (found.pop(), found.len()) {
        (Some(signed), 0) => signed,
        (Some(_), _) => return Err(refuse("several overrides have an id that begins so; give more of it")),
        (None, _) => {
            return Err(refuse(
                "no override has an id that begins so; `cofferdam override list` shows them",
            ));
        }
    };
    rules.revoke(&signed).map_err(|error| told(&error))?;
    let id: OverrideId = signed.statement.id;
    writeln!(out, "The override {id} holds no longer.")
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}

fn told(error: &AuthorityError) -> Failure {
    Failure::before(error.code(), error)
}
