//! An engine with guests, and a guard that drives a session of it.

use crate::{BreakerSettings, Detector, Engine, EngineOptions, Incident, Limits, PluginSpec, Policy, Session};
use cofferdam_guard::{Ask, Guard, MarkKind, Outlet, Output, Raw, Replacement, RuleSet, Settings};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// The bytes of a guest of this repository.
pub(crate) fn guest(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../target/guests")
        .join(format!("{name}.wasm"));
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; run `cargo xtask guests` first", path.display()))
}

/// An engine whose compiled code is kept in this folder, with room for so many instances.
pub(crate) fn engine_of(cache: &Path, instances: u32) -> Engine {
    let options = EngineOptions {
        cache: Some(cache.to_owned()),
        instances,
        ..EngineOptions::default()
    };
    let engine = Engine::start(options).expect("an engine");
    assert_eq!(engine.cache_warning(), None);
    engine
}

/// An engine whose compiled code is kept in this folder.
pub(crate) fn engine(cache: &Path) -> Engine {
    engine_of(cache, EngineOptions::default().instances)
}

/// An engine that all tests of this process share, so that each guest is compiled once.
pub(crate) fn shared() -> &'static Engine {
    static ENGINE: std::sync::LazyLock<(tempfile::TempDir, Engine)> = std::sync::LazyLock::new(|| {
        let folder = tempfile::tempdir().expect("a folder");
        // All tests may run at once.
        let engine = engine_of(folder.path(), 512);
        for name in ["hostile", "standard", "credentials", "personal"] {
            crate::compile::code(&engine.inner, name, &guest(name), &crate::Digest::of(&guest(name)))
                .expect("it compiles");
        }
        (folder, engine)
    });
    &ENGINE.1
}

/// Limits that a test doesn't have to wait for.
pub(crate) fn tight() -> Limits {
    let (deadline, start) = (Duration::from_millis(50), Duration::from_millis(500));
    Limits {
        memory: 8 << 20,
        deadline,
        start,
        ..Limits::default()
    }
}

/// The hostile guest in a mode, misbehaving only where a window holds `only`, if that isn't empty.
pub(crate) fn hostile(mode: &str, only: &str) -> PluginSpec {
    let only = if only.is_empty() {
        String::new()
    } else {
        format!(r#","only":"{only}""#)
    };
    let settings = format!(r#"{{"mode":"{mode}"{only}}}"#);
    PluginSpec {
        settings,
        limits: tight(),
        ..PluginSpec::new("hostile", guest("hostile"))
    }
}

pub(crate) fn detector(spec: &PluginSpec) -> Detector {
    shared().load_detector(spec).expect("it loads")
}

/// The standard policy over these detectors.
pub(crate) fn policy(detectors: &[Detector]) -> Policy {
    let spec = PluginSpec {
        together: true,
        ..PluginSpec::new("standard", guest("standard"))
    };
    shared().load_policy(&spec, &[], detectors).expect("it loads")
}

/// A session, and the rules that its guard follows.
pub(crate) struct Bed {
    pub(crate) session: Session,
    rules: Arc<RuleSet>,
}

/// What came of a text.
pub(crate) struct Seen {
    pub(crate) output: String,
    pub(crate) incidents: Vec<Incident>,
}

impl Bed {
    pub(crate) fn new(spec: &PluginSpec) -> Self {
        Self::with(
            &policy(&[detector(spec)]),
            BreakerSettings {
                failures: 1000,
                ..BreakerSettings::default()
            },
        )
    }

    pub(crate) fn with(policy: &Policy, breaker: BreakerSettings) -> Self {
        Self::on(shared(), policy, breaker)
    }

    pub(crate) fn on(engine: &Engine, policy: &Policy, breaker: BreakerSettings) -> Self {
        let rules = RuleSet::new(policy.rules()).expect("rules that were checked");
        Self {
            session: Session::new(engine, policy, breaker),
            rules: Arc::new(rules),
        }
    }

    /// What a pipe shows of a text.
    pub(crate) fn guard(&mut self, text: &str) -> Seen {
        let mut guard = self.fed(text);
        let mut seen = Seen {
            output: String::new(),
            incidents: Vec::new(),
        };
        let now = Duration::ZERO;
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => seen
                    .output
                    .push_str(std::str::from_utf8(cleared.as_bytes()).expect("text")),
                Output::Ask(ask) => {
                    let (answer, incidents) = self.session.scan(&ask, now);
                    seen.incidents.extend(incidents);
                    guard.answer(&ask, answer);
                }
                Output::Consult(consult) => {
                    let (verdicts, incidents) = self.session.consult(&consult, now);
                    seen.incidents.extend(incidents);
                    guard.verdicts(consult.id(), verdicts);
                }
                Output::Decision(_) | Output::Marked(_) | Output::Blocked(_) => {}
            }
        }
        seen
    }

    /// The first question about a text.
    pub(crate) fn ask(&self, text: &str) -> Ask {
        let mut guard = self.fed(text);
        std::iter::from_fn(|| guard.poll())
            .find_map(|output| if let Output::Ask(ask) = output { Some(ask) } else { None })
            .expect("the text has a suspect")
    }

    fn fed(&self, text: &str) -> Guard {
        let settings = Settings {
            channel: 0,
            outlet: Outlet::Pipe,
            replacement: Replacement::Marker,
            idle: Duration::from_millis(25),
            stall: Duration::from_secs(1),
            size: cofferdam_guard::Size::default(),
            key: None,
            policy_failure: Default::default(),
            shapes: false,
        };
        let mut guard = Guard::new(Arc::clone(&self.rules), settings);
        guard.push(Duration::ZERO, Raw::from_vec(text.as_bytes().to_vec()));
        guard.mark(MarkKind::End);
        guard
    }
}

/// A text with so many tokens of the hostile guest, the nth being made of the nth letter.
pub(crate) fn tokens(count: usize) -> String {
    let letters = (b'a'..=b'z').cycle().take(count).map(char::from);
    letters.fold(String::new(), |text, letter| {
        text + "say hostile_" + &letter.to_string().repeat(12) + " now\n"
    })
}
