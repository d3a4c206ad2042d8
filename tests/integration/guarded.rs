//! The guard with the built-in detectors and policy, driven in memory.

use std::sync::OnceLock;
use std::time::Duration;

use cofferdam_guard::{Action, Decision, MarkKind, Outlet, Output, Raw, Replacement, Size};
use cofferdam_runner::session::engine::{BreakerSettings, Engine, EngineOptions, PluginSpec, Session};
use cofferdam_runner::session::{GuardTimes, Guards};

use crate::bed::{cache, guest, root};
use crate::screen::{COLUMNS, ROWS};

/// That of every screen here.
const SIZE: Size = Size {
    columns: COLUMNS,
    rows: ROWS,
};

/// A session of the built-in guards.
pub(crate) struct Guarded {
    session: Session,
}

/// What came of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) output: Vec<u8>,
    pub(crate) decisions: Vec<Decision>,
}

impl Seen {
    /// Findings that were not let through.
    pub(crate) fn taken(&self) -> usize {
        let is_taken = |decision: &&Decision| decision.action != Action::Allow;
        self.decisions.iter().filter(is_taken).count()
    }
}

impl Guarded {
    /// A session of its own; all of them share the compiled guards.
    pub(crate) fn new() -> Self {
        Self {
            session: guards().session(),
        }
    }

    /// What comes out when these chunks go in, one by one, and then the end.
    pub(crate) fn guard<'a>(&mut self, outlet: Outlet, chunks: impl IntoIterator<Item = &'a [u8]>) -> Seen {
        let mut guard = guards().guard(0, outlet, SIZE);
        let mut seen = Seen {
            output: Vec::new(),
            decisions: Vec::new(),
        };
        for chunk in chunks {
            guard.push(Duration::ZERO, Raw::from_vec(chunk.to_vec()));
            self.serve(&mut guard, &mut seen);
        }
        guard.mark(MarkKind::End);
        self.serve(&mut guard, &mut seen);
        assert!(guard.is_ended(), "everything is settled");
        seen
    }

    fn serve(&mut self, guard: &mut cofferdam_guard::Guard, seen: &mut Seen) {
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => seen.output.extend_from_slice(cleared.as_bytes()),
                Output::Ask(ask) => {
                    let (answer, incidents) = self.session.scan(&ask, Duration::ZERO);
                    assert!(incidents.is_empty(), "a built-in detector failed");
                    guard.answer(&ask, answer);
                }
                Output::Consult(consult) => {
                    let (verdicts, incidents) = self.session.consult(&consult, Duration::ZERO);
                    assert!(incidents.is_empty(), "the built-in policy failed");
                    guard.verdicts(consult.id(), verdicts);
                }
                Output::Decision(decision) => seen.decisions.push(decision),
                Output::Marked(_) | Output::Blocked(_) => {}
            }
        }
    }
}

/// The built-in guards, loaded once.
fn guards() -> &'static Guards {
    static GUARDS: OnceLock<Guards> = OnceLock::new();
    GUARDS.get_or_init(|| {
        let options = EngineOptions {
            cache: Some(cache().join("engine")),
            ..EngineOptions::default()
        };
        let engine = Engine::start(options).expect("the engine starts");
        let spec = |name| {
            let mut spec = PluginSpec::new(name, std::fs::read(guest(name)).expect("a guest"));
            spec.as_of = 20_700;
            spec.together = true;
            // A deadline is told by the clock on the wall, and a loaded machine may pass the default.
            spec.limits.deadline = Duration::from_secs(10);
            spec
        };
        let load = |name| engine.load_detector(&spec(name)).expect("a built-in detector loads");
        let detectors = ["credentials", "personal"].map(load);
        let settings = std::fs::read_to_string(root().join("policies/standard.toml")).expect("the policy has settings");
        let settings: toml::Table = settings.parse().expect("they are TOML");
        let mut standard = spec("standard");
        standard.settings = serde_json::to_string(&settings).expect("TOML tables fit into JSON");
        let policy = engine
            .load_policy(&standard, &[], &detectors)
            .expect("the built-in policy loads");
        let times = GuardTimes {
            idle: Duration::from_millis(25),
            stall: Duration::from_secs(1),
            replacement: Replacement::Marker,
        };
        let floor = |_: &str| Action::Allow;
        Guards::new(
            engine,
            policy,
            Default::default(),
            &floor,
            BreakerSettings::default(),
            times,
            None,
        )
        .expect("the engine has checked the rules")
    })
}
