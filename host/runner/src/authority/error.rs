//! What can go wrong with keys and signed statements. No message holds what a document says.

use std::io;

use cofferdam_model::Code;
use cofferdam_model::authority::{PersonName, Role};
use cofferdam_model::record::Timestamp;

/// Why a key can't be used, or a statement isn't believed.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// A document can't be read.
    #[error("{place} in the state folder can't be read: {why}; remove it, or put a whole one in its place")]
    Unread {
        /// The file beneath the state folder.
        place: String,
        /// Why, without anything that the file holds.
        why: String,
    },
    /// Nobody of this name is configured.
    #[error("{by} is nobody in the configuration; add [people.{by}] with their keys, or name somebody who is there")]
    Nobody {
        /// The name that was given.
        by: PersonName,
    },
    /// The key isn't one of theirs.
    #[error("the key that signed is none of {by}'s; see people.{by}.keys")]
    NotTheirKey {
        /// Whose statement it is said to be.
        by: PersonName,
    },
    /// The person may not say such a thing.
    #[error("{by} may not {role}; have somebody do it whose people.NAME.may has \"{role}\"")]
    NotTheirs {
        /// Whose statement it is.
        by: PersonName,
        /// What they would have to be allowed.
        role: Role,
    },
    /// The signature doesn't fit.
    #[error("the signature does not fit what the document says; somebody changed it, or it was never signed")]
    Forged,
    /// It is over.
    #[error("it ended at {until}; have a new one signed")]
    Expired {
        /// When it ended.
        until: Timestamp,
    },
    /// What was approved was taken back afterwards.
    #[error(
        "it was signed before the candidate was taken back at {at}; have it approved again by somebody who knows why"
    )]
    TakenBack {
        /// When.
        at: Timestamp,
    },
    /// It hasn't begun.
    #[error("it is dated {at}, which is still to come; set the clock right")]
    Early {
        /// When it was signed, as it says.
        at: Timestamp,
    },
    /// The log of acts has a hole.
    #[error(
        "the log of what was granted and taken back is not whole: a line of acts.jsonl in the state folder is missing or was changed. \
         Find out who did it; then move acts.jsonl and acts.head aside, and have granted and promoted anew what is to hold"
    )]
    ActsBroken,
    /// A key can't be used.
    #[error("the signing key can't be used: {0}")]
    Key(String),
    /// The clock went back.
    #[error("the clock says {now}, and a record was written at {newest}; set the clock right before you sign anything")]
    ClockBack {
        /// The clock.
        now: Timestamp,
        /// The newest record.
        newest: Timestamp,
    },
    /// A document can't be written.
    #[error("{place} in the state folder can't be written: {source}; make room, and see who owns the folder")]
    Unwritten {
        /// The file beneath the state folder.
        place: String,
        /// Why.
        source: io::Error,
    },
    /// The kernel gives no random bytes.
    #[error("the kernel gives no random bytes; check that getrandom is permitted here")]
    Random,
}

impl AuthorityError {
    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Unread { .. } => Code::SignedUnread,
            Self::Nobody { .. } | Self::NotTheirKey { .. } | Self::NotTheirs { .. } => Code::SignerUnknown,
            Self::Forged => Code::SignatureForged,
            Self::Expired { .. } | Self::TakenBack { .. } | Self::Early { .. } => Code::SignatureExpired,
            Self::ActsBroken => Code::ActsBroken,
            Self::Key(_) => Code::SigningKeyUnusable,
            Self::ClockBack { .. } => Code::ClockBack,
            Self::Unwritten { .. } => Code::SignedUnwritten,
            Self::Random => Code::Internal,
        }
    }
}
