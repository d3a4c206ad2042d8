//! `cofferdam approve`: a person vouches for something, by a digest that they name.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::authority::{Approval, ApprovalSchema, Role, Signed, Statement as _, Subject};
use cofferdam_model::config::plain_path;
use cofferdam_model::record::{Digest, SafeText, TaskEvent};
use cofferdam_runner::authority::{Acts, AuthorityError, Moment, Shelf, verify, verify_approval};
use cofferdam_runner::record::{read_task, record_in_task};

use super::exec::base;
use super::promote::task;
use crate::authority::{APPROVALS, Desk, Purpose, lasting, later, reason, refuse_inside, state};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{InForce, LoadedPolicy, in_force, load_guards};
use crate::hint;
use crate::rollout::Pair;

/// What can be approved.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ApproveCommand {
    /// Approve the guard policy in force
    #[command(after_help = "\
Without a digest, what is to be approved is shown, and nothing is signed. The digest covers the policy's component, its
merged settings, your floors, the categories that nobody may let through, and what is done when the policy fails. A
project's floors only tighten and aren't in it.

Examples:
  cofferdam approve policy
  cofferdam approve policy sha256:5d0f… --by ann --why 'read the diff of the settings' --expires 90d")]
    Policy(PolicyArgs),
    /// Approve that a candidate takes the place of the version in force
    #[command(after_help = "\
Without a digest, what is to be approved is shown, and nothing is signed. The approval names both versions, each with the
digests of its component and its settings, and lies in .runs/TASK/approvals/latest.json. The author's own doesn't count.

Examples:
  cofferdam approve promotion mine-next
  cofferdam approve promotion mine-next sha256:5d0f… --by ben --why 'went through the 200 labelled findings'")]
    Promotion(PromotionArgs),
}

/// The arguments of `cofferdam approve promotion`.
#[derive(Debug, clap::Args)]
pub(crate) struct PromotionArgs {
    /// The candidate
    plugin: String,
    /// The digest of the candidate's component
    #[arg(requires = "by", requires = "why")]
    digest: Option<String>,
    /// The task that the roll-out belongs to
    #[arg(long, value_name = "ID", default_value = "default")]
    task: String,
    /// Who approves it: a person of the configuration
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Why, in a line
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// How long the approval holds, such as 30d; without this, until another one of the same person
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    expires: Option<u64>,
}

/// The arguments of `cofferdam approve policy`.
#[derive(Debug, clap::Args)]
pub(crate) struct PolicyArgs {
    /// The digest of the policy, as this command shows it without one
    #[arg(requires = "by", requires = "why")]
    digest: Option<String>,
    /// Who approves it: a person of the configuration
    #[arg(long, value_name = "WHO")]
    by: Option<String>,
    /// Why, in a line
    #[arg(long, value_name = "TEXT")]
    why: Option<String>,
    /// How long the approval holds, such as 90d; without this, until it is removed
    #[arg(long, value_name = "TIME", value_parser = lasting)]
    expires: Option<u64>,
}

/// Commands about approvals.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum ApprovalsCommand {
    /// List the approvals on record, and say which are believed
    List {
        /// The task whose promotions are listed beside the policies
        #[arg(long, value_name = "ID", default_value = "default")]
        task: String,
    },
}

/// Runs `cofferdam approve`, and answers its exit code.
pub(crate) fn run(command: &ApproveCommand, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    match command {
        ApproveCommand::Policy(args) => policy(args, around, out),
        ApproveCommand::Promotion(args) => promotion(args, around, out),
    }
}

