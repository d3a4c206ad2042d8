//! A secret doesn't get out, wherever the output is cut and however long it pauses; and nothing else is changed.

use std::io::Read as _;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use cofferdam_tests::plant::{Cut, Outlet, Text};
use cofferdam_tests::random::Random;
use cofferdam_tests::script::Line;

use crate::bed::{Bed, finish, frames};

/// How an output is cut.
struct Case {
    name: String,
    seed: u64,
    cuts: Vec<Cut>,
    pause: u64,
}

impl Case {
    /// Whether the input pauses for so long that a pipe shows masks.
    fn stalls(&self) -> bool {
        self.pause >= 2_000
    }

    fn script(&self, text: &Text) -> Vec<Line> {
        let mut lines = Vec::new();
        for (place, chunk) in text.chunks(&self.cuts).into_iter().enumerate() {
            if place > 0 && self.pause > 0 {
                lines.push(Line::Pause(Duration::from_millis(self.pause)));
            }
            lines.push(Line::Out(chunk));
        }
        lines
    }

    /// The output and its record, compared as a whole.
    fn check(&self, bed: &Bed, outlet: Outlet) {
        let text = Text::with_everything(self.seed);
        let (mode, channel) = match outlet {
            Outlet::Pipe => ("--pipe", "stdout"),
            Outlet::Terminal => ("--pty", "terminal"),
        };
        let name = format!("{}{mode}", self.name);
        let mut command: Command = bed.exec(&[mode, "--task", &name], &name, &self.script(&text));
        let stalls: &[Cut] = if self.stalls() {
            &self.cuts
        } else {
            // A loaded machine may be late with what should come at once; only a pause that is meant may count as a
            // stall.
            command.env("COFFERDAM_GUARD__STALL", "60 s");
            &[]
        };
        let done = finish(&mut command);
        let wanted = text.guarded(outlet, stalls);
        assert_eq!(done.errors(), "", "{name}");
        same(&name, &done.out, &wanted);
        assert_eq!(done.code(), 0, "{name}");
        let run = bed.work().join(".runs").join(&name).join("cli");
        let run = std::fs::read_dir(run)
            .expect("a run")
            .next()
            .expect("a run")
            .expect("a run");
        same(&name, &frames(&run.path(), channel), &wanted);
    }
}

/// Compares as a whole, and shows where the first difference is.
fn same(name: &str, found: &[u8], wanted: &[u8]) {
    if found != wanted {
        let at = found.iter().zip(wanted).take_while(|(one, other)| one == other).count();
        let around = |bytes: &[u8]| {
            let part = &bytes[at.saturating_sub(60)..bytes.len().min(at + 60)];
            String::from_utf8_lossy(part).into_owned()
        };
        panic!(
            "{name} differs at byte {at}\nfound:  {:?}\nwanted: {:?}",
            around(found),
            around(wanted)
        );
    }
}

/// Checks all cases in both modes, so many at a time: they mostly wait.
fn check_all(cases: Vec<Case>, at_a_time: usize) {
    let bed = Bed::new();
    let work: Vec<_> = cases
        .iter()
        .flat_map(|case| [(case, Outlet::Pipe), (case, Outlet::Terminal)])
        .collect();
    let queue = std::sync::Mutex::new(work.into_iter());
    thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().expect("no other thread failed").next();
                    let Some((case, outlet)) = next else { return };
                    case.check(&bed, outlet);
                }
            });
        }
    });
}

/// So many places of all, sorted; the same ones for a seed.
fn sample(places: &[Cut], count: usize, seed: u64) -> Vec<Cut> {
    let mut random = Random::new(seed);
    let mut taken: Vec<Cut> = (0..count).map(|_| *random.one(places)).collect();
    taken.sort();
    taken.dedup();
    taken
}

#[test]
fn shown_1_a_secret_does_not_get_out_whole_or_cut_at_every_byte() {
    let mut cases = Vec::new();
    for seed in 1..=3 {
        let cuts = Text::with_everything(seed).places();
        cases.push(Case {
            name: format!("whole-{seed}"),
            seed,
            cuts: Vec::new(),
            pause: 0,
        });
        cases.push(Case {
            name: format!("every-byte-{seed}"),
            seed,
            cuts,
            pause: 0,
        });
    }
    let cuts = Text::with_everything(4).places();
    cases.push(Case {
        name: "every-byte-5-ms".to_owned(),
        seed: 4,
        cuts: cuts.clone(),
        pause: 5,
    });
    for share in 0..3 {
        cases.push(Case {
            name: format!("sampled-50-ms-{share}"),
            seed: 4,
            cuts: sample(&cuts, 40, share),
            pause: 50,
        });
    }
    check_all(cases, 8);
}

