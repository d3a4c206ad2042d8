//! What a detector declares, as it is kept: in the host's own words, so that each start reads more than a thousand
//! rules in one go. Sets are bytes.

mod set;

use self::set::KeptSet;
use crate::rules::Described;
use cofferdam_guard::{Anchor, BlockRule, Extent, Keyword, LeadRun, NameParts, Opener, Rule, Severity, SpanRule};
use serde::de::{Deserializer, Error as _};
use serde::ser::{Error as _, SerializeSeq as _, Serializer};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// All of it. Where the parts of names are out of bounds it is never kept.
#[derive(Serialize, Deserialize)]
struct KeptDescribed<Rules> {
    facts: Vec<String>,
    parts: Option<Vec<String>>,
    rules: Rules,
}

#[derive(Serialize, Deserialize)]
struct KeptRule<'a> {
    id: &'a str,
    title: &'a str,
    category: &'a str,
    severity: u8,
    low_entropy: bool,
    word: bool,
    is_named: bool,
    #[serde(borrow)]
    anchors: Vec<KeptAnchor<'a>>,
    extent: KeptExtent<'a>,
    may_show: u16,
    required: Option<KeptSet>,
    hold: bool,
}

#[derive(Serialize, Deserialize)]
enum KeptAnchor<'a> {
    #[serde(borrow)]
    Literal(KeptKeyword<'a>),
    Run(KeptSet, u16),
}

#[derive(Serialize, Deserialize)]
struct KeptKeyword<'a> {
    bytes: &'a [u8],
    any_case: bool,
}

#[derive(Serialize, Deserialize)]
enum KeptExtent<'a> {
    Span {
        body: KeptSet,
        filler: KeptSet,
        head: Vec<KeptSet>,
        at_least: u16,
        longest: u32,
        gap: u16,
        opener: Option<[KeptSet; 3]>,
        lead: Option<(KeptSet, u16, u16)>,
    },
    Block {
        body: KeptSet,
        #[serde(borrow)]
        until: Vec<KeptKeyword<'a>>,
        at_least: u16,
        bound: u32,
    },
}

impl Serialize for Described {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        KeptDescribed {
            facts: self.facts.clone(),
            parts: self.parts.as_ref().map(|parts| parts.words().to_vec()),
            rules: Rules(&self.rules),
        }
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Described {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let KeptDescribed { facts, parts, rules } = KeptDescribed::<Vec<Declared>>::deserialize(deserializer)?;
        let parts = parts.and_then(NameParts::new);
        let rules = rules.into_iter().map(|Declared { mut rule, is_named }| {
            rule.name = parts.clone().filter(|_| is_named);
            Arc::new(rule)
        });
        Ok(Self {
            rules: rules.collect(),
            facts,
            parts,
        })
    }
}

struct Rules<'a>(&'a [Arc<Rule>]);

impl Serialize for Rules<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut rules = serializer.serialize_seq(Some(self.0.len()))?;
        for rule in self.0 {
            let known = || S::Error::custom("no guest declares a value that the host was told");
            rules.serialize_element(&KeptRule::of(rule).ok_or_else(known)?)?;
        }
        rules.end()
    }
}

/// A rule that doesn't have the parts of names yet.
struct Declared {
    rule: Rule,
    is_named: bool,
}

impl<'de> Deserialize<'de> for Declared {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let kept = KeptRule::deserialize(deserializer)?;
        let is_named = kept.is_named;
        let severity = severity(kept.severity).ok_or_else(|| D::Error::custom("no such severity"))?;
        Ok(Self {
            rule: kept.rule(severity),
            is_named,
        })
    }
}

impl<'a> KeptRule<'a> {
    fn of(rule: &'a Rule) -> Option<Self> {
        let keyword = |Keyword { bytes, any_case }: &'a Keyword| KeptKeyword {
            bytes,
            any_case: *any_case,
        };
        let anchor = |anchor: &'a Anchor| match anchor {
            Anchor::Literal(literal) => KeptAnchor::Literal(keyword(literal)),
            Anchor::Run { set, at_least } => KeptAnchor::Run(KeptSet(*set), *at_least),
        };
        let extent = match &rule.extent {
            Extent::Span(span) => KeptExtent::Span {
                body: KeptSet(span.body),
                filler: KeptSet(span.filler),
                head: span.head.iter().copied().map(KeptSet).collect(),
                at_least: span.at_least,
                longest: span.longest,
                gap: span.gap,
                opener: span
                    .opener
                    .map(|opener| [opener.before, opener.bytes, opener.after].map(KeptSet)),
                lead: span.lead.map(|lead| (KeptSet(lead.set), lead.at_least, lead.longest)),
            },
            Extent::Block(block) => KeptExtent::Block {
                body: KeptSet(block.body),
                until: block.until.iter().map(keyword).collect(),
                at_least: block.at_least,
                bound: block.bound,
            },
            Extent::Known(_) => return None,
        };
        Some(Self {
            id: &rule.id,
            title: &rule.title,
            category: &rule.category,
            severity: grade(rule.severity),
            low_entropy: rule.low_entropy,
            word: rule.word,
            is_named: rule.name.is_some(),
            anchors: rule.anchors.iter().map(anchor).collect(),
            extent,
            may_show: rule.may_show,
            required: rule.required.map(KeptSet),
            hold: rule.hold,
        })
    }

    fn rule(self, severity: Severity) -> Rule {
        let keyword = |KeptKeyword { bytes, any_case }: KeptKeyword<'_>| Keyword {
            bytes: bytes.to_vec(),
            any_case,
        };
        let anchor = |anchor| match anchor {
            KeptAnchor::Literal(literal) => Anchor::Literal(keyword(literal)),
            KeptAnchor::Run(KeptSet(set), at_least) => Anchor::Run { set, at_least },
        };
        Rule {
            id: self.id.to_owned(),
            title: self.title.to_owned(),
            category: self.category.to_owned(),
            severity,
            low_entropy: self.low_entropy,
            word: self.word,
            name: None,
            anchors: self.anchors.into_iter().map(anchor).collect(),
            extent: match self.extent {
                KeptExtent::Span {
                    body: KeptSet(body),
                    filler: KeptSet(filler),
                    head,
                    at_least,
                    longest,
                    gap,
                    opener,
                    lead,
                } => Extent::Span(SpanRule {
                    body,
                    filler,
                    head: head.into_iter().map(|KeptSet(set)| set).collect(),
                    at_least,
                    longest,
                    gap,
                    opener: opener.map(|[KeptSet(before), KeptSet(bytes), KeptSet(after)]| Opener {
                        before,
                        bytes,
                        after,
                    }),
                    lead: lead.map(|(KeptSet(set), at_least, longest)| LeadRun { set, at_least, longest }),
                }),
                KeptExtent::Block {
                    body: KeptSet(body),
                    until,
                    at_least,
                    bound,
                } => Extent::Block(BlockRule {
                    body,
                    until: until.into_iter().map(keyword).collect(),
                    at_least,
                    bound,
                }),
            },
            may_show: self.may_show,
            required: self.required.map(|KeptSet(set)| set),
            hold: self.hold,
        }
    }
}

