//! Starting a session, and closing its record.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cofferdam_guard::{Cleared, Outlet};
use cofferdam_model::Code;
use cofferdam_model::record::{
    Channel, Day, Digest, Event, EventSchema, Mode as RecordMode, Name, Outcome, PolicyApproval, RunId, RunStarted,
    SafeText, TaskId, Whose,
};

use super::command::guard_command;
use super::desk::Desk;
use super::driver::{Driver, Ending};
use super::error::SessionError;
use super::guards::Guards;
use super::outputs::Outputs;
use super::plain::guard_text;
use super::streams::{Book, Stream, Taken, raw_totals};
use super::uses::{GuestUse, Uses};
use super::warmth::Warmth;
use super::{Reporter, usage};
use crate::authority::{OverrideRules, Overrides, SESSION_VARIABLE, mark_host};
use crate::process::{Command, HostRemains, Mode, OuterTerminal, Reaper, Signals, Spawned, StdinForwarder, spawn};
use crate::record::{Closing, Health, Options, RecordError, RunClock, RunRecorder, safe_text};
use crate::shadow::{ShadowPlan, Tap};

/// How the child is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionMode {
    /// A terminal of its own.
    Pty,
    /// Pipes, its outputs apart.
    Pipe,
}

/// When a session whose child succeeded is told to have failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailOn {
    /// Never: the child's own code stands.
    Never,
    /// When something was withheld: by a failure of a guard, a mark, or a line that was taken out.
    Withheld,
    /// When something was redacted or withheld.
    Redacted,
}

/// What becomes of the session when its record is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFull {
    /// Cleared output is still shown, and the record says that it is cut.
    Continue,
    /// The session ends.
    Stop,
}

/// A session to be held.
pub struct SessionSpec {
    /// What to run.
    pub command: Command,
    /// How it is connected.
    pub mode: SessionMode,
    /// The task that it belongs to.
    pub task: TaskId,
    /// Its id.
    pub run: RunId,
    /// The folder that holds `.runs` and `out`.
    pub base: PathBuf,
    /// How it is recorded.
    pub record: Options,
    /// When a record is cut.
    pub on_full: OnFull,
    /// When the guard took something out.
    pub fail_on: FailOn,
    /// How long what the child leaves behind has before it is killed.
    pub grace: Duration,
    /// The version of the host.
    pub version: &'static str,
    /// The digest of the policy with its settings and what the operator lays over it.
    pub policy_digest: Digest,
    /// Why the session may start under that policy.
    pub policy_approval: PolicyApproval,
    /// Versions that are in force in another plugin's place without a promotion.
    pub unpromoted: Vec<Name>,
    /// What people may let through in it; none where nobody may.
    pub overrides: Option<OverrideRules>,
    /// Whether the command is told of no SSH agent.
    pub hides_agent: bool,
    /// The digest of all settings that can change a decision.
    pub settings_digest: Digest,
    /// The day that detectors were told.
    pub as_of: Day,
}

/// How a session ended.
#[derive(Debug)]
pub struct SessionEnd {
    /// The exit code for the host's caller.
    pub exit_code: u8,
    /// Whose it is.
    pub whose: Whose,
    /// The run.
    pub run: RunId,
    /// The folder of its record.
    pub folder: PathBuf,
    /// Whether the guard blocked it.
    pub blocked: bool,
    /// Whether SIGINT ended the command, and the exit code says so.
    pub interrupted: bool,
    /// Why the host could not bring it to its end.
    pub failure: Option<(Code, String)>,
    /// What the detectors in force did.
    pub uses: Vec<GuestUse>,
    /// What is wrong with its record.
    pub health: Health,
    /// What else could not be done to its record.
    pub problems: Vec<RecordError>,
}

