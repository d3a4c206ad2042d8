//! Rules over a small alphabet, and the pure function that judges what they find.

use std::sync::Arc;

use super::guard::{
    Anchor, BlockRule, ByteSet, DetectorRules, Extent, FailureKind, FailureMatrix, Keyword, KnownValue, LeadRun,
    NameParts, Opener, Rule, Severity, SpanRule,
};

/// What bodies are made of.
pub(super) const WORD: &[u8] = b"abcdefghijklmnopqrstuvwxyzKB0123456789";
/// What names are made of.
pub(super) const PARTS: [&str; 2] = ["to", "kbc"];
/// A secret that the host was told; a blank stands for any run of white space.
pub(super) const KNOWN: &str = "Tq0ub4 d0rway";

fn literal(text: &str) -> Anchor {
    let bytes = text.into();
    Anchor::Literal(Keyword { bytes, any_case: false })
}

fn span(at_least: u16, longest: u32) -> SpanRule {
    SpanRule {
        body: ByteSet::of(WORD),
        filler: ByteSet::default(),
        head: Vec::new(),
        at_least,
        longest,
        gap: 0,
        opener: None,
        lead: None,
    }
}

fn rule(id: &str, severity: Severity, anchors: Vec<Anchor>, extent: Extent) -> Rule {
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

/// A rule of every kind.
pub(super) fn detectors() -> Vec<DetectorRules> {
    let digits = ByteSet::of(b"0123456789");
    let pass = Keyword {
        bytes: b"pass=".to_vec(),
        any_case: true,
    };
    let lead = LeadRun {
        set: ByteSet::of(WORD),
        at_least: 2,
        longest: 10,
    };
    let opener = Opener {
        before: ByteSet::of(WORD),
        bytes: ByteSet::of(b":="),
        after: ByteSet::of(b"' ="),
    };
    let led = SpanRule {
        lead: Some(lead),
        ..span(1, 6)
    };
    let headed = SpanRule {
        head: vec![digits; 2],
        ..span(4, 9)
    };
    let opened = SpanRule {
        gap: 6,
        opener: Some(opener),
        ..span(3, 12)
    };
    let block = BlockRule {
        body: ByteSet::of(b"abcdk0123= "),
        until: vec![Keyword {
            bytes: b"--E".to_vec(),
            any_case: false,
        }],
        at_least: 6,
        bound: 40,
    };
    let run = SpanRule {
        body: digits,
        filler: ByteSet::of(b" -"),
        ..span(6, 16)
    };
    let digits = Anchor::Run {
        set: digits,
        at_least: 2,
    };
    let known = KnownValue::new(KNOWN.as_bytes()).expect("long and rare enough");
    let agent = Keyword {
        bytes: b"ag".to_vec(),
        any_case: true,
    };
    let named = SpanRule {
        gap: 12,
        opener: Some(opener),
        ..span(3, 40)
    };
    let gapped = SpanRule { gap: 3, ..span(4, 20) };
    let first = vec![
        rule(
            "key",
            Severity::P0,
            vec![literal("k_"), literal("kk_")],
            Extent::Span(span(6, 24)),
        ),
        rule("pass", Severity::P1, vec![Anchor::Literal(pass)], Extent::Span(gapped)),
        Rule {
            may_show: 2,
            ..rule("late", Severity::P0, vec![literal("+T")], Extent::Span(led))
        },
        rule("head", Severity::P1, vec![literal("B~")], Extent::Span(headed)),
        Rule {
            word: true,
            ..rule("opened", Severity::P0, vec![literal("//")], Extent::Span(opened))
        },
        Rule {
            name: NameParts::new(PARTS.iter().map(|part| (*part).to_owned())),
            ..rule("named", Severity::P1, vec![Anchor::Literal(agent)], Extent::Span(named))
        },
        // Long enough to be known in an encoding.
        rule("token", Severity::P0, vec![literal("tokn_")], Extent::Span(span(8, 40))),
    ];
    let second = vec![
        rule("block", Severity::P0, vec![literal("K--")], Extent::Block(block)),
        Rule {
            may_show: 3,
            ..rule("run", Severity::P1, vec![digits], Extent::Span(run))
        },
        rule("soft", Severity::P2, vec![literal("a_")], Extent::Span(span(3, 8))),
        Rule {
            hold: false,
            ..rule("count", Severity::P3, vec![literal("b_")], Extent::Span(span(3, 8)))
        },
        known.rule("known".into(), "known".into(), "test.known".into()),
    ];
    let detector = |name: &str, rules: Vec<Rule>| DetectorRules {
        name: name.into(),
        rules: rules.into_iter().map(Arc::new).collect(),
        fact_count: 2,
        failure: FailureMatrix::default(),
    };
    vec![detector("first", first), detector("second", second)]
}

/// How the detectors judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) enum Judge {
    /// Every window is a finding.
    All,
    /// A window with an `x` is nothing, and one with an `X` makes the detector fail. Of any other, a leading `0` and
    /// the line ends at its end are no part of the secret.
    Picky,
}

impl Judge {
    /// The secret in a window.
    pub(super) fn secret(self, window: &[u8]) -> Result<Option<(usize, usize)>, FailureKind> {
        let whole = Ok(Some((0, window.len())));
        match self {
            Self::All => whole,
            Self::Picky if window.contains(&b'x') => Ok(None),
            Self::Picky if window.contains(&b'X') => Err(FailureKind::Trap),
            Self::Picky => {
                let skip = usize::from(window[0] == b'0' && window.len() > 1);
                let ends = window
                    .iter()
                    .rev()
                    .take_while(|byte| matches!(byte, b'\r' | b'\n'))
                    .count();
                if skip + ends < window.len() {
                    Ok(Some((skip, window.len() - ends)))
                } else {
                    whole
                }
            }
        }
    }
}
