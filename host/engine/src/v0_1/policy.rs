//! Guard policies of WIT 0.1.

use crate::limits::State;
use crate::rules::{PolicyRule, Promise};
use cofferdam_guard::{self as guard, Action, Consult, Origin, PolicyDecision};
use wasmtime::component::InstancePre;
use wasmtime::{Error, Store};

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/types/0.1.0", "../../wit/guard-policy/0.1.0"],
        world: "cofferdam:guard-policy/guard-policy",
    });
}

use bindings::cofferdam::guard_policy::types as wit;
use bindings::cofferdam::types::guard::Severity;
use bindings::{GuardPolicy, GuardPolicyPre};

/// A policy, ready to be instantiated.
pub(crate) struct Pre(GuardPolicyPre<State>);

/// An instance of it, with the list that its calls fill again and again.
pub(crate) struct Guest {
    world: GuardPolicy,
    findings: Vec<wit::Finding>,
}

impl Pre {
    pub(crate) fn new(pre: InstancePre<State>) -> Result<Self, Error> {
        GuardPolicyPre::new(pre).map(Self)
    }

    pub(crate) fn instantiate(&self, store: &mut Store<State>) -> Result<Guest, Error> {
        self.0.instantiate(store).map(Guest::new)
    }

    /// Instantiates for the first time. An error of the inner kind says that its exports have other types than the world's.
    pub(crate) fn instantiate_first(&self, store: &mut Store<State>) -> Result<Result<Guest, Error>, Error> {
        let instance = self.0.instance_pre().instantiate(&mut *store)?;
        Ok(GuardPolicy::new(store, &instance).map(Guest::new))
    }
}

impl Guest {
    fn new(world: GuardPolicy) -> Self {
        Self {
            world,
            findings: Vec::new(),
        }
    }

    pub(crate) fn describe(&mut self, store: &mut Store<State>) -> Result<String, Error> {
        self.world.cofferdam_guard_policy_policy().call_describe(store)
    }

    pub(crate) fn configure(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        labels: &[(String, String)],
        rules: &[PolicyRule],
    ) -> Result<Result<Promise, String>, Error> {
        let rules: Vec<_> = rules.iter().map(rule).collect();
        let answer = self
            .world
            .cofferdam_guard_policy_policy()
            .call_configure(store, settings, labels, &rules)?;
        Ok(answer.map(|promise| Promise {
            acts: promise.acts,
            reasons: promise.reasons,
        }))
    }

    /// `first` is, for each detector, the index of its first rule among those that the policy was told.
    pub(crate) fn decide(
        &mut self,
        store: &mut Store<State>,
        consult: &Consult,
        first: &[u32],
    ) -> Result<Result<Vec<PolicyDecision>, u16>, Error> {
        self.findings.clear();
        self.findings
            .extend(consult.findings.iter().map(|one| finding(one, first)));
        let answer = self
            .world
            .cofferdam_guard_policy_policy()
            .call_decide(store, &self.findings)?;
        Ok(answer.map(|decisions| decisions.into_iter().map(decision).collect()))
    }

    /// A call about nothing, to measure what a call costs.
    pub(crate) fn decide_nothing(&mut self, store: &mut Store<State>) -> Result<(), Error> {
        self.world
            .cofferdam_guard_policy_policy()
            .call_decide(store, &[])
            .map(drop)
    }
}

fn rule(rule: &PolicyRule) -> wit::Rule {
    let PolicyRule {
        plugin,
        rule,
        category,
        severity,
        facts,
    } = rule;
    wit::Rule {
        plugin: plugin.clone(),
        rule: rule.clone(),
        category: category.clone(),
        severity: grade(*severity),
        facts: facts.clone(),
    }
}

fn finding(finding: &guard::PolicyFinding, first: &[u32]) -> wit::Finding {
    let first = first.get(usize::from(finding.rule.detector)).copied();
    wit::Finding {
        origin: match finding.origin {
            Origin::Detector => 0,
            Origin::Failure(_) => 1,
            Origin::Known => 2,
        },
        rule: first.map_or(u32::MAX, |first| first + u32::from(finding.rule.rule)),
        severity: grade(finding.severity),
        confidence: finding.confidence,
        facts: finding.facts,
        length: finding.length,
        late: finding.late,
        offset: finding.offset,
        channel: finding.channel,
        encoding: finding.encoding,
    }
}

fn decision(decision: wit::Decision) -> PolicyDecision {
    PolicyDecision {
        action: Action::from_code(decision.action),
        reason: guard::Reason::Policy(decision.reason),
    }
}

fn grade(severity: guard::Severity) -> Severity {
    match severity {
        guard::Severity::P0 => Severity::P0,
        guard::Severity::P1 => Severity::P1,
        guard::Severity::P2 => Severity::P2,
        guard::Severity::P3 => Severity::P3,
    }
}