/// A severity as a number, the worst first.
pub(crate) fn grade(severity: Severity) -> u8 {
    match severity {
        Severity::P0 => 0,
        Severity::P1 => 1,
        Severity::P2 => 2,
        Severity::P3 => 3,
    }
}

fn severity(grade: u8) -> Option<Severity> {
    match grade {
        0 => Some(Severity::P0),
        1 => Some(Severity::P1),
        2 => Some(Severity::P2),
        3 => Some(Severity::P3),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Described;
    use cofferdam_guard::{
        Anchor, BlockRule, ByteSet, Extent, Keyword, LeadRun, NameParts, Opener, Rule, Severity, SpanRule,
    };
    use std::sync::Arc;

    fn rule(id: &str, anchors: Vec<Anchor>, extent: Extent) -> Rule {
        Rule {
            id: id.into(),
            title: format!("A {id} of \u{e9}"),
            category: "credential.test".into(),
            severity: Severity::P2,
            low_entropy: true,
            word: false,
            name: None,
            anchors,
            extent,
            may_show: 3,
            required: Some(ByteSet::of(b"@\xfe")),
            hold: true,
        }
    }

    /// Every field has something that stands nowhere else in it.
    fn described() -> Described {
        let set = |bytes: &[u8]| ByteSet::of(bytes);
        let keyword = |text: &[u8]| Keyword {
            bytes: text.to_vec(),
            any_case: text.len() > 2,
        };
        let span = SpanRule {
            body: set(b"\x00abc\xff"),
            filler: set(b"-"),
            head: vec![set(b"1"), set(b"2")],
            at_least: 5,
            longest: 8000,
            gap: 60,
            opener: None,
            lead: None,
        };
        let opener = Opener {
            before: set(b" "),
            bytes: set(b"="),
            after: set(b"\t"),
        };
        let lead = LeadRun {
            set: set(b"xyz"),
            at_least: 7,
            longest: 300,
        };
        let literal = |text| Anchor::Literal(keyword(text));
        let parts = NameParts::new(["key".to_owned(), "token".to_owned()]);
        let opened = SpanRule {
            opener: Some(opener),
            ..span.clone()
        };
        let led = SpanRule {
            lead: Some(lead),
            ..span.clone()
        };
        let block = BlockRule {
            body: set(b"0"),
            until: vec![keyword(b"end"), keyword(b"\n\n")],
            at_least: 40,
            bound: 60_000,
        };
        let run = Anchor::Run {
            set: set(b"9"),
            at_least: 12,
        };
        let named = Rule {
            name: parts.clone(),
            severity: Severity::P0,
            low_entropy: false,
            word: true,
            may_show: 0,
            required: None,
            ..rule("named", vec![literal(b"a"), literal(b"long")], Extent::Span(opened))
        };
        let rules = vec![
            named,
            rule("led", vec![literal(b"\xff\x00")], Extent::Span(led)),
            rule("run", vec![run], Extent::Span(span)),
            rule("block", Vec::new(), Extent::Block(block)),
        ];
        Described {
            rules: rules.into_iter().map(Arc::new).collect(),
            facts: vec!["checksum".to_owned(), "other".to_owned()],
            parts,
        }
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        let described = described();
        let kept = postcard::to_allocvec(&described).expect("it can be kept");
        assert_eq!(postcard::from_bytes::<Described>(&kept), Ok(described));
    }

    #[test]
    fn each_severity_is_read_as_it_was() {
        for (grade, severity) in (0..).zip([Severity::P0, Severity::P1, Severity::P2, Severity::P3]) {
            assert_eq!(
                (super::grade(severity), super::severity(grade)),
                (grade, Some(severity))
            );
        }
        assert_eq!(super::severity(4), None);
    }

    #[test]
    fn what_is_broken_is_no_description() {
        let kept = postcard::to_allocvec(&described()).expect("it can be kept");
        for length in 0..kept.len() {
            assert!(postcard::from_bytes::<Described>(&kept[..length]).is_err(), "{length}");
        }
    }
}
