//! Driving a guard over a list of operations.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::guard::{
    Action, Anchor, Answer, Ask, Consult, Decision, DetectorRules, Extent, FailureKind, Finding, Guard, MarkEffect,
    MarkKind, Output, PolicyDecision, Raw, Reason, Rule, RuleSet, Severity, Verdicts,
};
use super::script::{Bed, Op, Piece};
use super::settings;
use super::table::{Judge, detectors};

/// What came of it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) shown: Vec<u8>,
    pub(super) decisions: Vec<Decision>,
    pub(super) marks: Vec<MarkEffect>,
    pub(super) blocked: bool,
    /// All that detectors were asked, whatever the batches: which rule's suspect, and all that is shown and told of it.
    pub(super) asked: Vec<String>,
}

/// A driver with its guard.
pub(super) struct Driver {
    pub(super) guard: Guard,
    pub(super) outcome: Outcome,
    bed: Bed,
    /// The policy goes by lengths as well.
    by_length: bool,
    waiting: VecDeque<Ask>,
    late: u8,
    traps: bool,
    shuffled: bool,
    one_by_one: bool,
}

impl Driver {
    pub(super) fn new(bed: Bed) -> Self {
        thread_local! {
            // Compiling the rules takes longer than guarding a short text.
            static RULES: Arc<RuleSet> = Arc::new(compiled(detectors()));
        }
        Self::with(bed, RULES.with(Arc::clone))
    }

    /// One whose rules don't ask what stands before a literal.
    pub(super) fn without_words(bed: Bed) -> Self {
        thread_local! {
            static RULES: Arc<RuleSet> = Arc::new(compiled(wordless()));
        }
        Self::with(bed, RULES.with(Arc::clone))
    }

    /// The same, whose blocks have no bound that a short text comes to.
    pub(super) fn without_bounds(bed: Bed) -> Self {
        thread_local! {
            static RULES: Arc<RuleSet> = wordless_but(|rule| {
                if let Extent::Block(block) = &mut rule.extent {
                    block.bound = UNBOUND;
                }
            });
        }
        Self::with(bed, RULES.with(Arc::clone))
    }

    /// The same, whose blocks have an anchor that stands in no text.
    pub(super) fn without_blocks(bed: Bed) -> Self {
        thread_local! {
            static RULES: Arc<RuleSet> = wordless_but(|rule| {
                if let (Extent::Block(_), [Anchor::Literal(anchor)]) = (&rule.extent, &mut rule.anchors[..]) {
                    anchor.bytes = vec![b'|'; 64];
                }
            });
        }
        Self::with(bed, RULES.with(Arc::clone))
    }

    /// One whose policy decides whatever the length of a finding, where that is asked for.
    pub(super) fn whatever_length(mut self, asked: bool) -> Self {
        self.by_length = !asked;
        self
    }

    fn with(bed: Bed, rules: Arc<RuleSet>) -> Self {
        Self {
            guard: Guard::new(rules, settings(bed)),
            outcome: Outcome::default(),
            bed,
            by_length: true,
            waiting: VecDeque::new(),
            late: 0,
            traps: false,
            shuffled: false,
            one_by_one: false,
        }
    }

    /// Runs the operations and the end.
    pub(super) fn run(mut self, ops: &[Op]) -> Outcome {
        ops.iter()
            .take_while(|op| !matches!(op, Op::End))
            .for_each(|op| self.step(op));
        self.end()
    }