#[test]
fn shown_1_a_secret_does_not_get_out_when_the_output_stalls_inside_it() {
    let cuts = Text::with_everything(5).places();
    let cases = (0..6)
        .map(|share| Case {
            name: format!("sampled-2-s-{share}"),
            seed: 5,
            cuts: sample(&cuts, 4, 100 + share),
            pause: 2_000,
        })
        .collect();
    check_all(cases, 12);
}

#[test]
fn invariant_4_public_text_is_neither_held_nor_masked_when_a_terminal_idles() {
    let text = "$ make DEBUG=1 target/release/hello-world\nwell-known words, a prompt: 42% (y/N) \u{2714}\n";
    let bed = Bed::new();
    let mut lines = Vec::new();
    for part in text.as_bytes().chunks(2) {
        lines.push(Line::Out(part.to_vec()));
        lines.push(Line::Pause(Duration::from_millis(60)));
    }
    // What waits for an answer is seen before it: the last word has no end yet.
    lines.push(Line::Out(b"password".to_vec()));
    lines.push(Line::Read);
    let mut command = bed.exec(&["--pty"], "script", &lines);
    let mut host = command.stdin(Stdio::piped()).spawn().expect("started");
    let wanted = format!("{text}password").replace('\n', "\r\n");
    let mut shown = vec![0; wanted.len()];
    host.stdout
        .take()
        .expect("piped")
        .read_exact(&mut shown)
        .expect("all of it");
    assert_eq!(String::from_utf8_lossy(&shown), wanted);
    host.kill().expect("it waits");
    host.wait().expect("ended");
}

/// Every byte with every pause. Takes some ten minutes: `COFFERDAM_TEST_EXHAUSTIVE=1 cargo xtask test shown_1`.
#[test]
fn shown_1_a_secret_does_not_get_out_for_any_pause_at_any_byte() {
    if std::env::var_os("COFFERDAM_TEST_EXHAUSTIVE").is_none() {
        return;
    }
    let places = Text::with_everything(6).places();
    let mut cases = Vec::new();
    for pause in [0, 5, 50, 2_000] {
        for (number, cut) in places.iter().enumerate() {
            cases.push(Case {
                name: format!("at-{number}-{pause}-ms"),
                seed: 6,
                cuts: vec![*cut],
                pause,
            });
        }
    }
    check_all(cases, 48);
}

/// A child may end while its last words wait for whoever reads the host, and that may take longer than a stream is
/// waited for.
#[test]
fn a_slow_reader_gets_all_that_a_child_wrote_before_it_ended() {
    let line = "nothing to see here\n";
    let started = ["--pipe", "--pty"].into_iter().flat_map(|mode| {
        // What the host and the system hold between child and reader, and somewhat less and more.
        [330_000, 370_000, 410_000, 450_000, 490_000].map(|size| {
            let bed = Bed::new();
            let script = format!("yes '{}' | head -n {}", line.trim_end(), size / line.len());
            let child = bed
                .command(["exec", mode, "--", "sh", "-c", &script])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .expect("the host starts");
            (mode, size, child, bed)
        })
    });
    let started: Vec<_> = started.collect();
    thread::sleep(Duration::from_secs(3));
    for (mode, size, mut child, _bed) in started {
        let mut all = Vec::new();
        let mut out = child.stdout.take().expect("it is a pipe");
        out.read_to_end(&mut all).expect("the output is read");
        let end = if mode == "--pty" { "\r\n" } else { "\n" };
        let wanted = format!("{}{end}", line.trim_end()).repeat(size / line.len());
        assert!(
            all == wanted.as_bytes(),
            "{mode} {size}: {} of {} bytes",
            all.len(),
            wanted.len()
        );
        assert!(child.wait().expect("the host ends").success(), "{mode} {size}");
    }
}
