//! What a promotion rests on.

use std::collections::BTreeSet;

use super::{Approval, GateReport, PersonName, Phase, Promotion, Signed, Statement as _, Subject, Version};
use crate::record::{Digest, Name};

/// A signed promotion with all that it rests on: the gate's answer and the approvals that the gate counted. It stands in the lock, so that
/// each start can check the whole of it, and not only that somebody signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warrant {
    /// The promotion.
    pub promotion: Signed<Promotion>,
    /// The gate's answer, by whose digest the promotion names it.
    pub evidence: GateReport,
    /// The approvals.
    pub approvals: Vec<Signed<Approval>>,
}

/// Why a warrant doesn't cover what it is to put in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is for another plugin, component or table of settings, or for another plugin's place.
    #[error("the promotion with it is another's")]
    Another,
    /// It is for a phase before this one.
    #[error("the promotion with it doesn't go so far")]
    NotSoFar,
    /// The gate's answer isn't the one that was signed for, or is about something else.
    #[error("the gate's answer with it is not the one that was signed for")]
    OtherEvidence,
    /// The gate said no.
    #[error("the gate did not let it through")]
    GateClosed,
    /// Too few people other than the author approve it.
    #[error(
        "fewer people whose approval is believed approve it than policy.gate.approvals asks for, the author not counted"
    )]
    Approvals,
}

impl Warrant {
    /// The digest by which the promotion is named.
    #[must_use]
    pub fn named(&self) -> Digest {
        Digest::of(&self.promotion.statement.signed_bytes())
    }

    /// Whether it puts this version of `of` in force as far as `to`, where at least so many people other than the author have to approve it.
    /// `is_believed` looks at an approval's signature, since there are no keys here; who asks has looked at the promotion's own.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn covers(
        &self,
        (candidate, of): (&Version, &Name),
        to: Phase,
        (author, least): (Option<&PersonName>, u64),
        is_believed: impl Fn(&Signed<Approval>) -> bool,
    ) -> Result<(), Flaw> {
        let (promotion, evidence) = (&self.promotion.statement, &self.evidence);
        if promotion.candidate != *candidate || promotion.of != *of {
            return Err(Flaw::Another);
        }
        if promotion.to < to {
            return Err(Flaw::NotSoFar);
        }
        let same = evidence.digest() == promotion.evidence
            && evidence.candidate == promotion.candidate
            && evidence.incumbent == promotion.incumbent
            && evidence.to == promotion.to;
        if !same {
            return Err(Flaw::OtherEvidence);
        }
        if !evidence.holds() {
            return Err(Flaw::GateClosed);
        }
        let wanted = promotion.subject(author);
        let people: BTreeSet<&PersonName> = self
            .approvals
            .iter()
            .filter(|signed| signed.statement.subject == wanted && is_believed(signed))
            .map(|signed| &signed.statement.by)
            .filter(|by| Some(*by) != author)
            .collect();
        if (people.len() as u64) < least {
            return Err(Flaw::Approvals);
        }
        Ok(())
    }
}

