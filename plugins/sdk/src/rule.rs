//! Rules: what the host searches for natively before it asks.

use crate::bindings::detector::cofferdam::detector::types as wit;
use crate::{ByteSet, Severity};

/// The key under which a rule says what it requires.
pub(crate) const REQUIRED: &str = "required";

/// One rule of a detector, built by its methods.
///
/// ```
/// use cofferdam_sdk::{ByteSet, Extent, Rule, Severity};
/// let rule = Rule::new("example-token", "Example token", "credential.example.issuer", Severity::P0)
///     .literal(b"exa_")
///     .extent(Extent::span(ByteSet::ALNUM, 20, 255));
/// assert_eq!(rule.id(), "example-token");
/// ```
#[derive(Clone, Debug)]
pub struct Rule(pub(crate) wit::Rule);

/// What starts a suspect.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Anchor<'a> {
    /// These bytes, exactly or in any case.
    Literal {
        /// The bytes.
        bytes: &'a [u8],
        /// Whether ASCII case doesn't matter.
        any_case: bool,
    },
    /// A maximal stretch of bytes of a set that the rule declared.
    Run,
}

/// How far a suspect reaches.
#[derive(Clone, Debug)]
pub struct Extent(wit::Extent);

impl Extent {
    /// `at_least` to `longest` bytes of `body` after the anchor, on one stretch. `longest` is 8192 at most.
    #[must_use]
    pub fn span(body: ByteSet, at_least: u16, longest: u32) -> Extent {
        Extent(wit::Extent::Span(wit::SpanRule {
            body: body.into(),
            filler: ByteSet::EMPTY.into(),
            head: Vec::new(),
            at_least,
            longest,
            gap: 0,
            opener: None,
            lead: None,
        }))
    }

    /// Lines of `body` bytes after the anchor's line, up to one of `until`. `bound` is 65536 at most.
    #[must_use]
    pub fn block(body: ByteSet, until: &[&[u8]], at_least: u16, bound: u32) -> Extent {
        let until = until
            .iter()
            .map(|bytes| wit::Keyword {
                bytes: bytes.to_vec(),
                any_case: false,
            })
            .collect();
        Extent(wit::Extent::Block(wit::BlockRule {
            body: body.into(),
            until,
            at_least,
            bound,
        }))
    }

    /// Bytes that may stand singly between two body bytes of a span.
    #[must_use]
    pub fn filler(self, set: ByteSet) -> Extent {
        self.edit(|span| span.filler = set.into())
    }

    /// The sets that the first bytes of a span's body must fit, one each; 16 at most.
    #[must_use]
    pub fn head(self, sets: &[ByteSet]) -> Extent {
        self.edit(|span| span.head = sets.iter().map(|&set| set.into()).collect())
    }

    /// How many other bytes may stand between a span's anchor and its body; 64 at most.
    #[must_use]
    pub fn gap(self, bytes: u16) -> Extent {
        self.edit(|span| span.gap = bytes)
    }

    /// What a span's gap must be made of: bytes of `before`, and then `byte`, behind which the body begins. Nothing
    /// before it is held, so that a URL is shown up to the colon of its password.
    #[must_use]
    pub fn opener(self, before: ByteSet, byte: u8) -> Extent {
        self.opener_of(before, ByteSet::EMPTY.with(&[byte]), ByteSet::EMPTY)
    }

    /// Like [`opener`](Self::opener), with any of `bytes` to open, and bytes of `after` that may stand behind it and
    /// are no body yet, such as the blanks and quotes before a value.
    #[must_use]
    pub fn opener_of(self, before: ByteSet, bytes: ByteSet, after: ByteSet) -> Extent {
        self.edit(|span| {
            span.opener = Some(wit::Opener {
                before: before.into(),
                bytes: bytes.into(),
                after: after.into(),
            });
        })
    }

    /// `at_least` to `longest` bytes of the secret that stand directly before a span's literal.
    #[must_use]
    pub fn lead(self, set: ByteSet, at_least: u16, longest: u16) -> Extent {
        self.edit(|span| {
            span.lead = Some(wit::LeadRun {
                set: set.into(),
                at_least,
                longest,
            })
        })
    }

    /// Changes a span; a block has none of these parts and stays as it is.
    fn edit(mut self, change: impl FnOnce(&mut wit::SpanRule)) -> Extent {
        match &mut self.0 {
            wit::Extent::Span(span) => change(span),
            wit::Extent::Block(_) => {}
        }
        self
    }
}

