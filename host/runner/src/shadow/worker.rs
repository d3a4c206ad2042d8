//! The thread of one candidate.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use cofferdam_guard::{Consult, Guard, MarkKind, Outlet, RuleRef, Size, Verdicts};
use cofferdam_model::record::{Channel, Name, PluginKind};
use cofferdam_model::shadow::CandidateState;

use super::lane::{Item, Lane, Next, Windows};
use super::part::Part;
use super::plan::CandidatePlan;
use super::results::Results;
use super::seen::Seen;
use super::watch::Watch;
use crate::session::{Desk, Guards, action_of};

/// How a thread of a candidate gives way to everything else that runs, where the system allows it.
const NICE: i32 = 19;
/// wasm runs on the caller's stack.
const STACK: usize = 4 << 20;

/// What a candidate's thread and the session's share.
pub(super) struct Shared {
    pub(super) lane: Lane,
    results: Mutex<Results>,
    /// The candidate's guards, once they are loaded.
    guards: Mutex<Option<Arc<Guards>>>,
    /// Where the system tells what the candidate's thread used, once that runs.
    thread: OnceLock<PathBuf>,
}

/// How much of a processor's time a candidate may still use.
pub(super) struct Budget {
    all: Duration,
    /// What its thread had used before, where the system tells, and the moment.
    before: Duration,
    since: Instant,
}

impl Budget {
    /// What is left of it. Where the system doesn't tell what a thread used, all time that went by counts.
    pub(super) fn left(&self, shared: &Shared) -> Duration {
        // A thread that hasn't begun yet has used nothing.
        let used = match (shared.thread.get(), shared.used()) {
            (None, _) => Duration::ZERO,
            (Some(_), Some(now)) => now.saturating_sub(self.before),
            (Some(_), None) => self.since.elapsed(),
        };
        self.all.saturating_sub(used)
    }
}

impl Shared {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            lane: Lane::new(bound),
            results: Mutex::default(),
            guards: Mutex::default(),
            thread: OnceLock::new(),
        }
    }

    /// So much of a processor's time for the candidate's thread from now on.
    pub(super) fn budget(&self, all: Duration) -> Budget {
        Budget {
            all,
            before: self.used().unwrap_or_default(),
            since: Instant::now(),
        }
    }

    /// What the candidate's thread used of a processor so far. None where it doesn't run or the system doesn't tell.
    fn used(&self) -> Option<Duration> {
        let told = std::fs::read_to_string(self.thread.get()?).ok()?;
        told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    }

    pub(super) fn results(&self) -> MutexGuard<'_, Results> {
        self.results.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn guards(&self) -> Option<Arc<Guards>> {
        self.guards.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lets this thread run where nobody else wants to. Where it can't give way it is still bounded by its ring and its
/// deadlines.
#[allow(unsafe_code, reason = "rustix has no call for the policy of a thread")]
fn give_way() {
    rustix::process::setpriority_process(None, NICE).ok();
    let parameter = libc::sched_param { sched_priority: 0 };
    // Beside being scheduled last, a processor that runs nothing else counts as idle, so that others are woken on it at once.
    // SAFETY: the call reads the parameter, which lives until it returns, and changes nothing but how this thread is scheduled.
    unsafe { libc::sched_setscheduler(0, libc::SCHED_IDLE, &raw const parameter) };
}

/// Starts the thread. Answers whether there is one.
pub(super) fn start(
    plan: CandidatePlan,
    shared: Arc<Shared>,
    in_force: Arc<Guards>,
    (incumbent, part): (Option<u16>, Part),
) -> bool {
    let thread = std::thread::Builder::new().name("shadow".to_owned()).stack_size(STACK);
    let run = move || {
        if let Ok(own) = std::fs::read_link("/proc/thread-self") {
            shared
                .thread
                .get_or_init(|| Path::new("/proc").join(own).join("schedstat"));
        }
        let CandidatePlan { name, kind, load, .. } = plan;
        // Not before it is loaded: on a busy machine that would take a hundred times as long, and most runs are over
        // by then.
        match load() {
            Ok(guards) => {
                guards.policy().load_code(guards.engine());
                // Whose run is over already is waited for, and not to be waited for in vain.
                if !shared.lane.is_closed() {
                    give_way();
                }
                let guards = Arc::new(guards);
                *shared.guards.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&guards));
                Worker::new(name, kind, guards, in_force, incumbent, (part, &shared)).run();
            }
            Err(code) => shared.results().state = CandidateState::Refused { code },
        }
        shared.lane.leave();
    };
    thread.spawn(run).is_ok()
}

