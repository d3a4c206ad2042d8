//! Bytes of a block's body that a walk goes over at once: nothing of what ends a block, or begins anything in it, can
//! be among them.

use super::close::begins;
use crate::rule::BlockRule;
use crate::set::ByteSet;

/// What is nothing but a byte of the body.
pub(super) struct Quick {
    /// Wherever it stands.
    pub(super) word: ByteSet,
    /// In a line behind its first word, where sentences may stand.
    pub(super) sentence: Option<ByteSet>,
}

impl Quick {
    pub(super) fn of(rule: &BlockRule) -> Self {
        let mut close = begins(&rule.until);
        close.insert(b'\n');
        let sentence = rule.body.without(&close);
        Self {
            word: sentence.without(&ByteSet::of(b" \t\r\x0C:")),
            sentence: holds_sentences(rule).then_some(sentence),
        }
    }
}

/// Whether a body may hold sentences, and so ends with no words.
pub(super) fn holds_sentences(rule: &BlockRule) -> bool {
    rule.body.has(b' ') && rule.body.has(b'.')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Quick;
    use crate::Anchor;
    use crate::follow::{BlockWalk, Progress};
    use crate::rule::{BlockRule, Extent, Keyword, Rule, Severity};
    use crate::set::ByteSet;
    use crate::stream::Stream;

    fn keyword(text: &str) -> Keyword {
        Keyword {
            bytes: text.into(),
            any_case: false,
        }
    }

    fn rule(body: &[u8], until: &str, at_least: u16) -> (Rule, BlockRule) {
        let block = BlockRule {
            body: ByteSet::of(body),
            until: vec![keyword(until)],
            at_least,
            bound: 300,
        };
        let rule = Rule {
            id: "block".into(),
            title: "block".into(),
            category: "test.thing".into(),
            severity: Severity::P1,
            low_entropy: false,
            word: false,
            name: None,
            anchors: vec![Anchor::Literal(keyword("K--"))],
            extent: Extent::Block(block.clone()),
            may_show: 0,
            required: None,
            hold: true,
        };
        (rule, block)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What is gone over at once comes to the same end as what is gone over byte by byte, and as what comes byte
        /// by byte.
        #[test]
        fn invariant_2_a_stride_is_as_many_steps(
            body in prop::sample::select(vec!["abcdK. -:\r", "abcdK. -", "abcd -", "abcd", "abcd\r"]), until in prop::sample::select(vec!["--E", "-----END"]), at_least in 1_u16..30,
            lines in prop::collection::vec("[12. ]{0,3}[abcd]{0,20}[abcd. :\r-]{0,30}(K--){0,3}(--E|\\|;)?", 1..9), ended: bool,
        ) {
            let (of, rule) = rule(body.as_bytes(), until, at_least);
            let text = format!("a;K--{}", lines.join("\n"));
            let none = Quick { word: ByteSet::default(), sentence: None };
            let mut stream = Stream::default();
            stream.push(text.as_bytes());
            let mut walks = [BlockWalk::new(0, 2, 5), BlockWalk::new(0, 2, 5)];
            let [quick, slow] = &mut walks;
            let told = quick.on(&of, &rule, &stream, ended);
            // What stands before the anchor is looked at before the first step.
            slow.on(&of, &rule, &stream_of(&text[..5]), false);
            prop_assert_eq!(told, slow.on_with(&of, &rule, &none, (&stream, ended)), "{:?}", text);
            prop_assert_eq!((quick.next(), quick.seen()), (slow.next(), slow.seen()), "{:?}", text);
            let mut single = BlockWalk::new(0, 2, 5);
            let mut progress = Progress::Open;
            for length in 5..=text.len() {
                if progress == Progress::Open {
                    progress = single.on(&of, &rule, &stream_of(&text[..length]), ended && length == text.len());
                }
            }
            prop_assert_eq!(told, progress, "{:?}", text);
        }
    }

    fn stream_of(text: &str) -> Stream {
        let mut stream = Stream::default();
        stream.push(text.as_bytes());
        stream
    }
}
