//! A secret in a transcript, written as a program may write it, and what must be true of what a terminal is shown.

use std::fmt::{self, Display};
use std::ops::Range;

use cofferdam_tests::plant::{Plant, credentials};
use cofferdam_tests::random::Random;

use crate::corpus::{Transcript, strip};
use crate::screen::{COLUMNS, Screen};
use crate::search::Search;

/// How a problem begins that is no leak: a cell was taken that belongs to no secret.
pub(crate) const TOO_MUCH: &str = "too much: ";

/// How a program writes a secret.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Writing {
    /// As it is.
    Plain,
    /// With escape sequences of its own in the midst.
    Escaped,
    /// The same, but only such as move nothing: colours, titles and links.
    Coloured,
    /// Each character twice, as a printer makes it bold.
    Overstruck,
    /// With a typing mistake that was taken back.
    Corrected,
    /// The same, but nothing that holds the mistake could be a secret, so what is before it has been shown by then.
    Interrupted,
}

impl Writing {
    /// Whether a secret can be written so after this: a backspace doesn't go back over the right margin, so a program
    /// that uses it stays away from there, and what is beyond can't be told to be a secret by anybody.
    pub(crate) fn fits(self, before: &[u8]) -> bool {
        match self {
            Self::Plain | Self::Escaped | Self::Coloured => true,
            Self::Overstruck | Self::Corrected | Self::Interrupted => {
                let mut screen = Screen::new();
                screen.write(before);
                // On a screen that is painted freely, what was out before it could be seen as a part stays out.
                let painted = [&b"\x1b[?1049h"[..], b"\x1b[H", b"\x1b[1;"];
                let painted = painted
                    .iter()
                    .any(|motion| before.windows(motion.len()).any(|at| at == *motion));
                !painted && screen.cursor().1 + 45 < COLUMNS
            }
        }
    }
}

/// Whether an escape sequence leaves the cursor and all cells as they are.
fn moves_nothing(escape: &[u8]) -> bool {
    escape.starts_with(b"\x1b]") || (escape.starts_with(b"\x1b[") && escape.ends_with(b"m"))
}

/// A transcript with a secret in it.
pub(crate) struct Planted {
    pub(crate) bytes: Vec<u8>,
    /// Where the writing of the secret stands.
    pub(crate) written: Range<usize>,
    /// Whether it can be read on the screen as soon as it is written.
    pub(crate) is_seen: bool,
    /// What of it follows the mistake that interrupts it.
    late: Range<usize>,
    plant: Plant,
    /// What must come out up to the end of the secret, where that is known byte for byte.
    wanted: Option<Vec<u8>>,
}

impl Display for Planted {
    /// How the secret is written. It is an invented one, so it may be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.bytes[self.written.clone()].escape_ascii())
    }
}

impl Planted {
    pub(crate) fn new(transcript: &Transcript, at: usize, writing: Writing, random: &mut Random) -> Self {
        let plant = credentials(random).swap_remove(0);
        assert_eq!(plant.rule, "github-token");
        let mut own = transcript.own_escapes();
        if matches!(writing, Writing::Coloured) {
            own.retain(|escape| moves_nothing(escape));
            own.push(b"\x1b[m".to_vec());
        }
        let (mut written, mut wanted) = (Vec::new(), Vec::new());
        let mut late = 0;
        let text = plant.text();
        let (one, other) = (1 + random.below(text.len() - 1), 1 + random.below(text.len() - 1));
        let mut body = 0;
        for (place, byte) in text.bytes().enumerate() {
            if place == plant.shown.len() {
                body = written.len();
            }
            let cover = if place < plant.shown.len() { byte } else { b'*' };
            let mut both = |bytes: &[u8]| {
                written.extend_from_slice(bytes);
                wanted.extend_from_slice(bytes);
            };
            match writing {
                Writing::Plain => {}
                Writing::Escaped | Writing::Coloured if place == one || place == other => {
                    both(own[random.below(own.len())].as_slice());
                }
                Writing::Escaped | Writing::Coloured => {}
                Writing::Overstruck => {
                    written.extend([byte, 0x08]);
                    wanted.extend([cover, 0x08]);
                }
                Writing::Corrected if place == one => both(b"zz\x08\x1b[K\x08\x1b[K"),
                Writing::Interrupted if place == one => {
                    both(b"~~\x08\x1b[K\x08\x1b[K");
                    late = written.len();
                }
                Writing::Corrected | Writing::Interrupted => {}
            }
            written.push(byte);
            wanted.push(cover);
        }
        let before = &transcript.bytes[..at];
        let wanted = match writing {
            Writing::Plain | Writing::Escaped | Writing::Coloured => Some([before, &wanted].concat()),
            // Which bytes are masked of those that nobody sees in the end is the guard's own choice.
            Writing::Overstruck | Writing::Corrected | Writing::Interrupted => None,
        };
        let mut screen = Screen::new();
        screen.write(before);
        screen.write(&written);
        Self {
            // What follows must not belong to the secret, so that it is known what has to stay.
            bytes: [before, &written, b";", &transcript.bytes[at..]].concat(),
            written: at..at + written.len(),
            is_seen: screen.word_at_cursor().contains(&text),
            late: at + if late == 0 { written.len() } else { late.max(body) }..at + written.len(),
            plant,
            wanted,
        }
    }

