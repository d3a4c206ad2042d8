//! Files of labelled texts: checked as a whole before anything is evaluated, and then read again, line by line.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _};
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::plain_path;
use cofferdam_model::eval::Corpus;
use cofferdam_model::record::{Digest, SafeText};
use cofferdam_runner::eval::{Example, LineError};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// The longest line, in bytes.
const LONGEST: u64 = 16 << 20;
/// How many wrong lines of a file are explained; the numbers of all others are told.
const EXPLAINED: usize = 20;

/// A corpus of which every line was found to be sound.
#[derive(Debug)]
pub(crate) struct CorpusFile {
    /// As a report tells it.
    pub(crate) told: Corpus,
    path: PathBuf,
    file: File,
}

impl CorpusFile {
    /// Opens a corpus and reads all of it. The file is read twice rather than kept, so that its length doesn't matter.
    pub(crate) fn check(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        if !file.metadata().is_ok_and(|metadata| metadata.is_file()) {
            return Err(unreadable(
                path,
                &io::Error::other("a corpus is read twice and must be a regular file"),
            ));
        }
        let mut wrong = Wrong::default();
        let mut texts = 0;
        let digest = lines(&file, &mut |number, line| match line.and_then(Example::parse) {
            Ok(_) => texts += 1,
            Err(error) => wrong.add(path, number, error),
        })
        .map_err(|error| unreadable(path, &error))?;
        if wrong.lines > 0 && wrong.no_json == wrong.lines && texts == 0 {
            // It is no corpus with a mistake, but something else.
            let (path, lines) = (plain_path(path), wrong.lines);
            let count = if lines == 1 {
                "its only line is no object of JSON".to_owned()
            } else {
                format!("none of its {lines} lines is an object of JSON")
            };
            let message = format!(
                "{path} is no corpus: {count}. A corpus has one object a line, such as {{\"text\":\"…\",\"label\":\"negative\"}}; \
                 text that holds no secret is given with --clean"
            );
            return Err(Failure::before(Code::CorpusLine, message));
        }
        if wrong.lines > 0 {
            return Err(Failure::all_before(Code::CorpusLine, &wrong.told(path)));
        }
        Ok(Self {
            told: Corpus {
                file: SafeText::vouched(plain_path(path)),
                digest,
                texts,
            },
            path: path.to_owned(),
            file,
        })
    }

    /// The same of a corpus that has to hold something: of none, any claim would hold.
    pub(crate) fn check_filled(path: &Path) -> Result<Self, Failure> {
        let corpus = Self::check(path)?;
        if corpus.told.texts == 0 {
            let message = format!("{} holds no text; a corpus has one a line", plain_path(path));
            return Err(Failure::before(Code::CorpusLine, message));
        }
        Ok(corpus)
    }

    /// Reads it again, one example after the other, with their lines.
    pub(crate) fn examples(&mut self, each: &mut dyn FnMut(u64, &Example)) -> Result<(), Failure> {
        let read = self.file.rewind().and_then(|()| {
            lines(&self.file, &mut |number, line| {
                if let Ok(example) = line.and_then(Example::parse) {
                    each(number, &example);
                }
            })
        });
        let digest = read.map_err(|error| unreadable(&self.path, &error))?;
        if digest != self.told.digest {
            let error = io::Error::other("it changed while it was evaluated; run it again");
            return Err(unreadable(&self.path, &error));
        }
        Ok(())
    }
}

/// The lines of a file that are wrong.
#[derive(Default)]
struct Wrong {
    lines: u64,
    /// How many of them aren't JSON at all.
    no_json: u64,
    explained: Vec<String>,
    /// The first and the last of lines that follow each other, beyond those that are explained.
    others: Vec<(u64, u64)>,
}

impl Wrong {
    fn add(&mut self, path: &Path, number: u64, error: LineError) {
        self.lines += 1;
        self.no_json += u64::from(matches!(error, LineError::Json(_) | LineError::NoObject));
        if self.explained.len() < EXPLAINED {
            self.explained.push(format!("{}:{number}: {error}", plain_path(path)));
            return;
        }
        match self.others.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            Some(_) | None => self.others.push((number, number)),
        }
    }

    fn told(mut self, path: &Path) -> Vec<String> {
        if !self.others.is_empty() {
            let ranges: Vec<String> = self
                .others
                .iter()
                .map(|(first, last)| {
                    if first == last {
                        first.to_string()
                    } else {
                        format!("{first}-{last}")
                    }
                })
                .collect();
            let count = self.lines - self.explained.len() as u64;
            self.explained.push(format!(
                "{}: {count} more lines are wrong: {}",
                plain_path(path),
                ranges.join(", ")
            ));
        }
        self.explained
    }
}

