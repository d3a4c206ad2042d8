//! Cleared output on disk, in segments: the beginning and the end are kept, the middle is dropped at the bound.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cofferdam_model::record::{Channel, Digest, Event};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::RecordError;
use super::files::{AppendFile, Medium, private_folder, sync_folder};

/// The most bytes that a segment holds.
const SEGMENT: u64 = 1024 * 1024;

/// One line of `frames/index.jsonl`: a segment that was opened. The log tells the same.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct IndexLine {
    pub(super) channel: Channel,
    pub(super) segment: u32,
    pub(super) offset: u64,
    pub(super) file: String,
}

impl IndexLine {
    pub(super) fn new(channel: Channel, segment: u32, offset: u64) -> Self {
        Self {
            channel,
            segment,
            offset,
            file: format!("{channel}/{segment:06}.seg"),
        }
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = serde_json::to_string(self).expect("an index line is plain JSON");
        text.push('\n');
        text
    }
}

/// The frames of one run. It writes files; the events that tell of them are for the caller to append.
pub(super) struct Frames {
    root: PathBuf,
    medium: Arc<dyn Medium>,
    durable: bool,
    segment_bytes: u64,
    half: u64,
    head_used: u64,
    tail_used: u64,
    tail: VecDeque<Kept>,
    index: Option<AppendFile>,
    channels: BTreeMap<Channel, Stream>,
}

/// One channel's frames.
#[derive(Default)]
struct Stream {
    end: u64,
    next: u32,
    open: Option<Open>,
    folder: bool,
}

/// A segment that takes output. Its file is made with its first byte.
struct Open {
    segment: u32,
    offset: u64,
    len: u64,
    digest: Sha256,
    file: Option<AppendFile>,
    is_head: bool,
}

/// A closed segment that may be dropped.
struct Kept {
    channel: Channel,
    segment: u32,
    offset: u64,
    len: u64,
}

impl Frames {
    /// Frames beneath `root`, which is made with the first output. `bound` is the most bytes kept, in all channels
    /// together; segments that are still open may go over it.
    pub(super) fn new(root: PathBuf, bound: u64, medium: Arc<dyn Medium>, durable: bool) -> Self {
        Self {
            root,
            medium,
            durable,
            segment_bytes: (bound / 8).clamp(1, SEGMENT),
            half: bound / 2,
            head_used: 0,
            tail_used: 0,
            tail: VecDeque::new(),
            index: None,
            channels: BTreeMap::new(),
        }
    }

    /// Where the channel's next byte stands in its cleared stream.
    pub(super) fn end(&self, channel: Channel) -> u64 {
        self.channels.get(&channel).map_or(0, |stream| stream.end)
    }

    /// Begins a segment where the channel has none open. The event goes to the log before the first byte.
    pub(super) fn open(&mut self, channel: Channel) -> Option<Event> {
        let stream = self.channels.entry(channel).or_default();
        if stream.open.is_some() {
            return None;
        }
        let (segment, offset) = (stream.next, stream.end);
        stream.next += 1;
        let is_head = self.head_used + self.segment_bytes <= self.half;
        if is_head {
            self.head_used += self.segment_bytes;
        }
        stream.open = Some(Open {
            segment,
            offset,
            len: 0,
            digest: Sha256::new(),
            file: None,
            is_head,
        });
        Some(Event::SegmentOpened {
            channel,
            segment,
            offset,
        })
    }

    /// Writes what fits into the open segment, whole or not at all. Answers how many bytes that was.
    pub(super) fn write(&mut self, channel: Channel, bytes: &[u8]) -> io::Result<usize> {
        let stream = self.channels.entry(channel).or_default();
        let Some(open) = &mut stream.open else { return Ok(0) };
        if open.file.is_none() {
            // Bytes are only acknowledged once they can be found, so the folders and the index come first.
            let folder = self.root.join(channel.as_str());
            if !stream.folder {
                private_folder(&self.root, "frames").map_err(cause)?;
                private_folder(&folder, "frames").map_err(cause)?;
                stream.folder = true;
            }
            let line = IndexLine::new(channel, open.segment, open.offset);
            let path = self.root.join(&line.file);
            let file = AppendFile::create(&path, Arc::clone(&self.medium), self.durable)?;
            let index = match &mut self.index {
                Some(index) => index,
                None => {
                    let path = self.root.join("index.jsonl");
                    self.index
                        .insert(AppendFile::create(&path, Arc::clone(&self.medium), self.durable)?)
                }
            };
            if let Err(error) = index.append(line.to_text().as_bytes()) {
                std::fs::remove_file(&path).ok();
                return Err(error);
            }
            if self.durable {
                // A new file is only safe once its folder is.
                sync_folder(&folder)?;
                sync_folder(&self.root)?;
            }
            open.file = Some(file);
        }
        let Some(file) = &mut open.file else { return Ok(0) };
        let room = usize::try_from(self.segment_bytes - open.len).unwrap_or(usize::MAX);
        let part = &bytes[..bytes.len().min(room)];
        file.append(part)?;
        open.digest.update(part);
        open.len += part.len() as u64;
        stream.end += part.len() as u64;
        Ok(part.len())
    }

    /// Whether the channel's open segment is full.
    pub(super) fn is_full(&self, channel: Channel) -> bool {
        let open = self.channels.get(&channel).and_then(|stream| stream.open.as_ref());
        open.is_some_and(|open| open.len >= self.segment_bytes)
    }

    /// Closes the channel's open segment, if it has one.
    pub(super) fn close(&mut self, channel: Channel) -> Option<Event> {
        let Open {
            segment,
            offset,
            len,
            digest,
            file: _,
            is_head,
        } = self.channels.get_mut(&channel).and_then(|stream| stream.open.take())?;
        if !is_head {
            self.tail_used += len;
            self.tail.push_back(Kept {
                channel,
                segment,
                offset,
                len,
            });
        }
        let sha256 = Digest::from_bytes(digest.finalize().into());
        Some(Event::SegmentClosed {
            channel,
            segment,
            offset,
            len,
            sha256,
        })
    }

    /// The oldest segment of the middle, while more is kept than the bound allows. Once the event is in the log,
    /// [`Frames::remove`] takes the file away.
    pub(super) fn overflow(&mut self) -> Option<Event> {
        if self.tail_used <= self.half {
            return None;
        }
        let Kept {
            channel,
            segment,
            offset,
            len,
        } = self.tail.pop_front()?;
        self.tail_used -= len;
        Some(Event::SegmentDropped {
            channel,
            segment,
            offset,
            len,
        })
    }

    /// Takes the file of a dropped segment away.
    pub(super) fn remove(&self, channel: Channel, segment: u32) -> io::Result<()> {
        std::fs::remove_file(segment_path(&self.root, channel, segment))
    }

    /// The channels that ever had output.
    pub(super) fn channels(&self) -> Vec<Channel> {
        self.channels.keys().copied().collect()
    }
}

/// What the file system said.
fn cause(error: RecordError) -> io::Error {
    match error {
        RecordError::Create { source, .. } => source,
        other => io::Error::other(other.to_string()),
    }
}

/// Where a segment lies.
pub(super) fn segment_path(root: &Path, channel: Channel, segment: u32) -> PathBuf {
    root.join(IndexLine::new(channel, segment, 0).file)
}
