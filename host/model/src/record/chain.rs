//! The hash chain that makes a log append-only.
//!
//! A line is a JSON object whose last two members are `prev`, the hash of the line before, and `hash`, the SHA-256 of
//! the line's own bytes without the `hash` member. The first `prev` comes from what the log belongs to.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Digest, RunId, Seq, TaskId};

/// How many bytes `,"hash":"…"}` has.
const SUFFIX: usize = 9 + 64 + 2;
const MEMBER: &[u8] = br#","hash":""#;

/// Something that can stand in a chained log.
pub trait Chained: Serialize + DeserializeOwned {
    /// Its place in the log.
    fn seq(&self) -> Seq;
}

/// What the first line of a log is chained to, so that a log can't be passed off as another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Genesis(Digest);

impl Genesis {
    /// Of a run's events.
    #[must_use]
    pub fn run(run: RunId) -> Self {
        Self(Digest::of(format!("cofferdam.event/v1\n{run}").as_bytes()))
    }

    /// Of a task's events.
    #[must_use]
    pub fn task(task: &TaskId) -> Self {
        Self(Digest::of(format!("cofferdam.task-event/v1\n{task}").as_bytes()))
    }

    /// Of a task's labels of places in shadow.
    #[must_use]
    pub fn labels(task: &TaskId) -> Self {
        Self(Digest::of(format!("cofferdam.shadow-label/v1\n{task}").as_bytes()))
    }

    /// Of the log of closed heads.
    #[must_use]
    pub fn heads() -> Self {
        Self(Digest::of(b"cofferdam.heads/v1\n"))
    }

    /// Of the log of what was granted and taken back.
    #[must_use]
    pub fn acts() -> Self {
        Self(Digest::of(b"cofferdam.acts/v1\n"))
    }
}

/// The last line of a log: by this alone, the whole log is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Head {
    /// Its place.
    pub seq: Seq,
    /// Its hash.
    pub digest: Digest,
}

/// A body with the two members that chain it: the form of a whole line, for the schema.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct Line<T> {
    /// What the line says.
    #[serde(flatten)]
    pub body: T,
    /// Hash of the line before.
    pub prev: Digest,
    /// Hash of this line's bytes without this member.
    pub hash: Digest,
}

#[derive(Serialize)]
struct Unsealed<'a, T> {
    #[serde(flatten)]
    body: &'a T,
    prev: Digest,
}

/// A line that is ready to be written.
#[derive(Debug)]
pub struct Sealed {
    /// The line, with its newline.
    pub line: String,
    head: Head,
}

impl Sealed {
    /// What the head of the log is once the line is written.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }
}

/// Makes lines. A line counts only once [`ChainWriter::advance`] is told that it was written.
#[derive(Debug, Clone)]
pub struct ChainWriter {
    prev: Digest,
    next: Seq,
}

impl ChainWriter {
    /// A log with no lines yet.
    #[must_use]
    pub fn new(genesis: Genesis) -> Self {
        Self {
            prev: genesis.0,
            next: Seq(0),
        }
    }

    /// A log that ends with this head.
    #[must_use]
    pub fn resume(head: Head) -> Self {
        Self {
            prev: head.digest,
            next: head.seq.next(),
        }
    }

    /// The place of the next line.
    #[must_use]
    pub fn next_seq(&self) -> Seq {
        self.next
    }

    /// The last line, if there is one.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        self.next.0.checked_sub(1).map(|last| Head {
            seq: Seq(last),
            digest: self.prev,
        })
    }

    /// The line of `body`, which must have the next place. The writer stays as it is.
    ///
    /// # Errors
    /// `body` doesn't become a JSON object.
    pub fn seal<T: Chained>(&self, body: &T) -> Result<Sealed, serde_json::Error> {
        debug_assert_eq!(body.seq(), self.next, "a line is sealed at its own place");
        let mut line = serde_json::to_string(&Unsealed { body, prev: self.prev })?;
        let digest = Digest::of(line.as_bytes());
        line.pop();
        line.push_str(&format!(",\"hash\":\"{digest}\"}}\n"));
        Ok(Sealed {
            line,
            head: Head { seq: self.next, digest },
        })
    }

    /// Takes note that the line was written whole.
    pub fn advance(&mut self, written: &Sealed) {
        self.prev = written.head.digest;
        self.next = written.head.seq.next();
    }
}

/// Where a chain breaks, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {at}: {why}")]
pub struct ChainBreak {
    /// The place of the first line that can't be trusted.
    pub at: Seq,
    /// Why.
    pub why: BreakKind,
}

