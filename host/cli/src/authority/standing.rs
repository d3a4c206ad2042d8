//! Whether somebody vouches for the guard policy in force.

use cofferdam_model::Code;
use cofferdam_model::authority::{Approval, Custody, Signed, Statement as _, Subject};
use cofferdam_model::record::{Digest, PolicyApproval};
use cofferdam_runner::authority::{Moment, Shelf, verify};

use super::{APPROVALS, state};
use crate::config::Surroundings;
use crate::failure::Failure;
use crate::guards::{InForce, LoadedPolicy};

/// Why sessions may start under a policy: it is the binary's own, somebody approved it, or this host is for trying.
///
/// # Errors
/// None of these. The message says what stood against each approval that names the policy.
pub(crate) fn standing(
    around: &Surroundings,
    in_force: &InForce,
    policy: &LoadedPolicy,
) -> Result<PolicyApproval, Failure> {
    if policy.built_in {
        return Ok(PolicyApproval::BuiltIn);
    }
    let digest = policy.parts.digest();
    let state = state(around)?;
    let now = Moment::now(&state);
    let mut reasons = Vec::new();
    let mut believed: Vec<Signed<Approval>> = Vec::new();
    for kept in Shelf::<Approval>::new(&state, APPROVALS).all() {
        match kept.read {
            Ok(signed) if !names(&signed, digest) => {}
            Ok(signed) => match verify(&signed, &in_force.resolved.people, now) {
                Ok(()) => believed.push(signed),
                Err(error) => reasons.push(format!("{}: {} ({})", kept.place, error, error.code())),
            },
            Err(error) => reasons.push(format!("{error} ({})", error.code())),
        }
    }
    // One that is worth more stands for the others.
    let best = believed.into_iter().min_by_key(|signed| {
        (
            signed.statement.custody == Custody::Advisory,
            std::cmp::Reverse(signed.statement.at),
        )
    });
    if let Some(signed) = best {
        return Ok(PolicyApproval::Person {
            by: signed.statement.by.clone(),
            at: signed.statement.at,
            custody: signed.statement.custody,
            document: Digest::of(&signed.statement.signed_bytes()),
        });
    }
    if in_force.resolved.authority.trying.value {
        return Ok(PolicyApproval::Trying);
    }
    let mut message = format!(
        "nobody approved the guard policy in force (sha256:{digest}): its component, settings or floors aren't those that the \
         binary holds. See what it is with `cofferdam approve policy`, and have somebody approve it; or set authority.trying = \
         true on a host that is for trying",
    );
    for reason in reasons {
        message.push_str("\n  not believed: ");
        message.push_str(&reason);
    }
    Err(Failure::before(Code::PolicyUnapproved, message))
}

fn names(signed: &Signed<Approval>, policy: Digest) -> bool {
    match &signed.statement.subject {
        Subject::Policy { digest } => *digest == policy,
        Subject::Promotion { .. } => false,
    }
}
