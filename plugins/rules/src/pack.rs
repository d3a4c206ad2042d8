//! A compiled rule pack: what the packing tool writes and the engine reads.

use cofferdam_sdk::{ByteSet, Extent, Rule, Severity};
use serde::{Deserialize, Serialize};

use crate::check::Named;
use crate::later::{self, Later, Shelf};
use crate::matcher::Matcher;
use crate::pattern::Pattern;

mod lists;
mod set;

pub use lists::{Cards, Common, Lists, Logins, Mail, Names};
pub use set::Set;

/// A compiled pack. Its texts lie in the bytes that it was read from.
#[derive(Debug, Serialize, Deserialize)]
pub struct Pack<'a> {
    /// The detector's id.
    pub id: &'a str,
    /// Its version.
    pub version: &'a str,
    /// One line for people.
    pub title: &'a str,
    /// What is a placeholder by whatever rule.
    #[serde(borrow)]
    pub allow: Later<'a, Allow<'a>>,
    /// What people and documentation write where a secret would stand, and hosts that only they have.
    #[serde(borrow)]
    pub common: Later<'a, Common<&'a [u8]>>,
    /// What the words of a name say of its being a secret's.
    #[serde(borrow)]
    pub names: Later<'a, Names<&'a [u8]>>,
    /// What tells an address of nobody.
    #[serde(borrow)]
    pub mail: Later<'a, Mail<&'a [u8]>>,
    /// What the words around a number say of its being a card.
    #[serde(borrow)]
    pub cards: Later<'a, Cards<&'a [u8]>>,
    /// The literals of [`LEADING`] bytes and more that lead a secret of some rule.
    #[serde(borrow)]
    pub leads: Later<'a, Vec<&'a [u8]>>,
    /// What the engine takes for the rest of a name, or a beginning of it, so that the host asks about all that the
    /// engine looks at: sorted.
    #[serde(borrow)]
    pub parts: Later<'a, Vec<&'a str>>,
    /// The rules that a setting must enable, as indices, in order.
    pub off: Vec<u16>,
    /// The rules as they are declared, 4096 at most.
    #[serde(borrow)]
    pub rules: Shelf<'a, RuleData<'a>>,
    /// How the suspects of each are confirmed, in the same order.
    #[serde(borrow)]
    pub proofs: Shelf<'a, Proof<'a>>,
}

/// The shortest literal that tells a value apart, in bytes: rules of shorter ones leave out what is longer or of one
/// case.
pub const LEADING: usize = 6;

/// What only stands where a secret would.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Allow<'a> {
    /// Words, in lower case, that make a placeholder of a secret too short to hold a real one beside them.
    #[serde(borrow)]
    pub words: Vec<&'a [u8]>,
    /// Values that are published as examples, whole.
    #[serde(borrow)]
    pub values: Vec<&'a [u8]>,
    /// Digests of more of them, which are not written down: [`digest`](crate::digest) says how they are made.
    pub digests: Vec<u64>,
    /// Patterns that a whole secret fits.
    pub patterns: Vec<Matcher>,
}

/// One rule, as it is declared.
#[derive(Debug, Serialize, Deserialize)]
pub struct RuleData<'a> {
    /// Unique in the pack.
    pub id: &'a str,
    /// One line for people.
    pub title: &'a str,
    /// Dotted, from general to special.
    pub category: &'a str,
    /// 0 to 3.
    pub severity: u8,
    /// Whether its anchors must begin a word.
    pub word: bool,
    /// Whether few values are possible.
    pub low_entropy: bool,
    /// Leading bytes of the secret that may get out.
    pub may_show: u16,
    /// Bytes of which one must stand in a suspect.
    pub required: Option<Set>,
    /// Whether a word of its own must stand in the name before a value.
    pub is_named: bool,
    /// What the host searches for.
    #[serde(borrow)]
    pub anchors: Vec<AnchorData<'a>>,
    /// How far a suspect reaches.
    #[serde(borrow)]
    pub extent: ExtentData<'a>,
}

/// How suspects of one rule are confirmed.
#[derive(Debug, Serialize, Deserialize)]
pub struct Proof<'a> {
    /// Whether its anchors must begin a word.
    pub word: bool,
    /// Bits of the facts that all its findings have.
    pub facts: u64,
    /// What a suspect has to pass.
    #[serde(borrow)]
    pub test: Test<'a>,
}

/// What makes a suspect.
#[derive(Debug, Serialize, Deserialize)]
pub enum AnchorData<'a> {
    /// These bytes.
    Literal(&'a [u8]),
    /// These bytes in any case.
    Keyword(&'a [u8]),
    /// A run of at least so many bytes of a set.
    Run(Set, u16),
}

/// How far a suspect reaches.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum ExtentData<'a> {
    /// On one stretch.
    Span(SpanData),
    /// Over lines.
    #[serde(borrow)]
    Block(BlockData<'a>),
}

/// A span's extent.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
pub struct SpanData {
    /// What the window is made of.
    pub body: Set,
    /// What may stand singly between.
    pub filler: Set,
    /// What the first bytes must fit.
    pub head: Vec<Set>,
    /// The fewest body bytes.
    pub at_least: u16,
    /// The most bytes of a window.
    pub longest: u32,
    /// The most bytes between anchor and body.
    pub gap: u16,
    /// What stands before the body, what opens it, and what may follow that.
    pub opener: Option<(Set, Set, Set)>,
    /// What stands before the literal.
    pub lead: Option<(Set, u16, u16)>,
}

/// A block's extent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct BlockData<'a> {
    /// What its lines are made of.
    pub body: Set,
    /// What closes it.
    #[serde(borrow)]
    pub until: Vec<&'a [u8]>,
    /// The fewest body bytes.
    pub at_least: u16,
    /// The most bytes of a window.
    pub bound: u32,
}

