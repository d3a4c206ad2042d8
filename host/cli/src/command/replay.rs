//! `cofferdam shadow replay`: a candidate over texts that are there, executed anew.

use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;

use cofferdam_model::Code;
use cofferdam_model::record::{Action, Channel, Event, Manifest, Name};
use cofferdam_model::shadow::Effect;
use cofferdam_runner::record::{RecordError, find, read_log, read_output};
use cofferdam_runner::shadow::{Replay, Replayed};

use super::exec::base;
use super::run::no_manifest;
use crate::config::Surroundings;
use crate::corpus::CorpusFile;
use crate::failure::Failure;
use crate::guards::{Pair, in_force, replay_pair};
use crate::report::Verbosity;
use crate::report::shadow::{failure, seen};
use crate::report::words::of;

/// So many places are shown where not all of them are asked for.
const SHOWN: usize = 15;

/// The arguments of `cofferdam shadow replay`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("texts").args(["corpus", "run"]).required(true))]
#[command(after_help = "\
A run keeps what the guard let out, and not what it took out: what a candidate would say of that can't be executed again, and
such a run is never called unchanged.

Exit codes: 0 all was executed and nothing changed; 3 something changed; 4 nothing changed in what was executed, and not all
could be; 122 or 141 the output could not be written; 125 refused.")]
pub(crate) struct ReplayArgs {
    /// A file of labelled texts, as `cofferdam eval` takes
    #[arg(long, value_name = "FILE")]
    corpus: Option<PathBuf>,
    /// A recorded run: the output that it kept is guarded again
    #[arg(long, value_name = "ID")]
    run: Option<String>,
    /// The configured plugin to run, whatever its mode is, or `policy.candidate`
    #[arg(long, value_name = "NAME")]
    candidate: String,
}

