//! What the bench does as the child of a session that it measures.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::inputs;
use crate::rig::CHUNK;
use crate::timing::monotonic;

/// Does a part, if the arguments ask for one.
pub(crate) fn part(arguments: &[String]) -> bool {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["__tick", count, millis] => tick(number(count), number(millis)),
        ["__flood", bytes, seconds, report] => flood(number(bytes), number(seconds), report),
        _ => return false,
    }
    true
}

fn number(word: &str) -> u64 {
    word.parse().expect("the bench gives itself numbers")
}

/// Writes the time on a line of its own, so many times.
fn tick(count: u64, millis: u64) {
    let mut out = std::io::stdout().lock();
    for _ in 0..count {
        std::thread::sleep(Duration::from_millis(millis));
        let line = format!("{}\n", monotonic().as_nanos());
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            return;
        }
    }
}

/// Writes a build's log as fast as it is taken, until so many bytes are out or so many seconds are over, and then
/// into a file how many bytes it was and how many nanoseconds it took.
fn flood(bytes: u64, seconds: u64, report: &str) {
    let text = inputs::build_log(4 << 20).bytes;
    let mut out = std::io::stdout().lock();
    let (begun, mut written) = (Instant::now(), 0);
    let until = Duration::from_secs(seconds);
    'all: while written < bytes && begun.elapsed() < until {
        for chunk in text.chunks(CHUNK) {
            if out.write_all(chunk).is_err() {
                break 'all;
            }
            written += chunk.len() as u64;
            if written >= bytes || begun.elapsed() >= until {
                break 'all;
            }
        }
    }
    out.flush().ok();
    let told = format!("{written} {}", begun.elapsed().as_nanos());
    std::fs::write(report, told).expect("the report can be written");
}