struct Worker<'a> {
    name: Name,
    kind: PluginKind,
    guards: Arc<Guards>,
    in_force: Arc<Guards>,
    /// What of the guards in force the candidate is held against.
    incumbent: Option<u16>,
    desk: Desk,
    detector: Option<u16>,
    streams: BTreeMap<Channel, Stream>,
    /// What a candidate policy said, until the one in force is carried out.
    said: BTreeMap<(Channel, RuleRef, u64), Verdict>,
    part: Part,
    shared: &'a Shared,
}

/// A candidate's guard of one stream.
struct Stream {
    guard: Guard,
    /// Where in the stream it began.
    base: u64,
    outlet: Outlet,
    size: Size,
}

type Verdict = Result<cofferdam_guard::PolicyDecision, cofferdam_guard::FailureKind>;

impl<'a> Worker<'a> {
    fn new(
        name: Name,
        kind: PluginKind,
        guards: Arc<Guards>,
        in_force: Arc<Guards>,
        incumbent: Option<u16>,
        (part, shared): (Part, &'a Shared),
    ) -> Self {
        let detector = guards.detector_index(&name);
        let mut results = shared.results();
        let own = guards.plugins().into_iter().find(|plugin| match kind {
            PluginKind::Detector => plugin.name == name,
            PluginKind::GuardPolicy => plugin.kind == PluginKind::GuardPolicy,
        });
        if let Some(own) = own {
            results.version = Some(own.version);
            results.digest = Some(own.digest);
        }
        results.state = CandidateState::Ran;
        drop(results);
        Self {
            desk: Desk::new(Arc::clone(&guards)),
            detector,
            name,
            kind,
            guards,
            in_force,
            incumbent,
            streams: BTreeMap::new(),
            said: BTreeMap::new(),
            part,
            shared,
        }
    }

    fn run(mut self) {
        let mut is_fresh = false;
        loop {
            let until = is_fresh.then(|| Instant::now() + self.part.due());
            match self.shared.lane.next(until) {
                Next::Item(item) => {
                    let cost = Lane::cost(&item);
                    self.handle(item);
                    self.shared.lane.finished(cost);
                    is_fresh = true;
                    if self.part.due().is_zero() {
                        self.keep();
                        is_fresh = false;
                    }
                }
                Next::Idle => {
                    self.keep();
                    is_fresh = false;
                }
                Next::Closed => break,
            }
        }
    }

    /// Writes down what came of it so far, for the case that the host is killed. At the end of a run there is no need.
    fn keep(&mut self) {
        // Where something was dropped without which nothing can be compared, what was written before stays.
        if self.shared.lane.is_closed() || self.shared.lane.is_blind() {
            return;
        }
        let results = self.shared.results();
        let (places, coverage) = results.so_far(&self.name);
        let loaded = (results.version.clone(), results.digest);
        drop(results);
        self.part.write(loaded, places, coverage);
    }

    fn handle(&mut self, item: Item) {
        let mut watch = Watch::default();
        match item {
            Item::Open { channel, outlet, size } => {
                self.open(channel, outlet, size, 0);
                self.shared.results().open(channel, outlet);
            }
            Item::Bytes {
                channel,
                at,
                raw,
                windows,
                settled,
            } => {
                self.drive(channel, at, &mut watch, |guard, at| guard.push_shared(at, &raw));
                self.tell(channel, &watch, &windows, Some(settled));
            }
            Item::Gap { channel, from, to } => {
                self.shared.results().gap(channel, from, to);
                if let Some(Stream { outlet, size, .. }) = self.streams.remove(&channel) {
                    self.open(channel, outlet, size, to);
                }
            }
            Item::Resize { channel, at, size } => {
                self.drive(channel, at, &mut watch, |guard, _| {
                    guard.resize(size);
                    guard.mark(MarkKind::Resize);
                });
                if let Some(stream) = self.streams.get_mut(&channel) {
                    stream.size = size;
                }
                self.tell(channel, &watch, &Windows::new(), None);
            }
            Item::End { channel, at, windows } => {
                self.drive(channel, at, &mut watch, |guard, _| guard.mark(MarkKind::End));
                self.tell(channel, &watch, &windows, None);
            }
            Item::Found { channel, decision } => {
                let Some(seen) = Seen::of(&self.in_force, &decision, 0, channel) else {
                    return;
                };
                match self.kind {
                    PluginKind::Detector => {
                        let compared = self.incumbent == Some(decision.rule.detector);
                        self.shared.results().ours(channel, seen, compared);
                    }
                    PluginKind::GuardPolicy => self.decided(channel, decision.rule, decision.offset, seen),
                }
            }
            Item::Consulted {
                channel,
                at,
                consult,
                verdicts,
            } => self.consult(channel, at, &consult, &verdicts),
        }
        self.shared.results().settle(&self.name);
    }

    fn open(&mut self, channel: Channel, outlet: Outlet, size: Size, base: u64) {
        let stream = Stream {
            guard: self.guards.guard(number(channel), outlet, size),
            base,
            outlet,
            size,
        };
        self.streams.insert(channel, stream);
    }

    /// Brings the candidate's guard to a moment, with the marks that were due before, and then does something with it.
    fn drive(&mut self, channel: Channel, at: Duration, watch: &mut Watch, act: impl FnOnce(&mut Guard, Duration)) {
        let Some(stream) = self.streams.get_mut(&channel) else {
            return;
        };
        stream.guard.handle_timeout(at);
        self.desk.serve(&mut stream.guard, at, watch);
        act(&mut stream.guard, at);
        self.desk.serve(&mut stream.guard, at, watch);
    }

    /// Puts what came of an item with the results.
    fn tell(&self, channel: Channel, watch: &Watch, our_windows: &Windows, our_settled: Option<u64>) {
        let Some(stream) = self.streams.get(&channel) else {
            return;
        };
        let guard = &stream.guard;
        let seen = stream.base + guard.taken();
        let mut results = self.shared.results();
        for decision in &watch.decisions {
            if let Some(seen) = Seen::of(&self.guards, decision, stream.base, channel) {
                results.theirs(channel, seen);
            }
        }
        results.their_windows(&watch.windows);
        results.our_windows(our_windows);
        results.progress(channel, our_settled, seen - guard.held(), seen, guard.is_ended());
        self.cost(&mut results, watch);
    }

    fn cost(&self, results: &mut Results, watch: &Watch) {
        let coverage = &mut results.coverage;
        watch.took.iter().for_each(|took| coverage.times.add(*took));
        for (kind, count) in &watch.failures {
            *coverage.failures.entry(*kind).or_default() += count;
        }
        let asked = self.detector.filter(|_| self.kind == PluginKind::Detector);
        coverage.memory_bytes = coverage.memory_bytes.max(self.desk.memory(asked) as u64);
        coverage.cpu_ms = cpu_ms();
    }

    fn consult(&mut self, channel: Channel, at: Duration, consult: &Consult, _in_force: &Verdicts) {
        let mut watch = Watch::default();
        let begun = Instant::now();
        let (verdicts, incidents) = self.desk.consult(consult, at);
        watch.took.push(begun.elapsed());
        incidents.iter().for_each(|incident| watch.fail(incident));
        for (finding, verdict) in consult.findings.iter().zip(verdicts) {
            self.said.insert((channel, finding.rule, finding.offset), verdict);
        }
        let mut results = self.shared.results();
        let count = consult.findings.len() as u64;
        results.coverage.windows += count;
        results.coverage.incumbent_windows += count;
        self.cost(&mut results, &watch);
    }

    /// The policy in force was carried out on a finding: the candidate's verdict on it is held against that.
    fn decided(&mut self, channel: Channel, rule: RuleRef, offset: u64, ours: Seen) {
        let said = self.said.remove(&(channel, rule, offset));
        let mut results = self.shared.results();
        results.ours(channel, ours.clone(), false);
        let mut theirs = ours.clone();
        match said {
            Some(Ok(decision)) => theirs.side.action = action_of(decision.action),
            Some(Err(kind)) => theirs.failed = Some(kind),
            // A failed detector's findings are never shown to a policy.
            None => return,
        }
        results.same_finding(channel, &self.name, ours, theirs);
    }
}

/// The number under which detectors see a channel.
pub(super) fn number(channel: Channel) -> u8 {
    match channel {
        Channel::Stdout => 0,
        Channel::Stderr => 1,
        Channel::Terminal => 2,
        Channel::Meta => 3,
    }
}

/// What this thread used of a processor.
fn cpu_ms() -> u64 {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    let millis = used.tv_sec * 1000 + used.tv_nsec / 1_000_000;
    u64::try_from(millis).unwrap_or_default()
}
