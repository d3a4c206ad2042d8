//! Texts for the screen tier: what full-screen programs write, from an alternate screen's beginning to its end.

use std::fmt::Write as _;

use crate::inputs::{Input, Random, repeat};

/// The screens have as many rows and columns as terminals have by default.
const ROWS: usize = 24;
const COLUMNS: usize = 80;

/// How much is drawn before it is repeated.
const ONCE: usize = 8 << 20;

/// An editor that pages and scrolls through a source.
pub(crate) fn editor(source: &[u8], size: usize) -> Input {
    let source = String::from_utf8_lossy(&source[..source.len().min(2 << 20)]);
    let lines: Vec<&str> = source.lines().collect();
    let mut random = Random::new(9);
    let mut out = String::from("\x1b[?1049h\x1b[?1h\x1b=\x1b[1;24r\x1b[?12h\x1b[?12l\x1b[27m\x1b[m\x1b[H\x1b[2J");
    let mut top = 0;
    while out.len() < size.min(ONCE) && !lines.is_empty() {
        let line = |row: usize| lines[(top + row) % lines.len()];
        let written = if random.below(3) == 0 {
            page(&mut out, top, line)
        } else {
            scroll(&mut out, top, line(ROWS - 2))
        };
        written.expect("a string takes everything");
        top += if random.below(3) == 0 { ROWS - 2 } else { 1 };
    }
    Input::new("an editor's screen", repeat(out.as_bytes(), size))
}

/// Draws all rows anew.
fn page<'a>(out: &mut String, top: usize, line: impl Fn(usize) -> &'a str) -> std::fmt::Result {
    write!(out, "\x1b[?25l\x1b[H")?;
    for row in 0..ROWS - 1 {
        write!(out, "\x1b[{};1H\x1b[33m{:>4} \x1b[m", row + 1, top + row + 1)?;
        coloured(out, line(row))?;
        write!(out, "\x1b[K")?;
    }
    status(out, top)
}

/// Scrolls by one line inside a region, and draws the last row.
fn scroll(out: &mut String, top: usize, line: &str) -> std::fmt::Result {
    write!(
        out,
        "\x1b[?25l\x1b[1;{}r\x1b[{};1H\r\n\x1b[1;{ROWS}r\x1b[{};1H\x1b[33m{:>4} \x1b[m",
        ROWS - 1,
        ROWS - 1,
        ROWS - 1,
        top + ROWS
    )?;
    coloured(out, line)?;
    status(out, top)
}

fn status(out: &mut String, top: usize) -> std::fmt::Result {
    write!(
        out,
        "\x1b[{ROWS};63H\x1b[K{},1{:>12}%\x1b[{};6H\x1b[34h\x1b[?25h",
        top + 1,
        top % 100,
        1 + top % (ROWS - 1)
    )
}

/// A line, cut to the screen, its words in some colours.
fn coloured(out: &mut String, line: &str) -> std::fmt::Result {
    let end = line.char_indices().nth(COLUMNS - 5).map_or(line.len(), |(end, _)| end);
    for (index, word) in line[..end].split_inclusive(' ').enumerate() {
        match index % 3 {
            0 => write!(out, "{word}")?,
            1 => write!(out, "\x1b[35m{word}\x1b[m")?,
            _ => write!(out, "\x1b[38;5;130m{word}\x1b[m")?,
        }
    }
    Ok(())
}

/// A table of processes that is drawn anew each second, only where it has changed.
pub(crate) fn processes(size: usize) -> Input {
    const COMMANDS: &[&str] = &[
        "cargo",
        "rustc",
        "node server.js",
        "postgres: checkpointer",
        "sshd: app [priv]",
        "python3 -m http.server",
        "kworker/1:2",
    ];
    let mut random = Random::new(10);
    let mut out = String::from("\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\x1b[?25l\x1b[H\x1b[2J\x1b(B\x1b[m");
    while out.len() < size.min(ONCE) {
        frame(&mut out, &mut random, COMMANDS).expect("a string takes everything");
    }
    Input::new("a process table's screen", repeat(out.as_bytes(), size))
}

fn frame(out: &mut String, random: &mut Random, commands: &[&str]) -> std::fmt::Result {
    write!(
        out,
        "\x1b[Htop - 12:{:02}:{:02} up 3 days,  1 user,  load average: 0.{:02}, 0.30, 0.28\x1b(B\x1b[m\x1b[39;49m\x1b(B\x1b[m\x1b[39;49m\x1b[K\r\n",
        random.below(60),
        random.below(60),
        random.below(100)
    )?;
    write!(
        out,
        "%Cpu(s):\x1b(B\x1b[m\x1b[39;49m\x1b[1m {:>2}.3 \x1b(B\x1b[m\x1b[39;49mus\x1b[K\x1b[6;1H",
        random.below(99)
    )?;
    write!(
        out,
        "\x1b[7m    PID USER      PR  NI    VIRT    RES S  %CPU  %MEM     TIME+ COMMAND\x1b[K\x1b(B\x1b[m\x1b[39;49m\r\n"
    )?;
    for row in 7..ROWS {
        if random.below(4) == 0 {
            // Only the two figures that changed.
            write!(
                out,
                "\x1b[{row};47H{:>3}.{}\x1b[{row};60H{:02}:{:02}",
                random.below(99),
                random.below(9),
                random.below(60),
                random.below(60)
            )?;
            continue;
        }
        write!(
            out,
            "\x1b[{row};1H\x1b(B\x1b[m\x1b[1m{:>7} app       20   0 {:>7} {:>6} R {:>5}.{}   0.1   0:{:02}.{:02} {}\x1b(B\x1b[m\x1b[39;49m\x1b[K",
            random.below(99_999),
            random.below(9_999_999),
            random.below(999_999),
            random.below(99),
            random.below(9),
            random.below(60),
            random.below(99),
            random.of(commands)
        )?;
    }
    write!(out, "\x1b[{ROWS};1H\x1b[J\x1b[5;1H")
}
