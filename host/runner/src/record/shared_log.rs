//! A chained log that several processes append to, one at a time.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use cofferdam_model::record::{BreakKind, ChainReader, ChainWriter, Chained, Genesis, Head, Seq, chain};

use super::RecordError;
use super::files::{AppendFile, Disk, Medium, private};

/// How much is read at a time to find the last line.
const BLOCK: u64 = 16 * 1024;

/// A shared log, locked until it is dropped.
pub(crate) struct SharedLog {
    file: AppendFile,
    reader: File,
    chain: ChainWriter,
    genesis: Genesis,
    place: String,
}

impl SharedLog {
    /// Waits for the lock, then finds the end. What a process that was killed left of a line is cut off.
    pub(crate) fn lock<T: Chained>(
        path: &Path,
        place: &str,
        genesis: Genesis,
        medium: Arc<dyn Medium>,
        durable: bool,
    ) -> Result<Self, RecordError> {
        let fail = |error| RecordError::create(place, error);
        let file = private()
            .append(true)
            .read(true)
            .create(true)
            .open(path)
            .map_err(fail)?;
        file.lock().map_err(fail)?;
        let mut reader = file.try_clone().map_err(fail)?;
        let read = |error| RecordError::read(place, error);
        let tampered = |why| RecordError::Tampered {
            place: place.to_owned(),
            why,
        };
        let (last, tail, end) = last_line(&mut reader).map_err(read)?;
        let head = last.map(|line| chain::head_of(&line)).transpose().map_err(tampered)?;
        if !tail.is_empty() {
            let at = head.map_or_else(|| ChainReader::new(genesis), ChainReader::resume);
            at.check_torn::<T>(&tail).map_err(|broken| tampered(broken.why))?;
            file.set_len(end).map_err(|error| RecordError::write(place, error))?;
        }
        let chain = head.map_or_else(|| ChainWriter::new(genesis), ChainWriter::resume);
        let file = AppendFile::resume(file, end, medium, durable);
        Ok(Self {
            file,
            reader,
            chain,
            genesis,
            place: place.to_owned(),
        })
    }

    /// Appends what `make` gives for the next place. Answers with it and the new head.
    pub(crate) fn append<T: Chained>(&mut self, make: impl FnOnce(Seq) -> T) -> Result<(T, Head), RecordError> {
        let entry = make(self.chain.next_seq());
        let sealed = self.chain.seal(&entry)?;
        self.file
            .append(sealed.line.as_bytes())
            .map_err(|error| RecordError::write(&self.place, error))?;
        self.chain.advance(&sealed);
        Ok((entry, sealed.head()))
    }

    /// The last entry.
    pub(super) fn head(&self) -> Option<Head> {
        self.chain.head()
    }

    /// Reads the log from its first entry, checking the chain.
    pub(super) fn replay<T: Chained>(&mut self, mut each: impl FnMut(T, Head)) -> Result<(), RecordError> {
        let read = |error| RecordError::read(&self.place, error);
        self.reader.seek(SeekFrom::Start(0)).map_err(read)?;
        let mut lines = BufReader::new((&self.reader).take(self.file.len()));
        let mut chain = ChainReader::new(self.genesis);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).map_err(read)? > 0 {
            let whole = line.strip_suffix(b"\n").unwrap_or(&line);
            let entry = chain.read(whole).map_err(|broken| RecordError::Tampered {
                place: self.place.clone(),
                why: broken.why,
            })?;
            each(entry, chain.head().expect("a line was read"));
            line.clear();
        }
        if chain.head() == self.chain.head() {
            Ok(())
        } else {
            Err(RecordError::Tampered {
                place: self.place.clone(),
                why: BreakKind::Tail,
            })
        }
    }
}

/// Appends what `make` gives for the next place to a shared log, which is made where there is none.
pub(crate) fn append_shared<T: Chained>(
    path: &Path,
    place: &str,
    genesis: Genesis,
    make: impl FnOnce(Seq) -> T,
) -> Result<T, RecordError> {
    let mut log = SharedLog::lock::<T>(path, place, genesis, Arc::new(Disk), true)?;
    log.append(make).map(|(entry, _)| entry)
}

/// Reads a shared log from its first entry, checking the chain; one that isn't there has none.
pub(crate) fn replay_shared<T: Chained>(
    path: &Path,
    place: &str,
    genesis: Genesis,
    mut each: impl FnMut(T),
) -> Result<(), RecordError> {
    if !path.exists() {
        return Ok(());
    }
    let mut log = SharedLog::lock::<T>(path, place, genesis, Arc::new(Disk), false)?;
    log.replay(|entry, _| each(entry))
}

/// The last whole line without its newline, what follows it, and where the last newline ends.
fn last_line(file: &mut File) -> io::Result<(Option<Vec<u8>>, Vec<u8>, u64)> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut want = BLOCK;
    loop {
        let from = len.saturating_sub(want);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.take(len - from).read_to_end(&mut bytes)?;
        let newline = bytes.iter().rposition(|byte| *byte == b'\n');
        let before = newline.and_then(|end| bytes[..end].iter().rposition(|byte| *byte == b'\n'));
        match (newline, before) {
            (Some(end), Some(start)) => {
                let line = bytes[start + 1..end].to_vec();
                return Ok((Some(line), bytes.split_off(end + 1), from + end as u64 + 1));
            }
            (Some(end), None) if from == 0 => {
                let line = bytes[..end].to_vec();
                return Ok((Some(line), bytes.split_off(end + 1), end as u64 + 1));
            }
            (None, _) if from == 0 => return Ok((None, bytes, 0)),
            (Some(_) | None, _) => want = want.saturating_mul(4),
        }
    }
}
