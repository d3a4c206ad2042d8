//! `cofferdam approve`: a person vouches for something, by a digest that they name.

use std::io::{self, Write};

use cofferdam_model::Code;
use cofferdam_model::authority::{Approval, ApprovalSchema, Role, Signed, Statement as _, Subject};
use cofferdam_model::config::plain_path;
use cofferdam_model::record::Digest;
use cofferdam_runner::authority::{AuthorityError, Moment, Shelf, verify};

use crate::authority::{APPROVALS, Desk, Purpose, lasting, later, reason, refuse_inside, state};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{LoadedPolicy, in_force, load_guards};

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
    List,
}

/// Runs `cofferdam approve`, and answers its exit code.
pub(crate) fn run(command: &ApproveCommand, around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    match command {
        ApproveCommand::Policy(args) => policy(args, around, out),
    }
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
    let digest: Digest = digest
        .strip_prefix("sha256:")
        .unwrap_or(digest)
        .parse()
        .map_err(|error| Failure::before(Code::Usage, format!("the digest: {error}")))?;
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
    let purpose = Purpose {
        role: Role::Approve,
        command: "approve",
    };
    let mut desk = Desk::open(around, &in_force.resolved, by, purpose)?;
    let signed = desk.sign(Approval {
        schema: ApprovalSchema::V1,
        subject: Subject::Policy { digest },
        by: desk.name().clone(),
        key: desk.signer().public(),
        custody: desk.signer().custody(),
        at: desk.at(),
        until: args.expires.map(|millis| later(desk.at(), millis)),
        why,
    })?;
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
        writeln!(
            out,
            "To approve it: cofferdam approve policy sha256:{digest} --by WHO --why TEXT"
        )
    }
}

/// Runs `cofferdam approvals`, and answers its exit code.
pub(crate) fn list(around: &Surroundings, out: &mut dyn Write) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let state = state(around)?;
    let now = Moment::now(&state);
    let people = &in_force.resolved.people;
    let all = Shelf::<Approval>::new(&state, APPROVALS).all();
    let written = if all.is_empty() {
        writeln!(
            out,
            "No approval is on record. `cofferdam approve policy` shows what there is to approve."
        )
    } else {
        all.iter().try_for_each(|kept| match &kept.read {
            Ok(signed) => {
                let standing = verify(signed, people, now);
                line(signed, &standing, out)
            }
            Err(error) => writeln!(out, "not believed: {error} ({})", error.code()),
        })
    };
    written.map(|()| 0).map_err(|error| Failure::output(&error))
}

fn line(signed: &Signed<Approval>, standing: &Result<(), AuthorityError>, out: &mut dyn Write) -> io::Result<()> {
    let approval = &signed.statement;
    let subject = match &approval.subject {
        Subject::Policy { digest } => format!("policy sha256:{digest}"),
        Subject::Promotion {
            plugin,
            incumbent,
            candidate,
        } => format!("promotion of {plugin} from sha256:{incumbent} to sha256:{candidate}"),
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
    match standing {
        Ok(()) => writeln!(out, "  believed"),
        Err(error) => writeln!(out, "  not believed: {error} ({})", error.code()),
    }
}