/// Replays, prints what came of it, and answers the exit code.
pub(crate) fn replay(
    args: &ReplayArgs,
    around: &Surroundings,
    verbosity: Verbosity,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let in_force = in_force(around)?;
    let name: Name = args
        .candidate
        .parse()
        .map_err(|error| Failure::before(Code::Usage, format!("--candidate: {error}")))?;
    // What is wrong with a corpus or a run is said before anything is loaded.
    let corpus = args.corpus.as_deref().map(CorpusFile::check_filled).transpose()?;
    let kept = args
        .run
        .as_ref()
        .map(|run| Kept::of(run, &base(&in_force.resolved, around)));
    let kept = kept.transpose()?;
    let Pair { in_force, candidate } = replay_pair(around, &in_force, &args.candidate)?;
    let mut replay = Replay::new(name, in_force, candidate);
    if let Some(mut corpus) = corpus {
        corpus.examples(&mut |_, example| replay.example(example))?;
    }
    let mut missing = Vec::new();
    if let Some(kept) = kept {
        for (channel, text) in &kept.texts {
            replay.text(*channel, text);
        }
        missing = kept.missing;
    }
    let done = replay.finish();
    let failures: u64 = done.coverage.failures.values().sum();
    if failures > 0 {
        let kinds = done.coverage.failures.iter();
        let kinds: Vec<_> = kinds
            .map(|(kind, count)| format!("{} ({count})", failure(*kind)))
            .collect();
        missing.push(format!(
            "{failures} calls in which the candidate failed: {}",
            kinds.join("; ")
        ));
    }
    let (told, code) = verdict(&args.candidate, &done, &missing, verbosity == Verbosity::Verbose);
    out.write_all(told.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(code)
}

/// What is said of a replay, and the exit code that says so.
fn verdict(candidate: &str, done: &Replayed, missing: &[String], all: bool) -> (String, u8) {
    let effect = |effect: Effect| done.coverage.effects.get(&effect).copied().unwrap_or(0);
    let (looser, stricter, same) = (effect(Effect::Looser), effect(Effect::Stricter), effect(Effect::Same));
    let mut told = String::new();
    let mut line = |text: &str| writeln!(told, "{text}").expect("a string takes all");
    line(&format!(
        "{candidate}: {} of {} executed; {looser} looser, {stricter} stricter, {same} the same",
        of(done.texts, "text"),
        of(done.coverage.bytes, "byte")
    ));
    for missing in missing {
        line(&format!("not executed: {missing}"));
    }
    let code = match (looser + stricter, missing.is_empty()) {
        (0, true) => {
            line("unchanged");
            0
        }
        (0, false) => {
            line("not known to be unchanged: see what was not executed");
            4
        }
        (_, _) => {
            line("changed");
            3
        }
    };
    let differing: Vec<_> = done
        .places
        .iter()
        .filter(|place| matches!(place.effect, Effect::Looser | Effect::Stricter))
        .collect();
    let shown = if all { differing.len() } else { SHOWN };
    for found in differing.iter().take(shown) {
        told.push_str(&seen(&format!("place {} of this replay", found.place), found));
    }
    if differing.len() > shown {
        told.push_str(&format!(
            "… and {} more: --verbose shows them\n",
            differing.len() - shown
        ));
    }
    (told, code)
}

/// What a run kept of its output, and what it did not.
struct Kept {
    texts: Vec<(Channel, Vec<u8>)>,
    missing: Vec<String>,
}

impl Kept {
    fn of(run: &str, base: &std::path::Path) -> Result<Self, Failure> {
        let failed = |error: RecordError| Failure::before(error.code(), error);
        let run = find(base, run).map_err(failed)?;
        let Some(manifest) = &run.manifest else {
            return Err(Failure::before(Code::RecordRead, no_manifest(&run)));
        };
        let mut taken_out: u64 = 0;
        let mut masked: u64 = 0;
        read_log(&run.folder, &mut |entry| match entry.event {
            Event::GuardDecision(decision) => taken_out += u64::from(decision.action != Action::Allow),
            Event::GuardMark(mark) => masked += mark.masked,
            Event::RunStarted(_)
            | Event::ProcessStarted { .. }
            | Event::Output { .. }
            | Event::OverridesChanged(_)
            | Event::GuestFailed(_)
            | Event::SegmentOpened { .. }
            | Event::SegmentClosed { .. }
            | Event::SegmentDropped { .. }
            | Event::RecordCut { .. }
            | Event::LeftoverEnded { .. }
            | Event::ProcessExited(_)
            | Event::RunCompleted(_)
            | Event::RunFailed(_) => {}
        })
        .map_err(failed)?;
        let mut kept = Self {
            texts: Vec::new(),
            missing: Vec::new(),
        };
        for channel in [Channel::Stdout, Channel::Stderr, Channel::Terminal] {
            // Where the middle was dropped, what stands behind it is a text of its own.
            let mut end = 0;
            read_output(&run.folder, channel, 0..u64::MAX, &mut |at, bytes| {
                let bytes = bytes.as_bytes();
                match kept.texts.last_mut() {
                    Some((last, text)) if *last == channel && at == end => text.extend_from_slice(bytes),
                    Some(_) | None => kept.texts.push((channel, bytes.to_vec())),
                }
                end = at + bytes.len() as u64;
            })
            .map_err(failed)?;
        }
        let mut miss = |count: u64, what: &str| {
            if count > 0 {
                kept.missing.push(format!("{count} {what}"));
            }
        };
        miss(taken_out, "places that the guard took out, whose bytes no record holds");
        miss(masked, "bytes that a pause masked, which no record holds");
        miss(dropped(manifest), "bytes of output that were not kept, or not recorded");
        miss(
            u64::from(!manifest.status.is_terminal()),
            "run that was not closed, so that more may have come",
        );
        Ok(kept)
    }
}

fn dropped(manifest: &Manifest) -> u64 {
    let dropped: u64 = manifest.channels.values().map(|channel| channel.dropped_bytes).sum();
    let lost = manifest.completed.as_ref().map(|completed| &completed.lost);
    let lost = lost.or(manifest.failed.as_ref().map(|failed| &failed.lost));
    dropped + lost.map_or(0, |lost| lost.bytes.values().sum::<u64>())
}