/// Holds a session: records its beginning, starts the command, guards what it writes, and closes the record.
///
/// Candidates in `shadow` run beside the guards once the command is started, and change nothing.
///
/// # Errors
/// Nothing was started. When the record had been begun, it is closed and tells why.
pub fn exec(
    spec: &SessionSpec,
    guards: &Arc<Guards>,
    shadow: Option<ShadowPlan>,
    reporter: &mut dyn Reporter,
) -> Result<SessionEnd, SessionError> {
    let run = spec.run;
    let clock = RunClock::start();
    let outputs = Outputs::of_process()?;
    let mut signals = Signals::install().map_err(SessionError::Wait)?;
    let cwd = guard_text(guards, working_folder(spec).into_os_string().into_vec());
    let command = guard_command(guards, &spec.command);
    let started = first_event(spec, run, guards, (command.cleared.clone(), cwd.cleared.clone()));
    let (recorder, entry) = RunRecorder::create(&spec.base, started, spec.record.clone(), clock.now())?;
    let mut book = Book {
        guards: Arc::clone(guards),
        recorder,
        clock,
        reporter,
        outputs,
        taken: Taken::default(),
        uses: Uses::of(guards),
        fault: None,
        shadow: None,
        problems: Vec::new(),
    };
    book.reporter.entry(&entry, &mut book.outputs);
    let mut desk = Desk::new(Arc::clone(guards));
    if let Some(rules) = &spec.overrides {
        desk = desk.with_overrides(Overrides::of(rules.clone(), spec.task.clone(), run));
    }
    book.follow(&mut desk);
    if book.meta([command, cwd]) {
        return Ok(close(spec, run, book, &[], &mut signals, Ending::default()));
    }

    let reaper = Reaper::install();
    let remains = HostRemains::before_start();
    let mut terminal = if spec.mode == SessionMode::Pty {
        OuterTerminal::of_stdin()
    } else {
        None
    };
    let size = terminal.as_ref().and_then(OuterTerminal::size).unwrap_or_default();
    let mode = match spec.mode {
        SessionMode::Pipe => Mode::Pipe,
        SessionMode::Pty => Mode::Pty {
            size,
            like: terminal.as_ref().map(OuterTerminal::attributes),
        },
    };
    mark_host();
    let spawned = match spawn(&in_session(spec, run), mode) {
        Ok(spawned) => spawned,
        Err(error) => return Err(refused(book, &mut signals, error.into())),
    };
    if let Some(terminal) = &mut terminal {
        // A terminal that can't be made raw still shows everything; only its keys act twice.
        terminal.raw().ok();
    }
    let Spawned {
        child,
        input,
        output,
        errors,
    } = spawned;
    book.event(Event::ProcessStarted {
        pid: u32::try_from(child.pid.as_raw_pid()).unwrap_or_default(),
    });
    let stdin = match StdinForwarder::from_host(input) {
        Ok(stdin) => stdin,
        Err(error) => {
            child.kill();
            return Err(refused(book, &mut signals, error.into()));
        }
    };
    let mut streams = Vec::new();
    match spec.mode {
        SessionMode::Pty => streams.push(Stream::new(
            Channel::Terminal,
            output,
            guards.guard(2, Outlet::Terminal, size.into()),
        )),
        SessionMode::Pipe => {
            streams.push(Stream::new(
                Channel::Stdout,
                output,
                guards.guard(0, Outlet::Pipe, size.into()),
            ));
            streams.extend(
                errors.map(|errors| Stream::new(Channel::Stderr, errors, guards.guard(1, Outlet::Pipe, size.into()))),
            );
        }
    }
    // Only now, so that not even the start of the command waits for anything of theirs.
    if let Some(plan) = shadow {
        let place = (book.recorder.folder(), spec.version);
        let mut tap = Tap::start(plan, guards, (&spec.task, run), place);
        for stream in &streams {
            let outlet = match spec.mode {
                SessionMode::Pty => Outlet::Terminal,
                SessionMode::Pipe => Outlet::Pipe,
            };
            tap.open(stream.channel, outlet, size.into());
        }
        book.shadow = Some(tap);
    }
    let driver = Driver {
        book,
        desk,
        streams,
        stdin,
        signals,
        reaper,
        remains,
        child,
        terminal,
        on_full: spec.on_full,
        grace: spec.grace,
        kill_at: None,
        stopping: None,
        warmth: Warmth::begin(),
    };
    let (mut book, desk, streams, mut signals, ending) = driver.run();
    let shadow = book.shadow.take();
    // Everything is out by now: what candidates are waited for makes no byte late.
    let told = shadow.map(|tap| tap.finish(&spec.task, run, spec.version, |detector| desk.memory(detector)));
    if let Some(lines) = told {
        match book.recorder.shadow(&lines) {
            Ok(()) => Tap::tidy(&book.recorder.folder(), &lines),
            Err(error) => book.problems.push(error),
        }
    }
    Ok(close(spec, run, book, &streams, &mut signals, ending))
}

/// The command with the environment that a session gives it.
fn in_session(spec: &SessionSpec, run: RunId) -> Command {
    let mut command = spec.command.clone();
    let id = run.to_string().into();
    command.env.push((SESSION_VARIABLE.into(), Some(id)));
    if spec.hides_agent {
        command.env.push(("SSH_AUTH_SOCK".into(), None));
    }
    command
}

fn working_folder(spec: &SessionSpec) -> PathBuf {
    let given = spec.command.cwd.clone();
    given.or_else(|| std::env::current_dir().ok()).unwrap_or_default()
}

