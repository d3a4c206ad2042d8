//! A guard with a detector and a policy made of plain functions, driven over a word of bytes and marks.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    Action, Anchor, Answer, Ask, BlockRule, ByteSet, Consult, Decision, DetectorRules, Extent, FailureAction,
    FailureKind, FailureMatrix, Finding, FingerprintKey, Guard, Keyword, LeadRun, MarkEffect, MarkKind, NameParts,
    Opener, Outlet, Output, PolicyDecision, Raw, Reason, Replacement, Rule, RuleSet, Settings, Severity, Size,
    SpanRule, Verdicts,
};

pub(crate) fn set(bytes: &[u8]) -> ByteSet {
    ByteSet::of(bytes)
}

fn word() -> ByteSet {
    set(b"abcdefghijklmnopqrstuvwxyzKXB0123456789")
}

pub(crate) fn literal(text: &str) -> Anchor {
    Anchor::Literal(Keyword {
        bytes: text.into(),
        any_case: false,
    })
}

pub(crate) fn span(at_least: u16, longest: u32) -> SpanRule {
    SpanRule {
        body: word(),
        filler: ByteSet::default(),
        head: Vec::new(),
        at_least,
        longest,
        gap: 0,
        opener: None,
        lead: None,
    }
}

pub(crate) fn rule(id: &str, severity: Severity, anchors: Vec<Anchor>, extent: Extent) -> Rule {
    Rule {
        id: id.into(),
        title: id.into(),
        category: "test.thing".into(),
        severity,
        low_entropy: false,
        word: false,
        name: None,
        anchors,
        extent,
        may_show: 0,
        required: None,
        hold: true,
    }
}

/// One rule alone, of a token behind a literal.
pub(super) fn token() -> Vec<DetectorRules> {
    let token = Extent::Span(span(8, 40));
    only(vec![rule("tok", Severity::P0, vec![literal("tokn_")], token)])
}

/// A rule of every kind, over an alphabet so small that random text is full of suspects which overlap.
pub(super) fn rules() -> Vec<DetectorRules> {
    let any_case = Anchor::Literal(Keyword {
        bytes: b"pass=".to_vec(),
        any_case: true,
    });
    let lead = LeadRun {
        set: word(),
        at_least: 2,
        longest: 10,
    };
    let digits = set(b"0123456789");
    let first = vec![
        rule(
            "key",
            Severity::P0,
            vec![literal("k_"), literal("kk_")],
            Extent::Span(span(4, 12)),
        ),
        rule(
            "pass",
            Severity::P1,
            vec![any_case],
            Extent::Span(SpanRule { gap: 3, ..span(3, 20) }),
        ),
        Rule {
            may_show: 2,
            ..rule(
                "late",
                Severity::P0,
                vec![literal("+T")],
                Extent::Span(SpanRule {
                    lead: Some(lead),
                    ..span(1, 6)
                }),
            )
        },
        rule(
            "head",
            Severity::P1,
            vec![literal("B")],
            Extent::Span(SpanRule {
                head: vec![digits; 2],
                ..span(4, 9)
            }),
        ),
        Rule {
            word: true,
            ..rule(
                "opened",
                Severity::P0,
                vec![literal("//")],
                Extent::Span(SpanRule {
                    gap: 6,
                    opener: Some(Opener {
                        before: word(),
                        bytes: set(b":="),
                        after: set(b"' ="),
                    }),
                    ..span(3, 12)
                }),
            )
        },
    ];
    let named = Rule {
        name: NameParts::new(["to", "kbc"].map(str::to_owned)),
        ..rule(
            "named",
            Severity::P1,
            vec![Anchor::Literal(Keyword {
                bytes: b"ag".to_vec(),
                any_case: true,
            })],
            Extent::Span(SpanRule {
                gap: 12,
                opener: Some(Opener {
                    before: word(),
                    bytes: set(b":="),
                    after: set(b"' ="),
                }),
                ..span(3, 40)
            }),
        )
    };
    let block = BlockRule {
        body: set(b"abcdk0123= "),
        until: vec![Keyword {
            bytes: b"--E".to_vec(),
            any_case: false,
        }],
        at_least: 6,
        bound: 40,
    };
    let run = SpanRule {
        body: digits,
        filler: set(b" -"),
        ..span(6, 16)
    };
    let second = vec![
        rule("block", Severity::P0, vec![literal("K--")], Extent::Block(block)),
        Rule {
            may_show: 3,
            ..rule(
                "run",
                Severity::P1,
                vec![Anchor::Run {
                    set: digits,
                    at_least: 2,
                }],
                Extent::Span(run),
            )
        },
        named,
        rule("soft", Severity::P2, vec![literal("a")], Extent::Span(span(3, 8))),
        Rule {
            hold: false,
            ..rule("count", Severity::P3, vec![literal("b")], Extent::Span(span(3, 8)))
        },
    ];
    let detector = |name: &str, rules: Vec<Rule>| DetectorRules {
        name: name.into(),
        rules: rules.into_iter().map(Arc::new).collect(),
        fact_count: 2,
        failure: FailureMatrix {
            timeout: FailureAction::Withhold,
            ..FailureMatrix::default()
        },
    };
    vec![detector("first", first), detector("second", second)]
}