impl Promotion {
    /// What has to be approved for it.
    #[must_use]
    pub fn subject(&self, author: Option<&PersonName>) -> Subject {
        Subject::Promotion {
            incumbent: self.incumbent.clone(),
            candidate: self.candidate.clone(),
            author: author.cloned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::{
        ApprovalSchema, Condition, ConditionName, ConditionState, Custody, GateSchema, PromotionSchema, PublicKey,
        Signature,
    };
    use crate::record::{SafeText, Timestamp};

    fn name(text: &str) -> PersonName {
        text.parse().expect("a name")
    }

    fn version(name: &str) -> Version {
        Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(name.as_bytes()),
            settings: Digest::of(b"{}"),
        }
    }

    fn signed<T>(statement: T) -> Signed<T> {
        Signed {
            statement,
            signature: Signature::from_bytes([9; 64]),
        }
    }

    fn approval(promotion: &Promotion, by: &str, author: &str) -> Signed<Approval> {
        signed(Approval {
            schema: ApprovalSchema::V1,
            subject: promotion.subject(Some(&name(author))),
            by: name(by),
            key: PublicKey::from_bytes([7; 32]),
            custody: Custody::Agent,
            at: Timestamp::from_unix_millis(1),
            until: None,
            why: SafeText::constant("it is good"),
        })
    }

    fn warrant(change: impl FnOnce(&mut GateReport)) -> Warrant {
        let mut evidence = GateReport {
            schema: GateSchema::V1,
            incumbent: version("base"),
            candidate: version("next"),
            to: Phase::Limited,
            made: Timestamp::from_unix_millis(1),
            conditions: vec![Condition {
                name: ConditionName::Runs,
                state: ConditionState::Holds,
                found: SafeText::constant("5"),
                wanted: SafeText::constant("5"),
                next: None,
            }],
        };
        change(&mut evidence);
        let promotion = Promotion {
            schema: PromotionSchema::V1,
            incumbent: version("base"),
            candidate: version("next"),
            of: version("base").name,
            to: Phase::Limited,
            evidence: evidence.digest(),
            by: name("ann"),
            key: PublicKey::from_bytes([7; 32]),
            custody: Custody::Agent,
            at: Timestamp::from_unix_millis(1),
            why: SafeText::constant("it is good"),
        };
        let approvals = vec![approval(&promotion, "cleo", "ben"), approval(&promotion, "ben", "ben")];
        Warrant {
            promotion: signed(promotion),
            evidence,
            approvals,
        }
    }

    #[test]
    fn authority_a_warrant_covers_what_it_was_made_for_and_nothing_more() {
        let (base, ben) = (version("base").name, name("ben"));
        let asked = |warrant: &Warrant, name: &str, to, author: &PersonName, least| {
            warrant.covers((&version(name), &base), to, (Some(author), least), |_| true)
        };
        let covers = |warrant: &Warrant, to| asked(warrant, "next", to, &ben, 1);
        let good = warrant(|_| {});
        assert_eq!(covers(&good, Phase::Limited), Ok(()));
        assert_eq!(covers(&good, Phase::Enforce), Err(Flaw::NotSoFar));
        assert_eq!(asked(&good, "other", Phase::Limited, &ben, 1), Err(Flaw::Another));
        let elsewhere = (&version("next"), &version("elsewhere").name);
        let told = good.covers(elsewhere, Phase::Limited, (Some(&ben), 1), |_| true);
        assert_eq!(told, Err(Flaw::Another), "in another plugin's place");
        let closed = warrant(|evidence| evidence.conditions[0].state = ConditionState::Missing);
        assert_eq!(covers(&closed, Phase::Limited), Err(Flaw::GateClosed));
        let none = warrant(|evidence| evidence.conditions.clear());
        assert_eq!(
            covers(&none, Phase::Limited),
            Err(Flaw::GateClosed),
            "a gate without conditions"
        );
        let mut changed = closed;
        changed.evidence.conditions[0].state = ConditionState::Holds;
        assert_eq!(covers(&changed, Phase::Limited), Err(Flaw::OtherEvidence));
        let further = warrant(|evidence| evidence.to = Phase::Enforce);
        assert_eq!(covers(&further, Phase::Limited), Err(Flaw::OtherEvidence));
    }

    #[test]
    fn authority_a_warrant_counts_people_whose_approval_is_believed() {
        let (next, base, ben) = (version("next"), version("base").name, name("ben"));
        let counts = |warrant: &Warrant, author: &PersonName, least, believed: &[&str]| {
            let is_believed = |signed: &Signed<Approval>| believed.contains(&signed.statement.by.as_str());
            warrant.covers((&next, &base), Phase::Limited, (Some(author), least), is_believed)
        };
        let everybody = ["ann", "ben", "cleo", "eve"];
        let mut warrant = warrant(|_| {});
        assert_eq!(
            counts(&warrant, &ben, 2, &everybody),
            Err(Flaw::Approvals),
            "the author isn't counted"
        );
        warrant.approvals.push(warrant.approvals[0].clone());
        assert_eq!(
            counts(&warrant, &ben, 2, &everybody),
            Err(Flaw::Approvals),
            "one who approves twice is one"
        );
        assert_eq!(
            counts(&warrant, &name("eve"), 1, &everybody),
            Err(Flaw::Approvals),
            "of another author"
        );
        let eve = approval(&warrant.promotion.statement, "eve", "ben");
        warrant.approvals.push(eve);
        assert_eq!(counts(&warrant, &ben, 2, &everybody), Ok(()));
        assert_eq!(
            counts(&warrant, &ben, 1, &["eve"]),
            Ok(()),
            "one who left takes only their own word along"
        );
        assert_eq!(counts(&warrant, &ben, 2, &["eve"]), Err(Flaw::Approvals));
    }
}