fn first_event(spec: &SessionSpec, run: RunId, guards: &Guards, (command, cwd): (Cleared, Cleared)) -> RunStarted {
    RunStarted {
        schema: EventSchema::V1,
        task: spec.task.clone(),
        run,
        command: safe_text(command),
        cwd: safe_text(cwd),
        mode: match spec.mode {
            SessionMode::Pty => RecordMode::Pty,
            SessionMode::Pipe => RecordMode::Pipe,
        },
        host_version: SafeText::constant(spec.version),
        host_pid: Some(std::process::id()),
        plugins: guards.plugins(),
        policy_digest: spec.policy_digest,
        policy_approval: Some(spec.policy_approval.clone()),
        unpromoted: spec.unpromoted.clone(),
        settings_digest: spec.settings_digest,
        as_of: spec.as_of,
        labels: BTreeMap::new(),
    }
}

/// Closes the record of a session whose child could not be started, or not be connected.
fn refused(mut book: Book<'_>, signals: &mut Signals, error: SessionError) -> SessionError {
    let exit_code = error.exit_code();
    let whose = if exit_code == 125 { Whose::Host } else { Whose::Shell };
    let closing = Closing::Failed {
        code: error.code(),
        // Messages of these errors name no program and no argument.
        message: SafeText::vouched(error.to_string()),
        exit_code,
        whose,
    };
    let now = book.clock.now();
    match book.recorder.finish(closing, now) {
        Ok(finished) => {
            book.reporter.entry(&finished.closing.entry, &mut book.outputs);
            book.outputs.flush(signals);
            error
        }
        Err(fault) => SessionError::Record(fault),
    }
}

fn close(
    spec: &SessionSpec,
    run: RunId,
    mut book: Book<'_>,
    streams: &[Stream],
    signals: &mut Signals,
    ending: Ending,
) -> SessionEnd {
    let (outcome, exit_code, whose) = judge(spec, &book, &ending);
    let folder = book.recorder.folder();
    let uses = std::mem::take(&mut book.uses).told();
    let health = book.recorder.health();
    let blocked = book.taken.blocked;
    let interrupted = whose == Whose::Child && ending.interrupted;
    let failure = match (&book.fault, &ending.failure) {
        (Some(fault), _) => Some((fault.code(), fault.to_string())),
        (None, Some((code, message))) => Some((*code, message.to_string())),
        (None, None) => None,
    };
    let closing = match (&book.fault, ending.failure) {
        (Some(fault), _) => Closing::Failed {
            code: fault.code(),
            message: SafeText::vouched(fault.to_string()),
            exit_code,
            whose,
        },
        (None, Some((code, message))) => Closing::Failed {
            code,
            message,
            exit_code,
            whose,
        },
        (None, None) => Closing::Completed {
            outcome,
            exit_code,
            whose,
            raw: raw_totals(streams),
            stdin_bytes: ending.stdin_bytes,
            resources: usage::resources(),
        },
    };
    let now = book.clock.now();
    let problems = match book.recorder.finish(closing, now) {
        Ok(finished) => {
            book.reporter.entry(&finished.closing.entry, &mut book.outputs);
            book.problems.extend(finished.problems);
            book.problems
        }
        Err(fault) => vec![fault],
    };
    book.outputs.flush(signals);
    SessionEnd {
        exit_code,
        whose,
        run,
        folder,
        blocked,
        interrupted,
        failure,
        uses,
        health,
        problems,
    }
}

/// What became of the session, its exit code, and whose that is.
fn judge(spec: &SessionSpec, book: &Book<'_>, ending: &Ending) -> (Outcome, u8, Whose) {
    let taken = book.taken;
    let fails = match spec.fail_on {
        FailOn::Never => false,
        FailOn::Withheld => taken.withheld,
        FailOn::Redacted => taken.withheld || taken.redacted,
    };
    if taken.blocked {
        (Outcome::Blocked, 121, Whose::Guard)
    } else if book.fault.is_some() || ending.failure.is_some() {
        (Outcome::Failed, 122, Whose::Host)
    } else if ending.closed {
        (Outcome::Completed, 141, Whose::Shell)
    } else {
        let outcome = if ending.told {
            Outcome::Killed
        } else {
            Outcome::Completed
        };
        match ending.exit_code {
            Some(0) if fails => (outcome, 123, Whose::Guard),
            Some(code) => (outcome, code, Whose::Child),
            None => (Outcome::Failed, 122, Whose::Host),
        }
    }
}

/// The code of a session that ended because its record was cut.
pub(super) fn cut() -> (Code, SafeText) {
    let message =
        "the record could not be written any more, and records.on-full is `stop`; free some space and run it again";
    (Code::RecordWrite, SafeText::constant(message))
}
