//! The default guards with synthetic rules beside them, and a guard driven by both in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cofferdam_guard::{
    Action, Anchor, Answer, Ask, DetectorRules, FailureMatrix, Guard, MarkKind, Outlet, Output, Raw, Replacement,
    RuleSet, Settings,
};
use cofferdam_runner::record::FingerprintKey;
use cofferdam_runner::session::engine::{BreakerSettings, Engine, EngineOptions, PluginSpec, Session};
use cofferdam_runner::session::{GuardTimes, Guards};

use crate::synthetic;

/// How much a reader gives at a time.
pub(crate) const CHUNK: usize = 64 * 1024;

/// How many rules there are with the synthetic ones.
const RULES: usize = 220;

/// The guards that the host has built in, as it loads them, and more rules.
pub(crate) struct Rig {
    pub(crate) guards: Guards,
    /// The rules of the default guards, and after them the synthetic ones.
    pub(crate) declared: Vec<DetectorRules>,
    /// All of them, compiled.
    pub(crate) rules: Arc<RuleSet>,
    /// The default guards' alone, compiled.
    own: Arc<RuleSet>,
    key: FingerprintKey,
}

/// How a text is driven through a guard.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Drive {
    /// Where the bytes go.
    pub(crate) outlet: Outlet,
    /// How many are pushed at a time.
    pub(crate) chunk: usize,
    /// Whether only the default guards' rules are in force.
    pub(crate) own: bool,
    /// Whether guests are asked. The bench answers for them otherwise: nothing was found.
    pub(crate) guests: bool,
}

impl Drive {
    /// All rules and all guests, into a pipe.
    pub(crate) const PIPE: Self = Self {
        outlet: Outlet::Pipe,
        chunk: CHUNK,
        own: false,
        guests: true,
    };
    /// The same, into a terminal.
    pub(crate) const TERMINAL: Self = Self {
        outlet: Outlet::Terminal,
        ..Self::PIPE
    };
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
    /// Failures of guests. None is due to a fault of ours, but a text made to be bad may cost more than a guest's
    /// deadline.
    pub(crate) incidents: usize,
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
        let own = policy.rules();
        let mut declared = own.clone();
        let count: usize = own.iter().map(|detector| detector.rules.len()).sum();
        declared.push(synthetic::rules(RULES.saturating_sub(count)));
        let own = Arc::new(RuleSet::new(own).expect("the engine has checked them"));
        let rules = Arc::new(RuleSet::new(declared.clone()).expect("the bench's own rules are within their bounds"));
        [&own, &rules].into_iter().for_each(|rules| rules.prepare());
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
            None,
        )
        .expect("the engine has checked the rules");
        Self {
            guards,
            declared,
            rules,
            own,
            key,
        }
    }

    /// Every literal of every rule once, with whether its letters match in either case.
    pub(crate) fn literals(&self) -> Vec<(Vec<u8>, bool)> {
        let rules = self.declared.iter().flat_map(|detector| &detector.rules);
        let mut literals: Vec<_> = rules
            .flat_map(|rule| &rule.anchors)
            .filter_map(|anchor| match anchor {
                Anchor::Literal(keyword) => Some((keyword.bytes.clone(), keyword.any_case)),
                Anchor::Run { .. } => None,
            })
            .collect();
        literals.sort();
        literals.dedup();
        literals
    }

    fn guard(&self, drive: Drive) -> Guard {
        let settings = Settings {
            channel: 0,
            outlet: drive.outlet,
            replacement: Replacement::Marker,
            idle: Duration::from_millis(25),
            stall: Duration::from_secs(1),
            key: Some(self.key.for_guard()),
            size: cofferdam_guard::Size::default(),
            policy_failure: FailureMatrix::default(),
            shapes: false,
        };
        let rules = if drive.own { &self.own } else { &self.rules };
        Guard::new(Arc::clone(rules), settings)
    }

    /// Guards a text, chunk by chunk.
    pub(crate) fn drive(&self, session: &mut Session, text: &[u8], drive: Drive) -> Counts {
        let mut counts = Counts::default();
        let mut guard = self.guard(drive);
        for chunk in text.chunks(drive.chunk) {
            let before = counts.calls;
            guard.push(Duration::ZERO, Raw::from_vec(chunk.to_vec()));
            self.serve(&mut guard, session, drive, &mut counts);
            counts.chunks += 1;
            counts.quiet_chunks += usize::from(counts.calls == before);
        }
        guard.mark(MarkKind::End);
        self.serve(&mut guard, session, drive, &mut counts);
        counts
    }

    fn serve(&self, guard: &mut Guard, session: &mut Session, drive: Drive, counts: &mut Counts) {
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => counts.out += std::hint::black_box(cleared.as_bytes()).len(),
                Output::Ask(ask) => {
                    counts.calls += 1;
                    counts.asked += ask.suspects().len();
                    for suspect in ask.suspects() {
                        *counts.by_rule.entry((ask.detector(), suspect.rule)).or_default() += 1;
                    }
                    let real = usize::from(ask.detector()) + 1 < self.declared.len();
                    let answer = if real && drive.guests {
                        let (answer, incidents) = session.scan(&ask, Duration::ZERO);
                        counts.incidents += incidents.len();
                        answer
                    } else {
                        Answer {
                            findings: Vec::new(),
                            failed: Vec::new(),
                        }
                    };
                    guard.answer(&ask, answer);
                }
                Output::Consult(consult) => {
                    let (verdicts, incidents) = session.consult(&consult, Duration::ZERO);
                    counts.incidents += incidents.len();
                    guard.verdicts(consult.id(), verdicts);
                }
                Output::Decision(decision) if decision.action == Action::Allow => counts.allowed += 1,
                Output::Decision(_) => counts.redacted += 1,
                Output::Marked(_) | Output::Blocked(_) => {}
            }
        }
    }

    /// The rules that guests were asked about most, with how often.
    pub(crate) fn busiest(&self, counts: &Counts) -> Vec<(String, usize)> {
        let rules = &self.declared;
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
        let mut guard = self.guard(Drive::PIPE);
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