/// One letter of the word.
#[derive(Debug, Clone)]
pub(super) enum Letter {
    Bytes(Vec<u8>),
    Mark(MarkKind),
}

/// How the driver goes about its work; none of it may be seen in the result.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Manner {
    /// Ask about one suspect a time, from the last to the first.
    pub(super) one_by_one: bool,
    /// Answer only when the whole word has been taken in.
    pub(super) late: bool,
}

#[derive(Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) shown: Vec<u8>,
    pub(super) decisions: Vec<Decision>,
    pub(super) marks: Vec<MarkEffect>,
    pub(super) blocked: bool,
    /// The most bytes that were held after a push, and after a mark.
    pub(super) held: u64,
    pub(super) held_after_mark: u64,
    /// How many bytes were asked about, again and again where windows overlap, and for how many secrets at once more
    /// was taken out beyond their windows, at most.
    pub(super) asked: usize,
    pub(super) going_on: usize,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            f,
            "{:?} blocked: {}",
            String::from_utf8_lossy(&self.shown),
            self.blocked
        )?;
        for Decision {
            rule,
            origin,
            offset,
            length,
            action,
            late,
            ..
        } in &self.decisions
        {
            let (detector, rule) = (rule.detector, rule.rule);
            writeln!(
                f,
                "  {detector}.{rule} at {offset} {length:?} {origin:?} {action:?} late {late}"
            )?;
        }
        self.marks.iter().try_for_each(|mark| writeln!(f, "  {mark:?}"))
    }
}

impl Outcome {
    /// What must not depend on the cutting.
    pub(super) fn told(mut self) -> Self {
        self.held = 0;
        self.held_after_mark = 0;
        self.asked = 0;
        self.going_on = 0;
        self
    }
}

/// A detector with these rules.
pub(crate) fn only(rules: Vec<Rule>) -> Vec<DetectorRules> {
    vec![DetectorRules {
        name: "one".into(),
        rules: rules.into_iter().map(Arc::new).collect(),
        fact_count: 2,
        failure: FailureMatrix::default(),
    }]
}

/// The rule with this id, and its detector, without any other.
pub(super) fn alone(id: &str) -> Vec<DetectorRules> {
    let mut all = rules();
    for detector in &mut all {
        detector.rules.retain(|rule| rule.id == id);
    }
    all.retain(|detector| !detector.rules.is_empty());
    all
}

/// The detector: a window with an `x` is nothing, one with an `X` makes it fail, any other is a finding from its
/// first to its last byte, without a leading `0` and without line ends at its end.
pub(super) fn detect(text: &[u8], start: usize, end: usize) -> Result<Option<(usize, usize)>, FailureKind> {
    let window = &text[start..end];
    if window.contains(&b'X') {
        Err(FailureKind::Timeout)
    } else if window.contains(&b'x') {
        Ok(None)
    } else {
        let skip = usize::from(window[0] == b'0' && window.len() > 1);
        let trim = window
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\n')
            .count()
            .min(window.len() - skip - 1);
        Ok(Some((start + skip, end - trim)))
    }
}

fn answer(ask: &Ask) -> Answer {
    let mut answer = Answer::default();
    let mut region_start = 0;
    for (index, suspect) in (0_u32..).zip(ask.suspects()) {
        let region = &ask.regions()[suspect.region as usize];
        let text = &ask.expose_to_guest()[region_start..region_start + region.len as usize];
        region_start += region.len as usize;
        match detect(text, suspect.window_start as usize, suspect.window_end as usize) {
            Ok(None) => {}
            Ok(Some((start, end))) => answer.findings.push(Finding {
                suspect: index,
                start: u32::try_from(start).expect("small"),
                end: u32::try_from(end).expect("small"),
                confidence: 50,
                severity: Severity::P0,
                facts: 1,
            }),
            Err(kind) => answer.failed.push((index, kind)),
        }
    }
    answer
}

