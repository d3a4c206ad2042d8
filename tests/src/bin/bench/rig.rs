//! The default guards, and a guard driven by them in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cofferdam_guard::{Action, Ask, Guard, MarkKind, Outlet, Output, Raw, Replacement, RuleSet};
use cofferdam_runner::record::FingerprintKey;
use cofferdam_runner::session::engine::{BreakerSettings, Engine, EngineOptions, PluginSpec, Session};
use cofferdam_runner::session::{GuardTimes, Guards};

/// How much a reader gives at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

/// The guards that the host has built in, as it loads them.
pub(crate) struct Rig {
    pub(crate) guards: Guards,
    /// The same rules, for what looks at them alone.
    pub(crate) rules: RuleSet,
}

/// What a guard did with a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts {
    /// Suspects that a guest was asked about.
    pub(crate) asked: usize,
    /// The same by detector and rule.
    pub(crate) by_rule: BTreeMap<(u16, u16), usize>,
    /// Calls to detectors.
    pub(crate) calls: usize,
    /// Findings that were taken out.
    pub(crate) redacted: usize,
    /// Findings that were let through and counted.
    pub(crate) allowed: usize,
    /// Chunks that needed no question.
    pub(crate) quiet_chunks: usize,
    pub(crate) chunks: usize,
    /// Bytes that came out.
    pub(crate) out: usize,
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

impl Rig {
    /// Loads the guards; compiled code and the key of fingerprints are kept in `folder`.
    pub(crate) fn load(folder: &Path) -> Self {
        let options = EngineOptions {
            cache: Some(folder.join("compiled")),
            ..EngineOptions::default()
        };
        let engine = Engine::start(options).expect("the engine starts");
        let detectors: Vec<_> = ["credentials", "personal"]
            .into_iter()
            .map(|name| {
                let spec = PluginSpec {
                    as_of: 20_700,
                    together: true,
                    ..PluginSpec::new(name, guest(name))
                };
                engine.load_detector(&spec).expect("a built-in detector loads")
            })
            .collect();
        let settings = fs::read_to_string(root().join("policies/standard.toml")).expect("the policy has settings");
        let settings: toml::Table = settings.parse().expect("they are TOML");
        let spec = PluginSpec {
            settings: serde_json::to_string(&settings).expect("TOML tables fit into JSON"),
            together: true,
            ..PluginSpec::new("standard", guest("standard"))
        };
        let policy = engine
            .load_policy(&spec, &[], &detectors)
            .expect("the built-in policy loads");
        let rules = RuleSet::new(policy.rules()).expect("the engine has checked them");
        let times = GuardTimes {
            idle: Duration::from_millis(25),
            stall: Duration::from_secs(1),
            replacement: Replacement::Marker,
        };
        let key = FingerprintKey::load_or_create(&folder.join("state")).expect("a key can be made");
        let floor = |_: &str| Action::Allow;
        let guards = Guards::new(
            engine,
            policy,
            Default::default(),
            &floor,
            BreakerSettings::default(),
            times,
            Some(key),
        )
        .expect("the engine has checked the rules");
        Self { guards, rules }
    }

    /// Guards a text as a pipe's, chunk by chunk.
    pub(crate) fn drive(&self, session: &mut Session, text: &[u8]) -> Counts {
        let mut counts = Counts::default();
        let mut guard = self.guards.guard(0, Outlet::Pipe);
        for chunk in text.chunks(CHUNK) {
            let before = counts.calls;
            guard.push(Duration::ZERO, Raw::from_vec(chunk.to_vec()));
            serve(&mut guard, session, &mut counts);
            counts.chunks += 1;
            counts.quiet_chunks += usize::from(counts.calls == before);
        }
        guard.mark(MarkKind::End);
        serve(&mut guard, session, &mut counts);
        counts
    }

    /// The rules that guests were asked about most, with how often.
    pub(crate) fn busiest(&self, counts: &Counts) -> Vec<(String, usize)> {
        let rules = self.guards.policy().rules();
        let id = |(detector, rule): (u16, u16)| {
            let rule = rules.get(usize::from(detector))?.rules.get(usize::from(rule))?;
            Some(rule.id.clone())
        };
        let mut busiest: Vec<_> = counts
            .by_rule
            .iter()
            .filter_map(|(at, count)| Some((id(*at)?, *count)))
            .collect();
        busiest.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        busiest.truncate(5);
        busiest
    }

    /// The first question about a text.
    pub(crate) fn first_ask(&self, text: &str) -> Option<Ask> {
        let mut guard = self.guards.guard(0, Outlet::Pipe);
        guard.push(Duration::ZERO, Raw::from_vec(text.as_bytes().to_vec()));
        guard.mark(MarkKind::End);
        std::iter::from_fn(|| guard.poll()).find_map(|output| match output {
            Output::Ask(ask) => Some(ask),
            Output::Cleared(_) | Output::Consult(_) | Output::Decision(_) | Output::Marked(_) | Output::Blocked(_) => {
                None
            }
        })
    }
}

fn guest(name: &str) -> Vec<u8> {
    let path = root().join("target/guests").join(format!("{name}.wasm"));
    fs::read(path).expect("`cargo xtask bench` builds the guests first")
}

fn serve(guard: &mut Guard, session: &mut Session, counts: &mut Counts) {
    while let Some(output) = guard.poll() {
        match output {
            Output::Cleared(cleared) => counts.out += std::hint::black_box(cleared.as_bytes()).len(),
            Output::Ask(ask) => {
                counts.calls += 1;
                counts.asked += ask.suspects().len();
                for suspect in ask.suspects() {
                    *counts.by_rule.entry((ask.detector(), suspect.rule)).or_default() += 1;
                }
                let (answer, incidents) = session.scan(&ask, Duration::ZERO);
                assert!(
                    incidents.is_empty(),
                    "a built-in detector failed, so nothing here can be believed"
                );
                guard.answer(&ask, answer);
            }
            Output::Consult(consult) => {
                let (verdicts, incidents) = session.consult(&consult, Duration::ZERO);
                assert!(
                    incidents.is_empty(),
                    "the built-in policy failed, so nothing here can be believed"
                );
                guard.verdicts(consult.id(), verdicts);
            }
            Output::Decision(decision) if decision.action == Action::Allow => counts.allowed += 1,
            Output::Decision(_) => counts.redacted += 1,
            Output::Marked(_) | Output::Blocked(_) => {}
        }
    }
}
