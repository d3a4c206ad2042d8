//! The desk at which a person signs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cofferdam_model::Code;
use cofferdam_model::authority::{PersonName, Role, Signed, Statement};
use cofferdam_model::config::{Resolved, SshAgent};
use cofferdam_model::record::{SafeText, Timestamp};
use cofferdam_runner::authority::{AuthorityError, Moment, Signer, enclosing_session, verify};
use cofferdam_runner::session::{Guards, clear_text};

use super::passphrase;
use crate::config::Surroundings;
use crate::failure::Failure;

/// The longest reason, in characters.
const LONGEST_REASON: usize = 400;

/// A person who is about to sign, with the key that they sign with.
pub(crate) struct Desk<'a> {
    resolved: &'a Resolved,
    name: PersonName,
    signer: Signer,
    now: Moment,
}

/// What a person is about to do, and its name for messages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Purpose {
    /// What they must be allowed.
    pub(crate) role: Role,
    /// The command, as one types it.
    pub(crate) command: &'static str,
}

impl<'a> Desk<'a> {
    /// Sits somebody down: refused inside a session, for somebody who isn't in the configuration or may not do this,
    /// with a clock that went back, and without a key of theirs.
    pub(crate) fn open(
        around: &Surroundings,
        resolved: &'a Resolved,
        by: &str,
        purpose: Purpose,
    ) -> Result<Self, Failure> {
        refuse_inside(purpose.command)?;
        let name: PersonName = by
            .parse()
            .map_err(|error| Failure::before(Code::Usage, format!("--by: {error}")))?;
        let person = resolved.person(&name).ok_or_else(|| {
            let error = AuthorityError::Nobody { by: name.clone() };
            Failure::before(error.code(), error)
        })?;
        if !person.may.value.allow(purpose.role) {
            let error = AuthorityError::NotTheirs {
                by: name,
                role: purpose.role,
            };
            return Err(Failure::before(error.code(), error));
        }
        let state = state(around)?;
        let told = |error: AuthorityError| Failure::before(error.code(), error);
        let now = Moment::to_sign(&state).map_err(told)?;
        let agent = agent(around);
        let tells = resolved.session.ssh_agent.value == SshAgent::Tell;
        let prompt = format!("Passphrase of {name}");
        let signer =
            Signer::of((&name, person), &state, agent.as_deref(), tells, || passphrase(&prompt)).map_err(told)?;
        Ok(Self {
            resolved,
            name,
            signer,
            now,
        })
    }

    /// Who signs.
    pub(crate) fn name(&self) -> &PersonName {
        &self.name
    }

    /// What they sign with.
    pub(crate) fn signer(&self) -> &Signer {
        &self.signer
    }

    /// When they sign.
    pub(crate) fn at(&self) -> Timestamp {
        self.now.time()
    }

    /// Signs a statement, and checks it as everybody else will.
    pub(crate) fn sign<T: Statement>(&mut self, statement: T) -> Result<Signed<T>, Failure> {
        let told = |error: AuthorityError| Failure::before(error.code(), error);
        let signed = self.signer.sign(statement).map_err(told)?;
        verify(&signed, &self.resolved.people, self.now).map_err(told)?;
        Ok(signed)
    }
}

/// Refuses a command that decides something inside a session: a session's child is to approve nothing.
pub(crate) fn refuse_inside(command: &str) -> Result<(), Failure> {
    match enclosing_session() {
        None => Ok(()),
        Some(evidence) => Err(Failure::before(
            Code::InsideSession,
            format!("`cofferdam {command}` is refused inside a session ({evidence}); run it in a terminal of your own"),
        )),
    }
}

/// A reason in a person's words, if it is one line of at most 400 characters from which no guard takes anything out.
pub(crate) fn reason(guards: &Arc<Guards>, why: &str) -> Result<SafeText, Failure> {
    let refuse = |why: &str| Err(Failure::before(Code::Usage, format!("--why: {why}")));
    if why.trim().is_empty() || why.chars().count() > LONGEST_REASON || why.chars().any(char::is_control) {
        return refuse("give one line of at most 400 characters that says why");
    }
    if clear_text(guards, why.into()).as_bytes() != why.as_bytes() {
        return refuse("the reason holds what a guard takes out, and it would be recorded; say it without");
    }
    Ok(SafeText::vouched(why.to_owned()))
}

/// The state folder, there and private.
pub(crate) fn state(around: &Surroundings) -> Result<PathBuf, Failure> {
    around
        .places
        .state()
        .map(Path::to_owned)
        .map_err(|error| Failure::before(Code::SignedUnread, error))
}

fn agent(around: &Surroundings) -> Option<PathBuf> {
    around
        .variable("SSH_AUTH_SOCK")
        .filter(|socket| !socket.is_empty())
        .map(PathBuf::from)
}

/// A time that a person gives: `90 min`, `12h`, `30 d`.
pub(crate) fn lasting(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err("give a number with s, min, h or d, such as 90min".to_owned()),
    };
    number
        .parse::<u64>()
        .ok()
        .filter(|number| *number > 0)
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(|| "give a whole number above 0, such as 90min".to_owned())
}

/// The moment so many milliseconds later.
pub(crate) fn later(at: Timestamp, millis: u64) -> Timestamp {
    Timestamp::from_unix_millis(at.unix_millis().saturating_add(millis))
}

#[cfg(test)]
mod tests {
    use super::lasting;

    #[test]
    fn times_are_read_in_the_units_that_people_use() {
        for (text, millis) in [
            ("30s", 30_000),
            ("90 min", 5_400_000),
            ("2m", 120_000),
            ("1h", 3_600_000),
            ("30d", 2_592_000_000),
        ] {
            assert_eq!(lasting(text), Ok(millis), "{text}");
        }
        for text in ["", "1", "h", "0h", "-1h", "1.5h", "1w", "99999999999999999999h"] {
            assert!(lasting(text).is_err(), "{text}");
        }
    }
}