    pub(super) fn step(&mut self, op: &Op) {
        match op {
            Op::Push(pieces) => self.push(&pieces.iter().flat_map(Piece::bytes).collect::<Vec<_>>()),
            Op::Mark(mark) => self.mark(mark.kind()),
            Op::AnswerLate(pushes) => self.late = *pushes,
            Op::GuestTraps => self.traps = true,
            Op::ShuffledAnswers => self.shuffled = true,
            Op::OneSuspectACall => self.one_by_one = true,
            Op::End => self.mark(MarkKind::End),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.guard.push(Duration::ZERO, Raw::from_vec(bytes.to_vec()));
        if self.late == 0 {
            self.settle();
        } else {
            self.late -= 1;
        }
    }

    /// A mark finds the guard waiting for bytes: while it waits for an answer, an idle mark means something else.
    pub(super) fn mark(&mut self, kind: MarkKind) {
        self.settle();
        self.guard.mark(kind);
        self.settle();
    }

    pub(super) fn end(mut self) -> Outcome {
        self.guard.mark(MarkKind::End);
        self.settle();
        assert!(
            self.guard.is_blocked() || self.guard.held() == 0,
            "the end leaves nothing behind"
        );
        // Suspects behind a block may be asked about, or not: nothing comes of it.
        if self.outcome.blocked {
            self.outcome.asked.clear();
        }
        // Readings of the same are asked about one by one.
        self.outcome.asked.sort_unstable();
        self.outcome.asked.dedup();
        self.outcome
    }

    /// Answers all that is asked.
    pub(super) fn settle(&mut self) {
        loop {
            while let Some(output) = self.guard.poll() {
                match output {
                    Output::Cleared(cleared) => {
                        assert!(!self.outcome.blocked, "nothing comes out behind a block");
                        self.outcome.shown.extend_from_slice(cleared.as_bytes());
                    }
                    Output::Ask(ask) => self.waiting.push_back(ask),
                    Output::Consult(consult) => self.guard.verdicts(consult.id(), self.verdicts(&consult)),
                    Output::Decision(decision) => self.outcome.decisions.push(decision),
                    Output::Marked(effect) => self.outcome.marks.push(effect),
                    Output::Blocked(_) => self.outcome.blocked = true,
                }
            }
            let next = if self.shuffled {
                self.waiting.pop_back()
            } else {
                self.waiting.pop_front()
            };
            let Some(ask) = next else { return };
            self.outcome.asked.extend(told(&ask));
            let answer = if std::mem::take(&mut self.traps) {
                Answer::failed(&ask, FailureKind::Trap)
            } else if self.one_by_one {
                one_by_one(&ask, self.bed.judge)
            } else {
                answer(&ask, self.bed.judge)
            };
            self.guard.answer(&ask, answer);
        }
    }

    /// By the rule and the length, so that all actions meet; what is P0 or P1 is taken out in some way or other.
    fn verdicts(&self, consult: &Consult) -> Verdicts {
        let decide = |finding: &super::guard::PolicyFinding| {
            let length = if self.by_length { finding.length % 7 } else { 0 };
            let action = match (finding.rule.detector, finding.rule.rule, length) {
                (_, _, 6) if self.bed.blocks => Action::Block,
                (0, 1, 5) => Action::WithholdLine,
                (0, 3, _) => Action::RedactMask,
                (1, 2 | 3, _) => Action::Allow,
                (0.., 0.., 0..) => Action::RedactMarker,
            };
            Ok(PolicyDecision {
                action,
                reason: Reason::Policy(0),
            })
        };
        consult.findings.iter().map(decide).collect()
    }
}

/// More bytes than a text of the fuzz targets comes to.
const UNBOUND: u32 = 65_536;

fn wordless() -> Vec<DetectorRules> {
    let mut detectors = detectors();
    for rule in detectors.iter_mut().flat_map(|detector| &mut detector.rules) {
        let rule = Arc::make_mut(rule);
        rule.word = false;
        rule.name = None;
    }
    detectors
}

/// The same, each rule changed.
fn wordless_but(change: impl Fn(&mut Rule)) -> Arc<RuleSet> {
    let mut detectors = wordless();
    for rule in detectors.iter_mut().flat_map(|detector| &mut detector.rules) {
        change(Arc::make_mut(rule));
    }
    Arc::new(compiled(detectors))
}

/// With the search of a whole session: short texts would have one of their own otherwise.
fn compiled(detectors: Vec<DetectorRules>) -> RuleSet {
    let rules = RuleSet::new(detectors).expect("the rules are good");
    rules.prepare();
    rules
}

/// What each suspect's detector is told of it.
fn told(ask: &Ask) -> impl Iterator<Item = String> {
    (0..u32::try_from(ask.suspects().len()).expect("few")).map(|index| {
        let one = ask.only(index).expect("the suspect is there");
        let text = one.expose_to_guest().escape_ascii();
        format!("{} {:?} {:?} {text}", one.detector(), one.suspects(), one.regions())
    })
}

fn answer(ask: &Ask, judge: Judge) -> Answer {
    let mut answer = Answer::default();
    let mut starts = Vec::new();
    let mut start = 0;
    for region in ask.regions() {
        starts.push(start);
        start += region.len as usize;
    }
    for (index, suspect) in (0_u32..).zip(ask.suspects()) {
        let text = &ask.expose_to_guest()[starts[suspect.region as usize]..];
        let window = &text[suspect.window_start as usize..suspect.window_end as usize];
        let place = |at: usize| suspect.window_start + u32::try_from(at).expect("windows are small");
        match judge.secret(window) {
            Ok(None) => {}
            Ok(Some((start, end))) => answer.findings.push(Finding {
                suspect: index,
                start: place(start),
                end: place(end),
                confidence: 50,
                severity: Severity::P0,
                facts: 1,
            }),
            Err(kind) => answer.failed.push((index, kind)),
        }
    }
    answer
}

fn one_by_one(ask: &Ask, judge: Judge) -> Answer {
    let mut whole = Answer::default();
    for index in (0..u32::try_from(ask.suspects().len()).expect("few")).rev() {
        let one = answer(&ask.only(index).expect("the suspect is there"), judge);
        whole.findings.extend(one.findings.into_iter().map(|finding| Finding {
            suspect: index,
            ..finding
        }));
        whole
            .failed
            .extend(one.failed.into_iter().map(|(_, kind)| (index, kind)));
    }
    whole.findings.sort_by_key(|finding| finding.suspect);
    whole.failed.sort_by_key(|(suspect, _)| *suspect);
    whole
}
