//! A full-screen program for tests, small and always there: shows a file, moves a bar over it, scrolls, and takes a
//! line of text.
//!
//! Keys: `j` and `k` move the bar, space shows the next page, `s` scrolls by one line, `i` takes text until return,
//! `q` leaves.

use std::io::{Read as _, Write as _};
use std::process::ExitCode;

use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// Rows of the file that are shown at a time; the line of text and the status are below them.
const SHOWN: usize = 20;

struct Page {
    lines: Vec<String>,
    first: usize,
    bar: usize,
}

fn main() -> ExitCode {
    let path = std::env::args_os().nth(1);
    let Some(text) = path.and_then(|path| std::fs::read_to_string(path).ok()) else {
        return ExitCode::from(64);
    };
    let mut page = Page {
        lines: text.lines().map(str::to_owned).collect(),
        first: 0,
        bar: 0,
    };
    let Ok(found) = tcgetattr(std::io::stdin()) else {
        return ExitCode::from(65);
    };
    let mut raw = found.clone();
    raw.make_raw();
    let told = tcsetattr(std::io::stdin(), OptionalActions::Now, &raw).is_ok() && page.run().is_ok();
    let restored = tcsetattr(std::io::stdin(), OptionalActions::Now, &found).is_ok();
    ExitCode::from(if told && restored { 0 } else { 74 })
}

/// Paints at once: each change is one write.
fn paint(text: &str) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn key() -> std::io::Result<u8> {
    let mut key = [0];
    std::io::stdin().read_exact(&mut key).map(|()| key[0])
}

impl Page {
    fn run(&mut self) -> std::io::Result<()> {
        paint(&format!("\x1b[?1049h\x1b[?25l{}", self.whole()))?;
        loop {
            let before = self.bar;
            match key()? {
                b'q' => return paint("\x1b[?25h\x1b[?1049l"),
                b'j' => self.bar = (self.bar + 1).min(SHOWN - 1),
                b'k' => self.bar = self.bar.saturating_sub(1),
                b' ' => {
                    self.first = (self.first + SHOWN) % self.lines.len().max(1);
                    paint(&self.whole())?;
                }
                b's' => {
                    self.first += 1;
                    // Only what comes in at the bottom is painted; the terminal moves the rest.
                    let bar = self.row(self.bar);
                    let scroll = format!("\x1b[1;{SHOWN}r\x1b[{SHOWN};1H\n\x1b[r");
                    let above = self.bar.checked_sub(1).map_or_else(String::new, |row| self.row(row));
                    paint(&format!("{scroll}{}{above}{bar}{}", self.row(SHOWN - 1), self.status()))?;
                }
                b'i' => self.text()?,
                _ => {}
            }
            if self.bar != before {
                paint(&format!("{}{}{}", self.row(before), self.row(self.bar), self.status()))?;
            }
        }
    }

    /// Takes a line of text, and paints each character where it belongs.
    fn text(&mut self) -> std::io::Result<()> {
        let mut typed = String::new();
        paint("\x1b[22;1H\x1b[2Ktext: ")?;
        loop {
            match key()? {
                b'\r' | b'\n' => return paint(&format!("\x1b[24;60H\x1b[1mtook {:3}\x1b[0m", typed.len())),
                0x7F | 0x08 => {
                    typed.pop();
                    paint(&format!("\x1b[22;{}H\x1b[K", typed.len() + 7))?;
                }
                byte => {
                    typed.push(char::from(byte));
                    paint(&format!("\x1b[22;{}H{}", typed.len() + 6, char::from(byte)))?;
                }
            }
        }
    }

    fn whole(&self) -> String {
        let rows: String = (0..SHOWN).map(|row| self.row(row)).collect();
        format!("\x1b[2J{rows}{}", self.status())
    }

    /// A row of the file: every second one in colour, and that of the bar inverse.
    fn row(&self, row: usize) -> String {
        let line = self.lines.get(self.first + row).map_or("~", String::as_str);
        let look = match (row == self.bar, (self.first + row) % 2) {
            (true, _) => "\x1b[7m",
            (false, 0) => "\x1b[36m",
            (false, _) => "",
        };
        format!("\x1b[{};1H{look}{line}\x1b[K\x1b[0m", row + 1)
    }

    fn status(&self) -> String {
        let at = self.first + self.bar + 1;
        format!("\x1b[24;1H\x1b[7m line {at:3} of {:3} \x1b[0m", self.lines.len())
    }
}
