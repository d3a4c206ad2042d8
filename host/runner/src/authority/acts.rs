//! The state folder's log of what was granted and taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use cofferdam_model::authority::{Act, ActEntry, Draw, Phase, Version};
use cofferdam_model::record::{ChainReader, Digest, Genesis, Head, Name, OverrideId, Timestamp};

use super::AuthorityError;
use crate::record::SharedLog;
use crate::record::clock::wall_clock;
use crate::record::files::{Care, Disk, open, private_folder, replace};

/// The log.
pub(super) const PLACE: &str = "acts.jsonl";
/// Its last line, by which a cut is noticed.
const HEAD: &str = "acts.head";
/// The most bytes of the log: more than a hundred thousand acts.
const MOST: u64 = 32 << 20;

/// What was granted and taken back so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Acts {
    granted: BTreeMap<OverrideId, Digest>,
    revoked: BTreeSet<OverrideId>,
    /// The newest move of each plugin in each lock.
    moved: BTreeMap<(Digest, Name), Moved>,
    /// When each version was taken back last.
    taken_back: Vec<(Version, Timestamp)>,
    drawn: Vec<Drawn>,
    newest: Timestamp,
}

/// A draw of a candidate's findings, and the digest of what came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    /// The draw.
    pub draw: Draw,
    /// Digest of what came out.
    pub sample: Digest,
    base: Digest,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Moved {
    candidate: Version,
    promotion: Digest,
    to: Phase,
}

impl Acts {
    /// Reads the log. None where nothing was ever done is no error.
    ///
    /// # Errors
    /// It can't be read, a line of it is missing or changed, or its end was cut off.
    pub fn read(state: &Path) -> Result<Self, AuthorityError> {
        let mut acts = Self::default();
        let (log, head) = (read(state, PLACE)?, read(state, HEAD)?);
        let head: Option<Head> = match head {
            Some(bytes) => Some(serde_json::from_slice(&bytes).map_err(|_| AuthorityError::ActsBroken)?),
            None => None,
        };
        let mut chain = ChainReader::new(Genesis::acts());
        let mut is_there = head.is_none();
        for line in log.unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
            // What a process that was killed left of a line never was.
            let Some(whole) = line.strip_suffix(b"\n") else { break };
            let entry: ActEntry = chain.read(whole).map_err(|_| AuthorityError::ActsBroken)?;
            is_there |= chain.head() == head;
            acts.take(entry);
        }
        // Between a line and its name as the last one, a host can be killed: then one line is more than the name knows.
        let nameless = head.is_none() && chain.head().is_some_and(|head| head.seq.0 > 0);
        if is_there && !nameless {
            Ok(acts)
        } else {
            Err(AuthorityError::ActsBroken)
        }
    }

    /// Adds an act to the log.
    ///
    /// # Errors
    /// It can't be written, or the log isn't whole: nothing is added to one of which something is missing.
    pub fn add(state: &Path, act: Act) -> Result<(), AuthorityError> {
        let failed = |source| AuthorityError::Unwritten {
            place: PLACE.to_owned(),
            source,
        };
        let told = |error: crate::record::RecordError| failed(std::io::Error::other(error.to_string()));
        private_folder(state, "the state folder").map_err(told)?;
        let path = state.join(PLACE);
        let mut log = SharedLog::lock::<ActEntry>(&path, PLACE, Genesis::acts(), Arc::new(Disk), true)
            .map_err(|_| AuthorityError::ActsBroken)?;
        // Under the lock, so that two who add at once see each other's lines.
        let before = Self::read(state)?;
        let made = |seq| ActEntry {
            seq,
            // Under a clock that was set back, what is done now is still done after all that was done before.
            time: wall_clock().max(before.newest),
            act,
        };
        let (_, head) = log.append(made).map_err(told)?;
        let text = serde_json::to_vec(&head).expect("a head is plain JSON");
        replace(&state.join(HEAD), &text, &Disk, Care::Durable).map_err(failed)
    }

    /// Whether an override was granted here, with these bytes.
    #[must_use]
    pub fn granted(&self, id: OverrideId, of: Digest) -> bool {
        self.granted.get(&id) == Some(&of)
    }

    /// Whether an override was taken back.
    #[must_use]
    pub fn revoked(&self, id: OverrideId) -> bool {
        self.revoked.contains(&id)
    }

    /// How far a promotion, by the digest of its canonical bytes, goes by now in this lock: none where it was never
    /// carried out here, or another version of this name was moved since.
    #[must_use]
    pub fn goes(&self, lock: &Path, candidate: &Version, promotion: Digest) -> Option<Phase> {
        let moved = self.moved.get(&(digest_of_path(lock), candidate.name.clone()))?;
        (moved.candidate == *candidate && moved.promotion == promotion).then_some(moved.to)
    }

    /// When a version was taken back last, whatever it was called then. What was approved before that was approved
    /// before it was known why.
    #[must_use]
    pub fn taken_back(&self, candidate: &Version) -> Option<Timestamp> {
        let same = self.taken_back.iter().filter(|(version, _)| version.is_same(candidate));
        same.map(|(_, at)| *at).max()
    }

    /// All draws from the records beneath a folder.
    pub fn drawn(&self, base: &Path) -> impl Iterator<Item = &Drawn> {
        let base = digest_of_path(base);
        self.drawn.iter().filter(move |drawn| drawn.base == base)
    }

    /// When the last act was done.
    pub(super) fn newest(&self) -> Timestamp {
        self.newest
    }

    fn take(&mut self, entry: ActEntry) {
        self.newest = self.newest.max(entry.time);
        match entry.act {
            Act::Granted { id, of } => {
                self.granted.insert(id, of);
            }
            Act::Revoked { id, of: _ } => {
                self.revoked.insert(id);
            }
            Act::Moved {
                candidate,
                promotion,
                lock,
                to,
            } => {
                if to == Phase::Shadow {
                    self.taken_back.push((candidate.clone(), entry.time));
                }
                let moved = Moved {
                    candidate: candidate.clone(),
                    promotion,
                    to,
                };
                self.moved.insert((lock, candidate.name), moved);
            }
            Act::Drawn { draw, base, sample } => self.drawn.push(Drawn {
                draw: *draw,
                sample,
                base,
            }),
        }
    }
}