/// Why a chain breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BreakKind {
    /// The line has no hash where it must stand.
    #[error("the line has no hash at its end")]
    NoHash,
    /// The hash isn't that of the line.
    #[error("the line was changed")]
    Hash,
    /// The line doesn't follow the one before.
    #[error("the line does not follow the one before it")]
    Prev,
    /// The line's own place isn't where it stands.
    #[error("the line stands at the wrong place")]
    Place,
    /// The line isn't an entry of this log.
    #[error("the line is not an entry of this log")]
    Form,
    /// What follows the last whole line isn't the beginning of the next one.
    #[error("what follows the last whole line is not the beginning of another")]
    Tail,
}

/// Reads lines in their order and says where the chain breaks.
#[derive(Debug, Clone)]
pub struct ChainReader {
    prev: Digest,
    next: Seq,
}

#[derive(Deserialize)]
struct Place {
    seq: Seq,
    prev: Digest,
}

impl ChainReader {
    /// Reads from the first line.
    #[must_use]
    pub fn new(genesis: Genesis) -> Self {
        Self {
            prev: genesis.0,
            next: Seq(0),
        }
    }

    /// Reads on from a line that is trusted.
    #[must_use]
    pub fn resume(head: Head) -> Self {
        Self {
            prev: head.digest,
            next: head.seq.next(),
        }
    }

    /// Where reading stands: the last line that was right, if there is one.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        self.next.0.checked_sub(1).map(|last| Head {
            seq: Seq(last),
            digest: self.prev,
        })
    }

    /// Reads one whole line, without its newline.
    ///
    /// # Errors
    /// The line isn't the next one of the chain; the reader stays where it was.
    pub fn read<T: Chained>(&mut self, line: &[u8]) -> Result<T, ChainBreak> {
        let fail = |why| ChainBreak { at: self.next, why };
        let digest = own_digest(line).map_err(fail)?;
        let place: Place = serde_json::from_slice(line).map_err(|_| fail(BreakKind::Form))?;
        if place.seq != self.next {
            return Err(fail(BreakKind::Place));
        }
        if place.prev != self.prev {
            return Err(fail(BreakKind::Prev));
        }
        let body: T = serde_json::from_slice(line).map_err(|_| fail(BreakKind::Form))?;
        self.prev = digest;
        self.next = self.next.next();
        Ok(body)
    }

    /// Whether `tail`, which follows the last newline, may be what a write that was cut short left behind.
    ///
    /// # Errors
    /// It can't be the beginning of the next line, or more than a whole line is there.
    pub fn check_torn<T: Chained>(&self, tail: &[u8]) -> Result<(), ChainBreak> {
        let fail = ChainBreak {
            at: self.next,
            why: BreakKind::Tail,
        };
        let begin = format!("{{\"seq\":{},", self.next);
        let common = begin.len().min(tail.len());
        if tail[..common] != begin.as_bytes()[..common] {
            return Err(fail);
        }
        // Bytes that no line holds, such as a newline with one bit changed, can't be the rest of a write.
        if tail.iter().any(u8::is_ascii_control) {
            return Err(fail);
        }
        let whole = tail
            .windows(MEMBER.len())
            .rposition(|window| window == MEMBER)
            .map(|at| at + SUFFIX);
        match whole {
            Some(end) if end < tail.len() && self.clone().read::<T>(&tail[..end]).is_ok() => Err(fail),
            Some(_) | None => Ok(()),
        }
    }
}

/// The head that a log has if this whole line, without its newline, is its last. Says nothing of the lines before.
///
/// # Errors
/// The line doesn't bear its own hash, or has no place.
pub fn head_of(line: &[u8]) -> Result<Head, BreakKind> {
    let digest = own_digest(line)?;
    let place: Place = serde_json::from_slice(line).map_err(|_| BreakKind::Form)?;
    Ok(Head { seq: place.seq, digest })
}

/// The hash that a line bears, once it is found to be that of its bytes.
fn own_digest(line: &[u8]) -> Result<Digest, BreakKind> {
    let at = line.len().checked_sub(SUFFIX).ok_or(BreakKind::NoHash)?;
    let (body, suffix) = line.split_at(at);
    let text = suffix
        .strip_prefix(MEMBER)
        .and_then(|rest| rest.strip_suffix(b"\"}"))
        .and_then(|hex| std::str::from_utf8(hex).ok())
        .ok_or(BreakKind::NoHash)?;
    let claimed: Digest = text.parse().map_err(|_| BreakKind::NoHash)?;
    let mut bytes = body.to_vec();
    bytes.push(b'}');
    if Digest::of(&bytes) == claimed {
        Ok(claimed)
    } else {
        Err(BreakKind::Hash)
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
