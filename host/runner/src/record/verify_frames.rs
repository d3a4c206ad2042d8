//! Whether the frames of a record are what the log says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read as _};
use std::path::Path;

use cofferdam_model::record::{Channel, Digest, Event, Manifest, SegmentState};
use sha2::{Digest as _, Sha256};

use super::files;
use super::frames::{IndexLine, segment_path};
use super::verify::{Check, Place, tampered};
use super::{RecordError, verify::Stop};

/// What the log says of the frames.
#[derive(Default)]
pub(super) struct FramesCheck {
    index: String,
    last_line: usize,
    /// The file of the segment dropped last may still be there, where the host was killed before it took it away.
    dropped: Option<(Channel, u32)>,
}

impl FramesCheck {
    /// Takes one event of the log into account.
    pub(super) fn note(&mut self, event: &Event) {
        if let Event::SegmentOpened {
            channel,
            segment,
            offset,
        } = event
        {
            let line = IndexLine::new(*channel, *segment, *offset).to_text();
            self.last_line = line.len();
            self.index.push_str(&line);
        }
        match event {
            Event::SegmentDropped { channel, segment, .. } => self.dropped = Some((*channel, *segment)),
            Event::RunStarted(_)
            | Event::ProcessStarted { .. }
            | Event::Output { .. }
            | Event::GuardDecision(_)
            | Event::OverridesChanged(_)
            | Event::GuardMark(_)
            | Event::GuestFailed(_)
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::RecordCut { .. }
            | Event::LeftoverEnded { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        }
    }

    /// Checks the folder. Answers where the output of each channel ends.
    pub(super) fn check(&self, root: &Path, fold: Option<&Manifest>, closed: bool) -> Check<BTreeMap<Channel, u64>> {
        // A cut record may have opened a segment for which there was no more room.
        let whole = closed && fold.is_some_and(|fold| fold.cut.is_none());
        self.check_index(root, whole)?;
        let mut ends = BTreeMap::new();
        let mut known = BTreeSet::new();
        for (channel, state) in fold.into_iter().flat_map(|fold| &fold.channels) {
            ends.insert(*channel, state.recorded);
            for segment in &state.segments {
                known.insert((*channel, segment.segment));
                let end = check_segment(root, *channel, segment, state.recorded, closed)?;
                ends.entry(*channel).and_modify(|known| *known = end.max(*known));
            }
        }
        if !closed {
            known.extend(self.dropped);
        }
        check_strangers(root, &known)?;
        Ok(ends)
    }

    fn check_index(&self, root: &Path, whole: bool) -> Check<()> {
        let found = files::read(&root.join("index.jsonl"), "frames/index.jsonl")?.unwrap_or_default();
        let expected = self.index.as_bytes();
        // The line of the newest segment is written after its event, so only that one may lack, or be cut short.
        let least = if whole {
            expected.len()
        } else {
            expected.len() - self.last_line
        };
        if expected.starts_with(&found) && found.len() >= least {
            Ok(())
        } else {
            tampered(Place::Index, "it is not what the log says")
        }
    }
}

/// Checks one segment. Answers where its bytes end in the cleared stream.
fn check_segment(root: &Path, channel: Channel, segment: &SegmentState, recorded: u64, closed: bool) -> Check<u64> {
    let at = Place::Segment(channel, segment.segment);
    let (len, sha256) = match digest(&segment_path(root, channel, segment.segment)) {
        Ok(found) => found,
        // A segment's file is made with its first byte.
        Err(error) if error.kind() == io::ErrorKind::NotFound => (0, Digest::of(b"")),
        Err(error) => return Err(Stop::Error(RecordError::read("a segment of frames", error))),
    };
    match segment.closed {
        Some(written) if written.len != len => tampered(at, "its length is not what the log says"),
        Some(written) if written.sha256 != sha256 => tampered(at, "its bytes were changed"),
        None if closed => tampered(at, "it was never closed"),
        None if segment.offset + len < recorded => tampered(at, "bytes that were recorded are gone"),
        Some(_) | None => Ok(segment.offset + len),
    }
}

fn digest(path: &Path) -> io::Result<(u64, Digest)> {
    let mut file = files::open(path)?;
    let (mut sum, mut len) = (Sha256::new(), 0);
    let mut block = vec![0; 64 * 1024];
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            return Ok((len, Digest::from_bytes(sum.finalize().into())));
        }
        sum.update(&block[..count]);
        len += count as u64;
    }
}

/// Finds what lies in the folder and isn't in the log.
fn check_strangers(root: &Path, known: &BTreeSet<(Channel, u32)>) -> Check<()> {
    let expected: BTreeSet<_> = known
        .iter()
        .map(|(channel, segment)| segment_path(root, *channel, *segment))
        .collect();
    let folders: BTreeSet<_> = Channel::ALL.iter().map(|channel| root.join(channel.as_str())).collect();
    for path in entries(root)? {
        if folders.contains(&path) {
            if let Some(_stranger) = entries(&path)?.into_iter().find(|path| !expected.contains(path)) {
                return tampered(Place::Frames, "a file lies there that the log does not know");
            }
        } else if path != root.join("index.jsonl") {
            return tampered(Place::Frames, "a file lies there that the log does not know");
        }
    }
    Ok(())
}

fn entries(folder: &Path) -> Check<Vec<std::path::PathBuf>> {
    let fail = |error| Stop::Error(RecordError::read("frames", error));
    match std::fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()).map_err(fail))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fail(error)),
    }
}