/// The digest by which acts name a file or a folder.
#[must_use]
pub fn digest_of_path(path: &Path) -> Digest {
    let whole = path.canonicalize();
    Digest::of(whole.as_deref().unwrap_or(path).as_os_str().as_encoded_bytes())
}

fn read(state: &Path, place: &'static str) -> Result<Option<Vec<u8>>, AuthorityError> {
    let unread = |why: String| AuthorityError::Unread {
        place: place.to_owned(),
        why,
    };
    let file = match open(&state.join(place)) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unread(error.to_string())),
    };
    let found = file.metadata().map_err(|error| unread(error.to_string()))?;
    if !found.is_file() || found.len() > MOST {
        return Err(unread("it is no file of at most 32 MiB".to_owned()));
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::Read::take(file, MOST), &mut bytes)
        .map_err(|error| unread(error.to_string()))?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn granted(number: u8) -> Act {
        Act::Granted {
            id: id(number),
            of: Digest::of(&[number]),
        }
    }

    fn id(number: u8) -> OverrideId {
        OverrideId::new(u64::from(number), [number; 10])
    }

    fn version(name: &str, bytes: &[u8]) -> Version {
        Version {
            name: name.parse().expect("a name"),
            digest: Digest::of(bytes),
            settings: Digest::of(b"{}"),
        }
    }

    #[test]
    fn authority_the_newest_move_of_a_plugin_says_how_far_its_promotion_goes() {
        let state = tempfile::tempdir().expect("a folder");
        let state = state.path();
        let (next, again, rival) = (version("next", b"1"), version("next", b"2"), version("rival", b"3"));
        let (first, second) = (Digest::of(b"first"), Digest::of(b"second"));
        let (lock, other) = (Path::new("/one.lock"), Path::new("/other.lock"));
        let moved = |lock: &Path, candidate: &Version, promotion, to| {
            let act = Act::Moved {
                candidate: candidate.clone(),
                promotion,
                lock: digest_of_path(lock),
                to,
            };
            Acts::add(state, act).expect("added");
            Acts::read(state).expect("whole")
        };
        let none = Acts::read(state).expect("none");
        assert_eq!(none.goes(lock, &next, first), None, "never carried out");
        let acts = moved(lock, &next, first, Phase::Enforce);
        assert_eq!(acts.goes(lock, &next, first), Some(Phase::Enforce));
        assert_eq!(acts.goes(lock, &next, second), None, "another promotion");
        assert_eq!(acts.goes(lock, &again, first), None, "another component");
        assert_eq!(acts.goes(other, &next, first), None, "another configuration's");
        let acts = moved(lock, &next, first, Phase::Limited);
        assert_eq!(acts.goes(lock, &next, first), Some(Phase::Limited));
        let acts = moved(lock, &rival, second, Phase::Shadow);
        assert_eq!(
            acts.goes(lock, &next, first),
            Some(Phase::Limited),
            "others don't matter"
        );
        assert_eq!(acts.taken_back(&next), None);
        let acts = moved(other, &again, second, Phase::Enforce);
        assert_eq!(
            acts.goes(lock, &next, first),
            Some(Phase::Limited),
            "nor do other locks"
        );
        let acts = moved(lock, &next, first, Phase::Shadow);
        assert_eq!(acts.goes(lock, &next, first), Some(Phase::Shadow));
        assert!(acts.taken_back(&next).is_some() && acts.taken_back(&again).is_none());
        let acts = moved(lock, &again, second, Phase::Enforce);
        assert_eq!(acts.goes(lock, &next, first), None);
    }

    #[test]
    fn a_line_that_is_missing_is_noticed_wherever_it_was() {
        let state = tempfile::tempdir().expect("a folder");
        let state = state.path();
        assert_eq!(Acts::read(state).expect("nothing was done"), Acts::default());
        for number in 1..=2 {
            Acts::add(state, granted(number)).expect("added");
        }
        let revoked = Act::Revoked {
            id: id(1),
            of: Digest::of(&[1]),
        };
        Acts::add(state, revoked).expect("added");
        let acts = Acts::read(state).expect("whole");
        assert!(acts.granted(id(1), Digest::of(&[1])) && !acts.granted(id(1), Digest::of(&[2])));
        assert!(acts.revoked(id(1)) && !acts.revoked(id(2)));
        let path = state.join(PLACE);
        let whole = fs::read_to_string(&path).expect("read");
        let lines: Vec<&str> = whole.lines().collect();
        for left_out in 0..lines.len() {
            let rest: String = lines
                .iter()
                .enumerate()
                .filter(|(number, _)| *number != left_out)
                .map(|(_, line)| format!("{line}\n"))
                .collect();
            fs::write(&path, rest).expect("written");
            assert!(
                matches!(Acts::read(state), Err(AuthorityError::ActsBroken)),
                "{left_out}"
            );
            assert!(matches!(Acts::add(state, granted(3)), Err(AuthorityError::ActsBroken)));
        }
        fs::remove_file(&path).expect("removed");
        assert!(
            matches!(Acts::read(state), Err(AuthorityError::ActsBroken)),
            "all of it"
        );
        fs::write(&path, &whole).expect("written");
        assert!(Acts::read(state).is_ok());
        fs::remove_file(state.join(HEAD)).expect("removed");
        assert!(matches!(Acts::read(state), Err(AuthorityError::ActsBroken)), "its name");
    }

    #[test]
    fn a_host_that_was_killed_between_a_line_and_its_name_leaves_a_whole_log() {
        let state = tempfile::tempdir().expect("a folder");
        let state = state.path();
        Acts::add(state, granted(1)).expect("added");
        let before = fs::read(state.join(HEAD)).expect("read");
        Acts::add(state, granted(2)).expect("added");
        fs::write(state.join(HEAD), before).expect("written");
        assert!(Acts::read(state).expect("whole").granted(id(2), Digest::of(&[2])));
        Acts::add(state, granted(3)).expect("it goes on");
        assert!(Acts::read(state).expect("whole").granted(id(3), Digest::of(&[3])));
    }
}