    /// Judges what a terminal was shown of it.
    pub(crate) fn judge(&self, output: &[u8]) -> Result<(), String> {
        let search = Search::of([&self.plant]);
        if output.len() != self.bytes.len() {
            let (came, wanted) = (output.len(), self.bytes.len());
            return Err(format!("{came} bytes for {wanted}, and one cell a byte was taken"));
        }
        if !self.late.is_empty() {
            let is_masked = output[self.late.clone()].iter().all(|byte| *byte == b'*');
            return if is_masked {
                self.only_what_belongs_to_it(output)
            } else {
                Err("the secret went on after the mistake".to_owned())
            };
        }
        if search.find(&strip(output)).is_some() {
            return Err(format!("a piece of the secret is in the text: {}", self.came(output)));
        }
        if let Some(wanted) = &self.wanted
            && let Some(at) = wanted.iter().zip(output).position(|(one, other)| one != other)
        {
            return Err(format!("not the mask of the secret at {at}"));
        }
        self.only_what_belongs_to_it(output)?;
        self.screens(&search, output)
    }

    /// What came out for the secret.
    fn came(&self, output: &[u8]) -> String {
        output[self.written.clone()].escape_ascii().to_string()
    }

    /// What is masked elsewhere was written to where it continues what is left of the secret.
    fn only_what_belongs_to_it(&self, output: &[u8]) -> Result<(), String> {
        let changed = (0..output.len()).filter(|&at| output[at] != self.bytes[at] && !self.written.contains(&at));
        for at in changed {
            let mut screen = Screen::new();
            screen.write(&self.bytes[..=at]);
            if output[at] != b'*' || !screen.word_at_cursor().contains(&self.plant.shown) {
                return Err(format!("{TOO_MUCH}{} is masked at {at}", self.bytes[at].escape_ascii()));
            }
        }
        Ok(())
    }

    /// Compares what is seen on the way, not only in the end, when most of it has been erased.
    fn screens(&self, search: &Search, output: &[u8]) -> Result<(), String> {
        let mut stops: Vec<usize> = (1..=8).map(|part| output.len() * part / 8).collect();
        stops.extend([self.written.end.saturating_sub(8), self.written.end]);
        stops.sort_unstable();
        let (mut guarded, mut raw) = (Screen::new(), Screen::new());
        let mut from = 0;
        for stop in stops {
            guarded.write(&output[from..stop]);
            raw.write(&self.bytes[from..stop]);
            from = stop;
            guarded
                .against(&raw)
                .map_err(|wrong| format!("screens differ after {stop} bytes: {wrong}"))?;
            if search.find(guarded.text().as_bytes()).is_some() {
                let came = self.came(output);
                return Err(format!(
                    "a piece of the secret is on the screen after {stop} bytes: {came}"
                ));
            }
        }
        Ok(())
    }
}