fn answer_one_by_one(ask: &Ask) -> Answer {
    let mut whole = Answer::default();
    for index in (0..u32::try_from(ask.suspects().len()).expect("few")).rev() {
        let one = answer(&ask.only(index).expect("the suspect is there"));
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

/// The policy: by the rule and the place, so that all actions meet.
fn verdicts(consult: &Consult, blocks: bool) -> Verdicts {
    let decide = |finding: &crate::PolicyFinding| {
        let action = match (finding.rule.detector, finding.rule.rule, finding.length % 7) {
            (_, _, 6) if blocks => Action::Block,
            (0, 1, 5) => Action::WithholdLine,
            (0, 3, _) => Action::RedactMask,
            (1, 3, _) => Action::Allow,
            (1, 2, 4) => Action::Allow,
            (0.., 0.., 0..) => Action::RedactMarker,
        };
        Ok(PolicyDecision {
            action,
            reason: Reason::Policy(0),
        })
    };
    consult.findings.iter().map(decide).collect()
}

pub(super) fn settings(outlet: Outlet) -> Settings {
    Settings {
        channel: 1,
        outlet,
        replacement: Replacement::Marker,
        idle: Duration::from_millis(25),
        stall: Duration::from_secs(1),
        size: Size::default(),
        key: Some(FingerprintKey::new(&[7; 32])),
        policy_failure: FailureMatrix::default(),
        shapes: false,
    }
}

/// Drives a guard over the word.
pub(super) fn run(word: &[Letter], outlet: Outlet, blocks: bool, manner: Manner) -> Outcome {
    run_with(rules(), word, outlet, blocks, manner)
}

/// Drives a guard with rules of its own over a text in a pipe, all at once or byte by byte.
pub(super) fn run_text(rules: Vec<DetectorRules>, text: &[u8], bytes: bool) -> Outcome {
    let size = if bytes { 1 } else { text.len().max(1) };
    let letters: Vec<Letter> = text.chunks(size).map(|chunk| Letter::Bytes(chunk.to_vec())).collect();
    run_with(rules, &letters, Outlet::Pipe, false, Manner::default())
}

/// Drives a guard with rules of its own over the word.
pub(super) fn run_with(
    rules: Vec<DetectorRules>,
    word: &[Letter],
    outlet: Outlet,
    blocks: bool,
    manner: Manner,
) -> Outcome {
    let rules = Arc::new(RuleSet::new(rules).expect("the rules are good"));
    let mut guard = Guard::new(rules, settings(outlet));
    let mut outcome = Outcome::default();
    for letter in word {
        match letter {
            Letter::Bytes(bytes) => guard.push(Duration::ZERO, Raw::from_vec(bytes.clone())),
            Letter::Mark(kind) => guard.mark(*kind),
        }
        if !manner.late {
            drain(&mut guard, &mut outcome, blocks, manner);
        }
        outcome.going_on = outcome.going_on.max(guard.going_on());
        match letter {
            Letter::Bytes(_) => outcome.held = outcome.held.max(guard.held()),
            Letter::Mark(_) => outcome.held_after_mark = outcome.held_after_mark.max(guard.held()),
        }
    }
    guard.mark(MarkKind::End);
    drain(&mut guard, &mut outcome, blocks, manner);
    assert!(guard.is_blocked() || guard.held() == 0, "the end leaves nothing behind");
    outcome
}

fn drain(guard: &mut Guard, outcome: &mut Outcome, blocks: bool, manner: Manner) {
    let mut asks = Vec::new();
    loop {
        while let Some(output) = guard.poll() {
            match output {
                Output::Cleared(cleared) => outcome.shown.extend_from_slice(cleared.as_bytes()),
                Output::Ask(ask) => asks.push(ask),
                Output::Consult(consult) => guard.verdicts(consult.id(), verdicts(&consult, blocks)),
                Output::Decision(decision) => outcome.decisions.push(decision),
                Output::Marked(effect) => outcome.marks.push(effect),
                Output::Blocked(_) => outcome.blocked = true,
            }
        }
        let next = asks.pop();
        let Some(ask) = next else { return };
        outcome.asked += ask.expose_to_guest().len();
        let answer = if manner.one_by_one {
            answer_one_by_one(&ask)
        } else {
            answer(&ask)
        };
        guard.answer(&ask, answer);
    }
}

/// What is shown of `text` by these rules, whole and byte by byte, which must be the same.
pub(super) fn shown_by(rules: &[DetectorRules], text: &str, outlet: Outlet) -> String {
    let told = |word: &[Letter]| run_with(rules.to_vec(), word, outlet, false, Manner::default()).told();
    let whole = told(&[Letter::Bytes(text.as_bytes().to_vec())]);
    let bytes: Vec<_> = text.bytes().map(|byte| Letter::Bytes(vec![byte])).collect();
    assert_eq!(whole, told(&bytes), "{}", text.escape_debug());
    String::from_utf8_lossy(&whole.shown).into_owned()
}
