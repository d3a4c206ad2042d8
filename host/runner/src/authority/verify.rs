//! Whether a signed statement is believed.

use std::collections::BTreeMap;

use cofferdam_model::authority::{Approval, PersonName, Signed, Statement, Subject};
use cofferdam_model::config::Person;
use ed25519_dalek::VerifyingKey;

use super::{Acts, AuthorityError, Moment};

/// The people of a configuration.
pub type People = BTreeMap<PersonName, Person>;

/// Checks a statement: who says it and may, whether the signature fits, and whether it holds at this moment.
///
/// # Errors
/// The first reason not to believe it.
pub fn verify<T: Statement>(signed: &Signed<T>, people: &People, now: Moment) -> Result<(), AuthorityError> {
    let statement = &signed.statement;
    let by = statement.by();
    let person = people
        .get(by)
        .ok_or_else(|| AuthorityError::Nobody { by: by.clone() })?;
    if !person.keys.value.iter().any(|key| key == statement.key()) {
        return Err(AuthorityError::NotTheirKey { by: by.clone() });
    }
    // Strict: a weak key, for which a signature would fit many messages, is nobody's.
    let key = VerifyingKey::from_bytes(statement.key().as_bytes()).map_err(|_| AuthorityError::Forged)?;
    let signature = ed25519_dalek::Signature::from_bytes(signed.signature.as_bytes());
    key.verify_strict(&statement.signed_bytes(), &signature)
        .map_err(|_| AuthorityError::Forged)?;
    let role = statement.role();
    if !person.may.value.allow(role) {
        return Err(AuthorityError::NotTheirs { by: by.clone(), role });
    }
    now.within(statement.at(), statement.until())
}

/// Checks an approval as [`verify`] does, and that what it approves was not taken back afterwards: whoever signed
/// before didn't know why.
///
/// # Errors
/// The first reason not to believe it.
pub fn verify_approval(
    approval: &Signed<Approval>,
    people: &People,
    now: Moment,
    acts: &Acts,
) -> Result<(), AuthorityError> {
    verify(approval, people, now)?;
    let taken_back = match &approval.statement.subject {
        Subject::Promotion { candidate, .. } => acts.taken_back(candidate),
        Subject::Policy { .. } => None,
    };
    match taken_back {
        Some(at) if approval.statement.at <= at => Err(AuthorityError::TakenBack { at }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_model::authority::{Approval, ApprovalSchema, Custody, PublicKey, Signature, Subject};
    use cofferdam_model::config::{Input, Layer, Resolved, resolve};
    use cofferdam_model::record::{Digest, SafeText, Timestamp};
    use ed25519_dalek::{Signer as _, SigningKey};

    use super::*;

    const KEY: [u8; 32] = [7; 32];

    fn resolved(text: &str) -> Resolved {
        let resolution = resolve([Input::file(Layer::User, "c.toml", text)]);
        assert!(!resolution.is_refused(), "{:?}", resolution.problems);
        resolution.resolved
    }

    fn public(secret: [u8; 32]) -> PublicKey {
        PublicKey::from_bytes(SigningKey::from_bytes(&secret).verifying_key().to_bytes())
    }

    fn people(may: &str) -> People {
        resolved(&format!("[people.ann]\nkeys = [\"{}\"]\nmay = [{may}]\n", public(KEY))).people
    }

    fn moment(millis: u64) -> Moment {
        Moment::at(Timestamp::from_unix_millis(millis))
    }

    fn signed(change: impl FnOnce(&mut Approval)) -> Signed<Approval> {
        let mut statement = Approval {
            schema: ApprovalSchema::V1,
            subject: Subject::Policy {
                digest: Digest::of(b"policy"),
            },
            by: "ann".parse().expect("a name"),
            key: public(KEY),
            custody: Custody::Passphrase,
            at: Timestamp::from_unix_millis(1_000_000),
            until: Some(Timestamp::from_unix_millis(2_000_000)),
            why: SafeText::constant("looked at"),
        };
        change(&mut statement);
        let signature = SigningKey::from_bytes(&KEY).sign(&statement.signed_bytes());
        Signed {
            statement,
            signature: Signature::from_bytes(signature.to_bytes()),
        }
    }

    #[test]
    fn who_may_say_it_is_believed() {
        assert!(verify(&signed(|_| ()), &people("\"approve\""), moment(1_500_000)).is_ok());
    }

    #[test]
    fn each_reason_not_to_believe_has_its_error() {
        let now = moment(1_500_000);
        let approvers = people("\"approve\"");
        let refused = |signed: &Signed<Approval>, people: &People, now| {
            verify(signed, people, now).expect_err("refused").code().number()
        };
        let good = signed(|_| ());
        assert_eq!(refused(&good, &people("\"grant\""), now), 703, "may only grant");
        assert_eq!(refused(&good, &People::new(), now), 703, "nobody");
        let other = signed(|statement| statement.key = public([8; 32]));
        assert_eq!(refused(&other, &approvers, now), 703, "a key of nobody");
        let mut forged = good.clone();
        forged.statement.until = None;
        assert_eq!(refused(&forged, &approvers, now), 704, "its end was taken away");
        let mut unsigned = good.clone();
        unsigned.signature = Signature::from_bytes([0; 64]);
        assert_eq!(refused(&unsigned, &approvers, now), 704, "nothing signed it");
        assert_eq!(refused(&good, &approvers, moment(2_000_000)), 705, "over");
        assert_eq!(refused(&good, &approvers, moment(600_000)), 705, "still to come");
    }

    #[test]
    fn a_weak_key_signs_for_nobody() {
        // The neutral element of the curve: without the strict check, a signature that is made of it fits any message.
        let mut weak = [0; 32];
        weak[0] = 1;
        let weak = PublicKey::from_bytes(weak);
        let people = resolved(&format!("[people.ann]\nkeys = [\"{weak}\"]\nmay = [\"approve\"]\n")).people;
        let mut signature = [0; 64];
        signature[0] = 1;
        let mut forged = signed(|statement| statement.key = weak);
        forged.signature = Signature::from_bytes(signature);
        assert!(matches!(
            verify(&forged, &people, moment(1_500_000)),
            Err(AuthorityError::Forged)
        ));
    }
}