/// What a suspect has to pass.
#[derive(Debug, Serialize, Deserialize)]
pub enum Test<'a> {
    /// By a pattern.
    #[serde(borrow)]
    Pattern(Box<Pattern<'a>>),
    /// By a check of the engine's own.
    Named(Named),
}

impl Pack<'static> {
    /// Reads what [`Pack::write`] wrote.
    ///
    /// # Errors
    /// Says that the bytes are no pack of this version.
    pub fn read(bytes: &'static [u8]) -> Result<Pack<'static>, String> {
        postcard::from_bytes(bytes).map_err(|error| format!("the rules beside the engine can't be read: {error}"))
    }
}

impl Pack<'_> {
    /// Reads each part, which the engine only does with those that it is asked about.
    ///
    /// # Errors
    /// A part can't be read.
    pub fn check(&self) -> Result<(), later::Error> {
        self.allow.value()?;
        self.common.value()?;
        self.names.value()?;
        self.mail.value()?;
        self.cards.value()?;
        self.leads.value()?;
        self.parts.value()?;
        self.rules.iter().try_for_each(|rule| rule.value().map(drop))?;
        self.proofs.iter().try_for_each(|proof| proof.value().map(drop))
    }

    /// The pack as bytes.
    ///
    /// # Errors
    /// Never with the types at hand; the encoder's error is passed on.
    pub fn write(&self) -> Result<Vec<u8>, later::Error> {
        later::written(self)
    }
}

impl RuleData<'_> {
    /// Its literals that are long enough to tell a value apart.
    pub fn leads(&self) -> impl Iterator<Item = &[u8]> {
        self.anchors.iter().filter_map(|anchor| match anchor {
            AnchorData::Literal(bytes) => (bytes.len() >= LEADING).then_some(*bytes),
            AnchorData::Keyword(_) | AnchorData::Run(..) => None,
        })
    }

    /// The severity as a word.
    #[must_use]
    pub fn grade(&self) -> Severity {
        grade(self.severity)
    }

    /// The rule that the host gets.
    #[must_use]
    pub fn rule(&self) -> Rule {
        let mut rule = Rule::new(self.id, self.title, self.category, self.grade())
            .extent(self.extent.extent())
            .may_show(self.may_show);
        if self.word {
            rule = rule.word();
        }
        if self.low_entropy {
            rule = rule.low_entropy();
        }
        if self.is_named {
            rule = rule.name();
        }
        if let Some(required) = self.required {
            rule = rule.required(required.bytes());
        }
        self.anchors.iter().fold(rule, |rule, anchor| match anchor {
            AnchorData::Literal(bytes) => rule.literal(bytes),
            AnchorData::Keyword(bytes) => rule.keyword(bytes),
            AnchorData::Run(set, at_least) => rule.run(set.bytes(), *at_least),
        })
    }
}

impl Proof<'_> {
    /// The words of which one must stand in the name before a value.
    #[must_use]
    pub fn names(&self) -> &[&[u8]] {
        match &self.test {
            Test::Pattern(pattern) => &pattern.name,
            Test::Named(_) => &[],
        }
    }
}

/// The severity of this number; one that is out of range is the worst.
#[must_use]
pub fn grade(number: u8) -> Severity {
    match number {
        1 => Severity::P1,
        2 => Severity::P2,
        3 => Severity::P3,
        _ => Severity::P0,
    }
}

impl ExtentData<'_> {
    /// Whether secrets begin before their literal.
    #[must_use]
    pub fn has_lead(&self) -> bool {
        match self {
            ExtentData::Span(span) => span.lead.is_some(),
            ExtentData::Block(_) => false,
        }
    }

    fn extent(&self) -> Extent {
        match self {
            ExtentData::Span(span) => {
                let head: Vec<ByteSet> = span.head.iter().map(|set| set.bytes()).collect();
                let mut extent = Extent::span(span.body.bytes(), span.at_least, span.longest)
                    .filler(span.filler.bytes())
                    .head(&head)
                    .gap(span.gap);
                if let Some((before, bytes, after)) = &span.opener {
                    extent = extent.opener_of(before.bytes(), bytes.bytes(), after.bytes());
                }
                if let Some((set, at_least, longest)) = &span.lead {
                    extent = extent.lead(set.bytes(), *at_least, *longest);
                }
                extent
            }
            ExtentData::Block(block) => Extent::block(block.body.bytes(), &block.until, block.at_least, block.bound),
        }
    }
}