fn promotion(args: &PromotionArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    if args.digest.is_some() {
        refuse_inside("approve")?;
    }
    let task = task(&args.task)?;
    let in_force = in_force(around)?;
    let pair = Pair::of(around, &in_force, &args.plugin)?;
    let (candidate, incumbent) = (&pair.candidate, &pair.incumbent);
    let (Some(digest), Some(by), Some(why)) = (&args.digest, &args.by, &args.why) else {
        let shown = [("candidate", candidate), ("in force", incumbent)]
            .iter()
            .try_for_each(|(what, version)| {
                writeln!(
                    out,
                    "{what:<9}  {}\n           component sha256:{}\n           settings  sha256:{}",
                    version.name, version.digest, version.settings
                )
            });
        return shown
            .and_then(|()| {
                let words = format!(
                    "approve promotion {} sha256:{} --task {task} --by WHO --why TEXT",
                    pair.name, candidate.digest
                );
                writeln!(out, "\nTo approve it: {}", hint::command(&words))
            })
            .map(|()| 0)
            .map_err(|error| Failure::output(&error));
    };
    let digest = named(digest)?;
    if digest != candidate.digest {
        let message = format!(
            "the candidate has the digest sha256:{}, and not the one that you name; look at it again",
            candidate.digest
        );
        return Err(Failure::before(Code::Usage, message));
    }
    let loaded = load_guards(around, &in_force, false)?;
    let subject = pair.subject();
    let why = reason(&loaded.guards, why)?;
    let signed = sign(around, &in_force, by, (subject, why, args.expires))?;
    let (by, custody) = (signed.statement.by.clone(), signed.statement.custody);
    let event = TaskEvent::ApprovalRecorded {
        approval: Box::new(signed),
    };
    let base = base(&in_force.resolved, around);
    record_in_task(&base, &task, event).map_err(|error| Failure::before(error.code(), error))?;
    let author = pair.plugin.author.value.as_ref() == Some(&by);
    let counts = if author {
        " It is the author's own, and doesn't count."
    } else {
        ""
    };
    writeln!(
        out,
        "{by} approves that `{}` comes in the place of `{}` ({custody}).{counts}",
        pair.name, incumbent.name
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

/// Has a person sign what is approved, why, and for how many milliseconds.
fn sign(
    around: &Surroundings,
    in_force: &InForce,
    by: &str,
    (subject, why, expires): (Subject, SafeText, Option<u64>),
) -> Result<Signed<Approval>, Failure> {
    let purpose = Purpose {
        role: Role::Approve,
        command: "approve",
    };
    let mut desk = Desk::open(around, &in_force.resolved, by, purpose)?;
    desk.sign(Approval {
        schema: ApprovalSchema::V1,
        subject,
        by: desk.name().clone(),
        key: desk.signer().public(),
        custody: desk.signer().custody(),
        at: desk.at(),
        until: expires.map(|millis| later(desk.at(), millis)),
        why,
    })
}

/// A digest that somebody names, with or without what it is one of.
fn named(text: &str) -> Result<Digest, Failure> {
    text.strip_prefix("sha256:")
        .unwrap_or(text)
        .parse()
        .map_err(|error| Failure::before(Code::Usage, format!("the digest: {error}")))
}

fn policy(args: &PolicyArgs, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let (Some(digest), Some(by), Some(why)) = (&args.digest, &args.by, &args.why) else {
        let loaded = load_guards(around, &in_force(around)?, false)?;
        return show(&loaded.policy, out)
            .map(|()| 0)
            .map_err(|error| Failure::output(&error));
    };
    // Told before anything is loaded: whoever may not do this needn't wait for it.
    refuse_inside("approve")?;
    let digest = named(digest)?;
    let in_force = in_force(around)?;
    let loaded = load_guards(around, &in_force, false)?;
    let found = loaded.policy.parts.digest();
    if found != digest {
        let message = format!(
            "the guard policy in force has the digest sha256:{found}, and not the one that you name; look at it again with \
             `cofferdam approve policy`"
        );
        return Err(Failure::before(Code::Usage, message));
    }
    let why = reason(&loaded.guards, why)?;
    let signed = sign(around, &in_force, by, (Subject::Policy { digest }, why, args.expires))?;
    let short: String = digest.to_string().chars().take(16).collect();
    let name = format!("policy-{short}-{}", signed.statement.by);
    let path = Shelf::new(&state(around)?, APPROVALS)
        .put(&name, &signed)
        .map_err(|error| Failure::before(error.code(), error))?;
    writeln!(
        out,
        "{} approves the guard policy sha256:{digest} ({}).\nIt is kept in {}.",
        signed.statement.by,
        signed.statement.custody,
        plain_path(&path)
    )
    .map(|()| 0)
    .map_err(|error| Failure::output(&error))
}

fn show(policy: &LoadedPolicy, out: &mut dyn Write) -> io::Result<()> {
    let parts = &policy.parts;
    let digest = parts.digest();
    writeln!(out, "The guard policy in force: {}\n", policy.name)?;
    writeln!(out, "  digest           sha256:{digest}")?;
    writeln!(out, "  component        sha256:{}", parts.component)?;
    writeln!(out, "  settings         sha256:{}", parts.settings)?;
    let list = |entries: Vec<String>| {
        if entries.is_empty() {
            "none".to_owned()
        } else {
            entries.join(", ")
        }
    };
    let pairs = |(key, value): (&str, &String)| format!("{key} = {value}");
    let floors = parts.at_least.iter().map(|(key, value)| pairs((key, value))).collect();
    writeln!(out, "  floors           {}", list(floors))?;
    writeln!(out, "  not overridable  {}", list(parts.not_overridable.clone()))?;
    let failing = parts
        .on_failure
        .iter()
        .map(|(key, value)| pairs((key, value)))
        .collect();
    writeln!(out, "  when it fails    {}\n", list(failing))?;
    if policy.built_in {
        writeln!(out, "It is the binary's own, or stricter: it needs nobody's approval.")
    } else {
        let words = format!("approve policy sha256:{digest} --by WHO --why TEXT");
        writeln!(out, "To approve it: {}", hint::command(&words))
    }
}

/// Runs `cofferdam approvals`, and answers its exit code.
pub(crate) fn list(of: &str, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let of = task(of)?;
    let in_force = in_force(around)?;
    let (_, promotions) =
        read_task(&base(&in_force.resolved, around), &of).map_err(|error| Failure::before(error.code(), error))?;
    let state = state(around)?;
    let now = Moment::now(&state);
    let people = &in_force.resolved.people;
    let all = Shelf::<Approval>::new(&state, APPROVALS).all();
    let promotions = promotions.approvals;
    // Without the log of acts no promotion is believed, and what else there is can be listed all the same.
    let acts = Acts::read(&state);
    let promotion = |signed: &Signed<Approval>, out: &mut dyn Write| match &acts {
        Ok(acts) => line(
            signed,
            verify_approval(signed, people, now, acts).as_ref().copied(),
            out,
        ),
        Err(error) => line(signed, Err(error), out),
    };
    let written = if all.is_empty() && promotions.is_empty() {
        let show = hint::command("approve policy");
        writeln!(
            out,
            "No approval is on record. `{show}` shows what there is to approve."
        )
    } else {
        all.iter()
            .try_for_each(|kept| match &kept.read {
                Ok(signed) => {
                    let standing = verify(signed, people, now);
                    line(signed, standing.as_ref().copied(), out)
                }
                Err(error) => writeln!(out, "not believed: {error} ({})", error.code()),
            })
            .and_then(|()| promotions.iter().try_for_each(|signed| promotion(signed, out)))
    };
    written.map_err(|error| Failure::output(&error))?;
    acts.map(|_| 0).map_err(|error| Failure::before(error.code(), error))
}

fn line(signed: &Signed<Approval>, standing: Result<(), &AuthorityError>, out: &mut dyn Write) -> io::Result<()> {
    let approval = &signed.statement;
    let subject = match &approval.subject {
        Subject::Policy { digest } => format!("policy sha256:{digest}"),
        Subject::Promotion {
            incumbent, candidate, ..
        } => format!(
            "promotion of {} (sha256:{}) in the place of {} (sha256:{})",
            candidate.name, candidate.digest, incumbent.name, incumbent.digest
        ),
    };
    writeln!(out, "{subject}")?;
    let until = approval
        .until()
        .map_or_else(|| "without an end".to_owned(), |until| format!("until {until}"));
    writeln!(
        out,
        "  by {} at {}, {until}, {}: {}",
        approval.by, approval.at, approval.custody, approval.why
    )?;
    let is_authors = match &approval.subject {
        Subject::Promotion { author, .. } => author.as_ref() == Some(&approval.by),
        Subject::Policy { .. } => false,
    };
    match standing {
        Ok(()) if is_authors => writeln!(out, "  believed, and not counted: it is the author's own"),
        Ok(()) => writeln!(out, "  believed"),
        Err(error) => writeln!(
            out,
            "  not believed: {} ({})",
            hint::told(&error.to_string()),
            error.code()
        ),
    }
}
