//! Texts for the line tier: full of escapes, and without absolute motion.

use std::fmt::Write as _;

use crate::inputs::{Input, Random, repeat};

/// A text with each word in a colour of its own, as highlighters print sources.
pub(crate) fn each_word_coloured(text: &[u8], size: usize) -> Input {
    let mut out = Vec::with_capacity(size + 64);
    let mut random = Random::new(7);
    let kind = |byte: u8| (byte.is_ascii_alphanumeric() || byte == b'_', byte.is_ascii_whitespace());
    let mut words = text.chunk_by(|left, right| kind(*left) == kind(*right)).cycle();
    while out.len() < size {
        let Some(word) = words.next() else { break };
        if word.iter().all(u8::is_ascii_whitespace) {
            out.extend_from_slice(word);
            continue;
        }
        let (begin, end) = match random.below(4) {
            0 => (format!("\x1b[{}m", 31 + random.below(7)), "\x1b[0m"),
            1 => (format!("\x1b[1;{}m", 31 + random.below(7)), "\x1b[m"),
            2 => (format!("\x1b[38;5;{}m", random.below(256)), "\x1b[39m"),
            _ => (
                format!(
                    "\x1b[38;2;{};{};{}m",
                    random.below(256),
                    random.below(256),
                    random.below(256)
                ),
                "\x1b[0m",
            ),
        };
        out.extend_from_slice(begin.as_bytes());
        out.extend_from_slice(word);
        out.extend_from_slice(end.as_bytes());
    }
    Input::new("each word coloured", out)
}

/// Bars that overwrite themselves by carriage returns, spinners by backspaces, erased lines, titles; among lines of a
/// log.
pub(crate) fn progress(log: &[u8], size: usize) -> Input {
    let mut random = Random::new(8);
    let mut out = String::with_capacity(size.min(8 << 20) + 4096);
    let log = String::from_utf8_lossy(&log[..log.len().min(4 << 20)]);
    let mut lines = log.lines().cycle();
    // More of the same is repeated.
    while out.len() < size.min(8 << 20) {
        let written = match random.below(4) {
            0 => cargo(&mut out, &mut random),
            1 => spinner(&mut out, &mut random),
            2 => pip(&mut out, &mut random),
            _ => git(&mut out, &mut random),
        };
        written.expect("a string takes everything");
        for line in lines.by_ref().take(3) {
            out.push_str(line);
            out.push_str("\r\n");
        }
    }
    Input::new("progress bars and spinners", repeat(out.as_bytes(), size))
}

fn cargo(out: &mut String, random: &mut Random) -> std::fmt::Result {
    let all = 50 + random.below(400);
    for step in 0..24 {
        let done = all * step / 24;
        let (bar, rest) = ("=".repeat(step), " ".repeat(24 - step));
        write!(
            out,
            "\x1b[1m\x1b[36m    Building\x1b[0m [{bar}>{rest}] {done}/{all}: serde_core, tokio-util(build)\x1b[K\r"
        )?;
    }
    write!(
        out,
        "\r\x1b[K\x1b[1m\x1b[32m    Finished\x1b[0m `release` profile in {all}.02s\r\n"
    )
}

fn spinner(out: &mut String, random: &mut Random) -> std::fmt::Result {
    write!(out, "\x1b]0;npm install\x07installing ")?;
    for step in 0..60 {
        let percent = step * 100 / 60;
        write!(
            out,
            "{}{percent:3}%\x08\x08\x08\x08\x08",
            ["-", "\\", "|", "/"][step % 4]
        )?;
    }
    write!(out, "\x1b[Kadded {} packages\r\n", random.below(900))
}

fn pip(out: &mut String, random: &mut Random) -> std::fmt::Result {
    let size = 1 + random.below(90);
    for step in 0..20 {
        let (bar, rest) = ("━".repeat(step * 2), "━".repeat(40 - step * 2));
        write!(
            out,
            "\x1b[2K\r     \x1b[38;2;249;38;114m{bar}\x1b[0m\x1b[38;5;237m{rest}\x1b[0m \x1b[32m{step}.1/{size}.0 MB\x1b[0m \
             \x1b[31m12.3 MB/s\x1b[0m eta \x1b[36m0:00:01\x1b[0m"
        )?;
    }
    write!(out, "\r\n\x1b[?25h")
}

fn git(out: &mut String, random: &mut Random) -> std::fmt::Result {
    let all = 1000 + random.below(9000);
    for percent in (0..=100).step_by(3) {
        write!(
            out,
            "remote: Counting objects: {percent:3}% ({}/{all})\x1b[K\rReceiving objects: {percent:3}%\r",
            all * percent / 100
        )?;
    }
    write!(
        out,
        "Receiving objects: 100% ({all}/{all}), 1.2 MiB | 8.1 MiB/s, done.\r\n"
    )
}
