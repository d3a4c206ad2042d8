//! Reading a record back, closed or not.

use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;

use cofferdam_model::record::{ChainReader, Channel, Entry, Genesis, RunId, SafeBytes};

use super::frames::IndexLine;
use super::recorder::SHADOW;
use super::{RecordError, files};

/// The most bytes that are given at a time.
const BLOCK: u64 = 64 * 1024;

/// Gives the entries of a run's log in their order. The end of a write that was cut short isn't one.
///
/// # Errors
/// The folder isn't one of a run, the log can't be read, or an entry was changed; the ones before it were given.
pub fn read_log(run_dir: &Path, each: &mut dyn FnMut(Entry)) -> Result<(), RecordError> {
    let name = run_dir
        .file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.parse::<RunId>().ok());
    let mut chain = ChainReader::new(Genesis::run(name.ok_or(RecordError::Unknown)?));
    let fail = |error| RecordError::read("events.jsonl", error);
    let mut lines = BufReader::new(files::open(&run_dir.join("events.jsonl")).map_err(fail)?);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).map_err(fail)? > 0 {
        let Some(whole) = line.strip_suffix(b"\n") else { break };
        let place = || "events.jsonl".to_owned();
        each(chain.read(whole).map_err(|broken| RecordError::Tampered {
            place: place(),
            why: broken.why,
        })?);
        line.clear();
    }
    Ok(())
}

/// Gives the recorded output of a channel that stands at these places of its cleared stream, with the place of each
/// part. Where a part doesn't begin at the end of the one before, the middle was dropped.
///
/// # Errors
/// The index or a segment can't be read.
pub fn read_output(
    run_dir: &Path,
    channel: Channel,
    places: Range<u64>,
    each: &mut dyn FnMut(u64, SafeBytes<'_>),
) -> Result<(), RecordError> {
    let root = run_dir.join("frames");
    let index = files::read(&root.join("index.jsonl"), "frames/index.jsonl")?.unwrap_or_default();
    // The line of the newest segment may still be on its way.
    let lines = index.split_inclusive(|byte| *byte == b'\n');
    let lines = lines.map_while(|line| serde_json::from_slice::<IndexLine>(line).ok());
    let mut lines = lines.filter(|line| line.channel == channel).peekable();
    while let Some(line) = lines.next() {
        // A segment ends where the next one begins.
        let is_before = lines.peek().is_some_and(|next| next.offset <= places.start);
        if !is_before && line.offset < places.end {
            let path = IndexLine::new(channel, line.segment, line.offset).file;
            read_segment(&root.join(path), line.offset, &places, each)
                .map_err(|error| RecordError::read("a segment of frames", error))?;
        }
    }
    Ok(())
}

/// The bytes of a run's `shadow.jsonl`; none where there is no such file.
///
/// # Errors
/// The file can't be read.
pub fn read_shadow(run_dir: &Path) -> Result<Option<Vec<u8>>, RecordError> {
    files::read(&run_dir.join(SHADOW), SHADOW)
}

/// Gives what a segment that begins at `begin` holds of these places. One that was dropped holds nothing.
fn read_segment(
    path: &Path,
    begin: u64,
    places: &Range<u64>,
    each: &mut dyn FnMut(u64, SafeBytes<'_>),
) -> io::Result<()> {
    let mut file = match files::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut at = places.start.max(begin);
    file.seek(SeekFrom::Start(at - begin))?;
    let mut block = Vec::new();
    loop {
        block.clear();
        let most = BLOCK.min(places.end.saturating_sub(at));
        let count = (&mut file).take(most).read_to_end(&mut block)? as u64;
        if count == 0 {
            return Ok(());
        }
        // Only cleared bytes are ever written to a segment.
        each(at, SafeBytes::vouched(&block));
        at += count;
    }
}