impl Rule {
    /// A rule with no anchor and an empty extent yet.
    #[must_use]
    pub fn new(id: &str, title: &str, category: &str, severity: Severity) -> Rule {
        let Extent(extent) = Extent::span(ByteSet::EMPTY, 0, 0);
        Rule(wit::Rule {
            id: id.into(),
            title: title.into(),
            category: category.into(),
            severity,
            traits: wit::Traits::empty(),
            anchors: Vec::new(),
            extent,
            may_show: 0,
            extra: Vec::new(),
        })
    }

    /// Adds a literal anchor. It is public: the host shows it before the rule is alive.
    #[must_use]
    pub fn literal(self, bytes: &[u8]) -> Rule {
        self.anchor(wit::Anchor::Literal(wit::Keyword {
            bytes: bytes.to_vec(),
            any_case: false,
        }))
    }

    /// Adds a keyword anchor that is found in any case of its ASCII letters.
    #[must_use]
    pub fn keyword(self, bytes: &[u8]) -> Rule {
        self.anchor(wit::Anchor::Literal(wit::Keyword {
            bytes: bytes.to_vec(),
            any_case: true,
        }))
    }

    /// Adds a run anchor: a maximal stretch of at least `at_least` bytes of `set`.
    #[must_use]
    pub fn run(self, set: ByteSet, at_least: u16) -> Rule {
        self.anchor(wit::Anchor::Run(wit::ByteRun {
            set: set.into(),
            at_least,
        }))
    }

    fn anchor(mut self, anchor: wit::Anchor) -> Rule {
        self.0.anchors.push(anchor);
        self
    }

    /// Sets how far a suspect reaches.
    #[must_use]
    pub fn extent(mut self, extent: Extent) -> Rule {
        self.0.extent = extent.0;
        self
    }

    /// Says that so few values are possible that a fingerprint or an exact length would give one away.
    #[must_use]
    pub fn low_entropy(mut self) -> Rule {
        self.0.traits |= wit::Traits::LOW_ENTROPY;
        self
    }

    /// Says that a literal inside a longer word makes no suspect.
    #[must_use]
    pub fn word(mut self) -> Rule {
        self.0.traits |= wit::Traits::WORD;
        self
    }

    /// Says that a literal makes a suspect only as a word of a name, beside others or one of the detector's parts of
    /// names.
    #[must_use]
    pub fn name(mut self) -> Rule {
        self.0.traits |= wit::Traits::NAME;
        self
    }

    /// Says how many leading bytes of the secret may get out before the rule is alive.
    #[must_use]
    pub fn may_show(mut self, bytes: u16) -> Rule {
        self.0.may_show = bytes;
        self
    }

    /// Says that nothing is found where none of these bytes stands behind the literal, or in the run, up to the byte
    /// that ended the window. The host then asks about no such suspect, unless its window was cut: no password of a URL
    /// is without an `@` behind it. It replaces what was required before. The host refuses an empty set.
    #[must_use]
    pub fn required(mut self, set: ByteSet) -> Rule {
        self.0.extra.retain(|(key, _)| key != REQUIRED);
        self.0.extra.push((REQUIRED.into(), set.written()));
        self
    }

    /// Whether what is required stands behind an anchor that ends at `from`, up to the byte that ended its window.
    #[cfg(not(target_arch = "wasm32"))]
    pub(crate) fn may_hold(&self, text: &[u8], from: usize, end: usize) -> bool {
        let Some((_, written)) = self.0.extra.iter().find(|(key, _)| key == REQUIRED) else {
            return true;
        };
        let required = ByteSet::read(written).unwrap_or_default();
        text[from..text.len().min(end + 1)]
            .iter()
            .any(|byte| required.has(*byte))
    }

    /// The rule's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// The rule's category.
    #[must_use]
    pub fn category(&self) -> &str {
        &self.0.category
    }

    /// The severity that its findings have unless one says otherwise.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.0.severity
    }

    /// Its anchors, in the order that [`Window::anchor_index`](crate::Window::anchor_index) counts.
    pub fn anchors(&self) -> impl Iterator<Item = Anchor<'_>> {
        self.0.anchors.iter().map(|anchor| match anchor {
            wit::Anchor::Literal(word) => Anchor::Literal {
                bytes: &word.bytes,
                any_case: word.any_case,
            },
            wit::Anchor::Run(_) => Anchor::Run,
        })
    }

    pub(crate) fn anchor_count(&self) -> usize {
        self.0.anchors.len()
    }

    /// Whether the secret begins before its literal.
    pub(crate) fn has_lead(&self) -> bool {
        match &self.0.extent {
            wit::Extent::Span(span) => span.lead.is_some(),
            wit::Extent::Block(_) => false,
        }
    }
}
