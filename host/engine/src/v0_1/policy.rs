//! Guard policies of WIT 0.1.

use crate::limits::State;
use crate::rules::{PolicyRule, Promise};
use cofferdam_guard::{self as guard, Action, Consult, Origin, PolicyDecision};
use wasmtime::component::{Instance, InstancePre};
use wasmtime::{Error, Store};

#[allow(missing_docs, unreachable_pub, clippy::all)]
mod bindings {
    wasmtime::component::bindgen!({
        path: ["../../wit/types/0.1.0", "../../wit/guard-policy/0.1.0"],
        world: "cofferdam:guard-policy/guard-policy",
    });
}

/// What a policy may export besides.
#[allow(missing_docs, unreachable_pub, clippy::all)]
mod renewal {
    wasmtime::component::bindgen!({
        path: ["../../wit/types/0.1.0", "../../wit/guard-policy/0.1.0"],
        world: "cofferdam:guard-policy/policy-renewal",
    });
}

use bindings::cofferdam::guard_policy::types as wit;
use bindings::cofferdam::types::guard::Severity;
use bindings::{GuardPolicy, GuardPolicyIndices};
use renewal::{PolicyRenewal, PolicyRenewalIndices};

/// The interface that a policy exports where it can be renewed.
const RENEWAL: &str = "cofferdam:guard-policy/renewal@0.1.0";
/// The longest state that is kept, in bytes; of a policy with more each instance is told all rules.
const STATE: usize = 1 << 20;

/// A policy, ready to be instantiated.
pub(crate) struct Pre {
    pre: InstancePre<State>,
    world: GuardPolicyIndices,
    renewal: Option<PolicyRenewalIndices>,
}

/// An instance of it, with the list that its calls fill again and again.
pub(crate) struct Guest {
    world: GuardPolicy,
    renewal: Option<PolicyRenewal>,
    findings: Vec<wit::Finding>,
}

impl Pre {
    pub(crate) fn new(pre: InstancePre<State>) -> Result<Self, Error> {
        let world = GuardPolicyIndices::new(&pre)?;
        let renewal = pre.component().get_export_index(None, RENEWAL);
        let renewal = renewal.map(|_| PolicyRenewalIndices::new(&pre)).transpose()?;
        Ok(Self { pre, world, renewal })
    }

    pub(crate) fn instantiate(&self, store: &mut Store<State>) -> Result<Guest, Error> {
        self.instantiate_first(store)?
    }

    /// Instantiates for the first time. An error of the inner kind says that its exports have other types than the
    /// world's.
    pub(crate) fn instantiate_first(&self, store: &mut Store<State>) -> Result<Result<Guest, Error>, Error> {
        let instance = self.pre.instantiate(&mut *store)?;
        Ok(self.guest(store, &instance))
    }

    fn guest(&self, store: &mut Store<State>, instance: &Instance) -> Result<Guest, Error> {
        let renewal = self.renewal.as_ref();
        Ok(Guest {
            world: self.world.load(&mut *store, instance)?,
            renewal: renewal.map(|renewal| renewal.load(store, instance)).transpose()?,
            findings: Vec::new(),
        })
    }
}

impl Guest {
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

    /// What another instance needs to stand in for this one, which was configured. `None` where the policy can't be
    /// renewed.
    pub(crate) fn state(&mut self, store: &mut Store<State>) -> Result<Option<Vec<u8>>, Error> {
        let Some(renewal) = &self.renewal else {
            return Ok(None);
        };
        let state = renewal.cofferdam_guard_policy_renewal().call_state(store)?;
        Ok(state.filter(|state| state.len() <= STATE))
    }

    /// Makes this instance stand in for the one whose state this is. `None` where the policy can't be renewed.
    pub(crate) fn renew(
        &mut self,
        store: &mut Store<State>,
        settings: &str,
        labels: &[(String, String)],
        state: &[u8],
    ) -> Result<Option<Result<(), String>>, Error> {
        let Some(renewal) = &self.renewal else {
            return Ok(None);
        };
        let renewal = renewal.cofferdam_guard_policy_renewal();
        renewal.call_renew(store, settings, labels, state).map(Some)
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