/// A line of a file, or why it is none.
type Line<'a> = Result<&'a [u8], LineError>;

/// Gives each line that isn't blank, with its number from 1, and answers the digest of the whole file.
fn lines(file: &File, each: &mut dyn FnMut(u64, Line<'_>)) -> io::Result<Digest> {
    let mut reader = BufReader::with_capacity(256 << 10, file);
    let mut hash = Sha256::new();
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        (&mut reader).take(LONGEST + 1).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(Digest::from_bytes(hash.finalize().into()));
        }
        number += 1;
        hash.update(&line);
        let too_long = line.len() as u64 > LONGEST && line.last() != Some(&b'\n');
        if too_long {
            skip_line(&mut reader, &mut hash)?;
            each(number, Err(LineError::TooLong(LONGEST)));
        } else if !line.trim_ascii().is_empty() {
            each(number, Ok(&line));
        }
    }
}

/// Reads to the end of a line that is too long to be kept.
fn skip_line(reader: &mut impl BufRead, hash: &mut Sha256) -> io::Result<()> {
    loop {
        let piece = reader.fill_buf()?;
        let end = piece.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(piece.len(), |end| end + 1);
        hash.update(&piece[..length]);
        let ended = end.is_some() || length == 0;
        reader.consume(length);
        if ended {
            return Ok(());
        }
    }
}

/// A file that can't be read, with what to do.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::before(Code::CorpusRead, format!("{} can't be read: {error}", plain_path(path)))
}

#[cfg(test)]
mod tests {
    use super::CorpusFile;

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("corpus.jsonl");
        std::fs::write(&path, text).expect("written");
        (folder, path)
    }

    const GOOD: &str = "{\"text\":\"a\",\"label\":\"negative\"}\n";

    #[test]
    fn all_lines_are_given_with_their_numbers() {
        let (_folder, path) = file(&format!("{GOOD}\n  \n{}", GOOD.trim_end()));
        let mut corpus = CorpusFile::check(&path).expect("sound");
        assert_eq!(corpus.told.texts, 2);
        let mut numbers = Vec::new();
        corpus
            .examples(&mut |number, _| numbers.push(number))
            .expect("read again");
        assert_eq!(numbers, [1, 4]);
        std::fs::write(&path, GOOD).expect("written");
        assert!(corpus.examples(&mut |_, _| {}).is_err(), "it changed");
    }

    #[test]
    fn each_wrong_line_is_named() {
        let (_folder, path) = file(&format!("{GOOD}canary\n{GOOD}{}{GOOD}[]\n", "x\n".repeat(30)));
        let failure = CorpusFile::check(&path).expect_err("wrong").to_string();
        let lines: Vec<&str> = failure.lines().collect();
        assert_eq!(lines.len(), 21, "{failure}");
        assert!(lines[0].starts_with("error CFD-604: ") && lines[0].contains("corpus.jsonl:2: this is not JSON"));
        assert!(lines[20].ends_with("12 more lines are wrong: 23-33, 35"), "{failure}");
        assert!(!failure.contains("canary"));
    }

    #[test]
    fn what_is_no_corpus_at_all_is_said_once() {
        let (_folder, path) = file(&"canary of a log\n12\n".repeat(50));
        let failure = CorpusFile::check(&path).expect_err("wrong").to_string();
        assert!(
            failure.contains("corpus.jsonl is no corpus: none of its 100 lines is an object of JSON")
                && failure.contains("--clean"),
            "{failure}"
        );
        assert!(failure.lines().count() == 1 && !failure.contains("canary"), "{failure}");
        // Lines of another shape of JSON are explained, each by itself.
        let (_folder, path) = file("{}\n{}\n");
        let failure = CorpusFile::check(&path).expect_err("wrong").to_string();
        assert_eq!(failure.lines().count(), 2, "{failure}");
    }

    #[test]
    fn a_line_that_is_too_long_is_wrong_and_the_next_is_not() {
        let long = "a".repeat(usize::try_from(super::LONGEST).expect("it fits"));
        let (_folder, path) = file(&format!("{{\"text\":\"{long}\",\"label\":\"negative\"}}\n{GOOD}"));
        let failure = CorpusFile::check(&path).expect_err("wrong").to_string();
        assert_eq!(failure.lines().count(), 1, "{failure}");
        assert!(
            failure.contains("corpus.jsonl:1: the line is longer than 16777216 bytes"),
            "{failure}"
        );
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        for path in [folder.path().to_owned(), folder.path().join("none")] {
            let failure = CorpusFile::check(&path).expect_err("no file").to_string();
            assert!(failure.starts_with("error CFD-603: "), "{failure}");
        }
    }
}
