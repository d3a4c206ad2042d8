//! Sessions that look like a day's work: what a child writes, invented from a seed.

use std::time::Duration;

use crate::random::Random;
use crate::script::Line;

const BASE36: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &str = "0123456789";
const STEPS: [&str; 8] = [
    "Compiling core v1.4.2",
    "Downloading 14 crates",
    "Running unittests src/lib.rs",
    "Linking release binary",
    "Uploading artefacts",
    "warning: unused variable: `left`",
    "Fetching index",
    "Checking out main",
];
const PEOPLE: [&str; 4] = ["ada", "grace", "linus", "barbara"];

/// What a session holds that a guard of tickets might see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Holds {
    /// Tickets of today's form.
    pub tickets: u64,
    /// Tickets of the old form.
    pub old_tickets: u64,
    /// Numbers of builds, which are no secrets.
    pub numbers: u64,
}

/// One session: what its child says, and what that holds.
#[must_use]
pub fn session(random: &mut Random) -> (Vec<Line>, Holds) {
    let mut holds = Holds::default();
    let mut lines = Vec::new();
    let kind = random.below(5);
    for number in 0..5 + random.below(40) {
        let text = match kind {
            0 => build(random, number, &mut holds),
            1 => json(random, number, &mut holds),
            2 => progress(random, number),
            3 => mail(random, number, &mut holds),
            _ => coloured(random, number, &mut holds),
        };
        say(random, text, &mut lines);
    }
    if random.below(20) == 0 {
        lines.push(Line::Pause(Duration::from_millis(30)));
    }
    let code = if random.below(10) == 0 { 1 } else { 0 };
    lines.push(Line::Exit(code));
    (lines, holds)
}

/// Writes a text in one piece or in several, to either output.
fn say(random: &mut Random, text: Vec<u8>, lines: &mut Vec<Line>) {
    let to: fn(Vec<u8>) -> Line = if random.below(8) == 0 { Line::Err } else { Line::Out };
    let mut rest = text;
    while random.below(6) == 0 && rest.len() > 1 {
        let at = 1 + random.below(rest.len() - 1);
        let after = rest.split_off(at);
        lines.push(to(std::mem::replace(&mut rest, after)));
    }
    lines.push(to(rest));
}

fn ticket(random: &mut Random, holds: &mut Holds) -> String {
    match random.below(10) {
        0 => {
            holds.old_tickets += 1;
            format!("old-{}", random.text(BASE36, 24))
        }
        1..=3 => {
            holds.tickets += 1;
            format!("tkt-{}", random.text(BASE36, 24))
        }
        4 => {
            holds.numbers += 1;
            format!("build-{}", random.text(DIGITS, 8))
        }
        5 => "tkt-none".to_owned(),
        _ => format!("step {}", random.below(900)),
    }
}

fn build(random: &mut Random, number: usize, holds: &mut Holds) -> Vec<u8> {
    let step = random.one(&STEPS);
    if random.below(3) == 0 {
        let ticket = ticket(random, holds);
        return format!("[{number}/40] {step} with {ticket} done\n").into_bytes();
    }
    format!("[{number}/40] {step}\n").into_bytes()
}

fn json(random: &mut Random, number: usize, holds: &mut Holds) -> Vec<u8> {
    let ticket = if random.below(4) == 0 {
        ticket(random, holds)
    } else {
        String::new()
    };
    let (user, took) = (random.one(&PEOPLE), random.below(5000));
    format!("{{\"n\":{number},\"user\":\"{user}\",\"took_ms\":{took},\"note\":\"{ticket}\"}}\n").into_bytes()
}

fn progress(random: &mut Random, number: usize) -> Vec<u8> {
    let done = (number * 3).min(100);
    let bar = "#".repeat(done / 5);
    let end = if random.below(5) == 0 { "\n" } else { "" };
    format!("\r{done:3}% [{bar:20}] {} kB/s{end}", random.below(9000)).into_bytes()
}

fn mail(random: &mut Random, number: usize, holds: &mut Holds) -> Vec<u8> {
    let (from, to) = (random.one(&PEOPLE), random.one(&PEOPLE));
    let ticket = ticket(random, holds);
    format!("{number}: {from}@example.org wrote to {to}@example.org about {ticket}.\n").into_bytes()
}

fn coloured(random: &mut Random, number: usize, holds: &mut Holds) -> Vec<u8> {
    let ticket = ticket(random, holds);
    format!(
        "\x1b[1;3{}m{number:>4}\x1b[0m \x1b[2m{}\x1b[0m {ticket} ok\n",
        random.below(8),
        random.one(&STEPS)
    )
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{Holds, session};
    use crate::random::Random;

    #[test]
    fn a_day_is_the_same_each_time_and_holds_something_of_all() {
        let day = |seed| {
            let mut random = Random::new(seed);
            (0..100).map(|_| session(&mut random)).collect::<Vec<_>>()
        };
        assert_eq!(day(7), day(7));
        assert_ne!(day(7), day(8));
        let sum = day(7).iter().fold(Holds::default(), |sum, (_, holds)| Holds {
            tickets: sum.tickets + holds.tickets,
            old_tickets: sum.old_tickets + holds.old_tickets,
            numbers: sum.numbers + holds.numbers,
        });
        assert!(sum.tickets > 100 && sum.old_tickets > 30 && sum.numbers > 30, "{sum:?}");
    }
}
