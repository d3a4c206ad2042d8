//! From a parsed pattern to the nodes that the engine runs.

use std::slice;

use cofferdam_rules::matcher::{ANY, Look, Matcher, Node};
use cofferdam_rules::pack::Set;
use regex_syntax::hir::{self, Class, Hir, HirKind};

/// The most nodes that a pattern may make an engine walk at each place of a text.
const LARGEST: usize = 1024;

/// Compiles a sequence.
pub(crate) fn compile(items: &[Hir]) -> Result<Matcher, String> {
    let mut nodes = Vec::new();
    for item in items {
        push(item, &mut nodes)?;
    }
    let matcher = Matcher(nodes);
    let size = matcher.size();
    if size > LARGEST {
        return Err(format!(
            "the pattern can be slow: it takes {size} steps at each byte, and {LARGEST} is the most. Bound its repetitions, or make what \
             repeats one class"
        ));
    }
    Ok(matcher)
}

/// Compiles a pattern that may stand anywhere in a text.
pub(crate) fn anywhere(pattern: &str) -> Result<Matcher, String> {
    // By itself first: what is wrong with it is told of it, and not of what stands around it here.
    crate::pattern::parse(pattern)?;
    let hir = crate::pattern::parse(&format!("(?s:.*)(?:{pattern})(?s:.*)"))?;
    compile(&[hir])
}

/// The bytes that a sequence can be made of.
pub(crate) fn alphabet(items: &[Hir]) -> Set {
    let mut set = Set::default();
    items.iter().for_each(|item| gather(item, &mut set));
    set
}

/// The fewest and the most bytes of a sequence; no most where there is none.
pub(crate) fn lengths(items: &[Hir]) -> (usize, Option<usize>) {
    let least = items
        .iter()
        .map(|item| item.properties().minimum_len().unwrap_or(0))
        .sum();
    let most = items.iter().map(|item| item.properties().maximum_len()).sum();
    (least, most)
}

/// The last set of those that `fits` of which each match of a sequence holds a byte.
pub(crate) fn last_certain(items: &[Hir], fits: &impl Fn(&Set) -> bool) -> Option<Set> {
    items.iter().rev().find_map(|item| match item.kind() {
        HirKind::Empty | HirKind::Look(_) => None,
        HirKind::Literal(literal) => literal.0.iter().rev().map(|byte| Set::of(&[*byte])).find(fits),
        HirKind::Class(class) => Some(class_set(class)).filter(fits),
        HirKind::Repetition(repetition) if repetition.min == 0 => None,
        HirKind::Repetition(repetition) => last_certain(slice::from_ref(&repetition.sub), fits),
        HirKind::Capture(capture) => last_certain(slice::from_ref(&capture.sub), fits),
        HirKind::Concat(parts) => last_certain(parts, fits),
        HirKind::Alternation(parts) => {
            let mut sets = parts.iter().map(|part| last_certain(slice::from_ref(part), fits));
            sets.try_fold(Set::default(), |all, set| Some(all.or(&set?)))
        }
    })
}

/// The first such set, behind the bytes that may stand before it.
pub(crate) fn first_certain(items: &[Hir], fits: &impl Fn(&Set) -> bool) -> Option<(Set, Set)> {
    let mut before = Set::default();
    for item in items {
        let found = match item.kind() {
            HirKind::Empty | HirKind::Look(_) => None,
            HirKind::Literal(literal) => {
                let at = literal.0.iter().position(|byte| fits(&Set::of(&[*byte])));
                at.map(|at| (Set::of(&literal.0[..at]), Set::of(&literal.0[at..=at])))
            }
            HirKind::Class(class) => Some((Set::default(), class_set(class))).filter(|(_, set)| fits(set)),
            HirKind::Repetition(repetition) if repetition.min == 0 => None,
            HirKind::Repetition(repetition) => first_certain(slice::from_ref(&repetition.sub), fits),
            HirKind::Capture(capture) => first_certain(slice::from_ref(&capture.sub), fits),
            HirKind::Concat(parts) => first_certain(parts, fits),
            HirKind::Alternation(parts) => {
                let mut found = parts.iter().map(|part| first_certain(slice::from_ref(part), fits));
                found.try_fold((Set::default(), Set::default()), |(before, set), found| {
                    let (leads, opens) = found?;
                    Some((before.or(&leads), set.or(&opens)))
                })
            }
        };
        if let Some((leads, set)) = found {
            return Some((before.or(&leads), set));
        }
        gather(item, &mut before);
    }
    None
}

/// The most bytes of `set` that a sequence may hold.
pub(crate) fn most_of(items: &[Hir], set: &Set) -> usize {
    let most = |item: &Hir| match item.kind() {
        HirKind::Empty | HirKind::Look(_) => 0,
        HirKind::Literal(literal) => literal.0.iter().filter(|byte| set.has(**byte)).count(),
        HirKind::Class(class) => usize::from(class_set(class).meets(set)),
        HirKind::Repetition(repetition) => {
            let one = most_of(slice::from_ref(&repetition.sub), set);
            let times = repetition.max.map_or(usize::MAX, |most| most as usize);
            one.saturating_mul(times)
        }
        HirKind::Capture(capture) => most_of(slice::from_ref(&capture.sub), set),
        HirKind::Concat(parts) => most_of(parts, set),
        HirKind::Alternation(parts) => parts
            .iter()
            .map(|part| most_of(slice::from_ref(part), set))
            .max()
            .unwrap_or(0),
    };
    items.iter().map(most).fold(0, usize::saturating_add)
}

/// The bytes that may stand at each of the first `count` places of a sequence; none where it may be shorter.
pub(crate) fn heads(items: &[Hir], count: usize) -> Vec<Set> {
    let mut sets = vec![Set::default(); count.min(lengths(items).0)];
    let mut places = vec![true];
    places.resize(sets.len() + 1, false);
    items.iter().fold(places, |places, item| head(item, &places, &mut sets));
    sets
}

/// Adds what `hir` may hold from each of `places` on, and gives the places where it may end.
fn head(hir: &Hir, places: &[bool], sets: &mut [Set]) -> Vec<bool> {
    let step = |set: Set, places: &[bool], sets: &mut [Set]| {
        let mut ends = vec![false; places.len()];
        for (at, _) in places.iter().enumerate().filter(|(_, begins)| **begins) {
            if let (Some(own), Some(end)) = (sets.get_mut(at), ends.get_mut(at + 1)) {
                *own = own.or(&set);
                *end = true;
            }
        }
        ends
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => places.to_vec(),
        HirKind::Class(class) => step(class_set(class), places, sets),
        HirKind::Literal(literal) => literal.0.iter().fold(places.to_vec(), |places, byte| {
            let mut set = Set::default();
            set.add(*byte);
            step(set, &places, sets)
        }),
        HirKind::Capture(capture) => head(&capture.sub, places, sets),
        HirKind::Concat(parts) => parts
            .iter()
            .fold(places.to_vec(), |places, part| head(part, &places, sets)),
        HirKind::Alternation(parts) => parts.iter().fold(vec![false; places.len()], |all, part| {
            either(&all, &head(part, places, sets))
        }),
        HirKind::Repetition(repetition) => {
            let most = repetition
                .max
                .map_or(places.len(), |most| most as usize)
                .min(places.len());
            let mut ends = if repetition.min == 0 {
                places.to_vec()
            } else {
                vec![false; places.len()]
            };
            let mut turn = places.to_vec();
            for count in 1..=most {
                turn = head(&repetition.sub, &turn, sets);
                if count >= repetition.min as usize {
                    ends = either(&ends, &turn);
                }
            }
            ends
        }
    }
}

fn either(one: &[bool], other: &[bool]) -> Vec<bool> {
    one.iter().zip(other).map(|(one, other)| *one || *other).collect()
}

/// The set that a pattern of one class stands for.
pub(crate) fn set(pattern: &str) -> Result<Set, String> {
    let hir = crate::pattern::parse(pattern)?;
    match compile(&[hir])?.0.as_slice() {
        [Node::Run(set, 1, 1)] => Ok(*set),
        _ => Err(format!("`{pattern}` must be one class, such as `[A-Za-z0-9_]`")),
    }
}

fn gather(hir: &Hir, set: &mut Set) {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| set.add(*byte)),
        HirKind::Class(class) => *set = set.or(&class_set(class)),
        HirKind::Repetition(repetition) => gather(&repetition.sub, set),
        HirKind::Capture(capture) => gather(&capture.sub, set),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().for_each(|part| gather(part, set)),
    }
}

/// The bytes of a class.
pub(crate) fn class_set(class: &Class) -> Set {
    let mut set = Set::default();
    match class {
        Class::Bytes(bytes) => {
            for range in bytes.iter() {
                (range.start()..=range.end()).for_each(|byte| set.add(byte));
            }
        }
        // Patterns are parsed over bytes; ASCII is all that such a class could hold.
        Class::Unicode(chars) => {
            for range in chars.iter() {
                for c in range.start()..=range.end().min('\u{7f}') {
                    set.add(c as u8);
                }
            }
        }
    }
    set
}

fn push(hir: &Hir, nodes: &mut Vec<Node>) -> Result<(), String> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => literal.0.iter().for_each(|byte| {
            let mut set = Set::default();
            set.add(*byte);
            run(set, 1, 1, nodes);
        }),
        HirKind::Class(class) => run(class_set(class), 1, 1, nodes),
        HirKind::Capture(capture) => push(&capture.sub, nodes)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| push(part, nodes))?,
        HirKind::Alternation(parts) => {
            let branches: Result<Vec<Matcher>, String> = parts.iter().map(sequence).collect();
            nodes.push(Node::Either(branches?));
        }
        HirKind::Repetition(repetition) => {
            let least = count(repetition.min)?;
            let most = repetition.max.map(count).transpose()?;
            match (sequence(&repetition.sub)?, most) {
                (Matcher(inner), most) if matches!(inner.as_slice(), [Node::Run(_, 1, 1)]) => {
                    if let [Node::Run(set, ..)] = inner.as_slice() {
                        run(*set, least, most.unwrap_or(ANY), nodes);
                    }
                }
                (inner, Some(most)) => nodes.push(Node::Times(inner, least, most)),
                (_, None) => {
                    return Err(
                        "the pattern can be slow: a group repeats without a bound. Give it one, or make it one class"
                            .to_owned(),
                    );
                }
            }
        }
        HirKind::Look(look) => nodes.push(Node::Look(place(*look)?)),
    }
    Ok(())
}

fn sequence(hir: &Hir) -> Result<Matcher, String> {
    let mut nodes = Vec::new();
    push(hir, &mut nodes)?;
    Ok(Matcher(nodes))
}

/// Appends a run; fixed neighbours of one set are one run.
fn run(set: Set, least: u16, most: u16, nodes: &mut Vec<Node>) {
    match nodes.last_mut() {
        Some(Node::Run(last, before, same))
            if *last == set && before == same && least == most && *before < ANY - least =>
        {
            *before += least;
            *same += most;
        }
        Some(_) | None => nodes.push(Node::Run(set, least, most)),
    }
}

fn count(number: u32) -> Result<u16, String> {
    match u16::try_from(number) {
        Ok(number) if number < ANY => Ok(number),
        Ok(_) | Err(_) => Err(format!("a repetition of {number} is longer than any window")),
    }
}

fn place(look: hir::Look) -> Result<Look, String> {
    match look {
        hir::Look::Start => Ok(Look::Start),
        hir::Look::End => Ok(Look::End),
        hir::Look::WordAscii | hir::Look::WordUnicode => Ok(Look::Word),
        hir::Look::WordAsciiNegate | hir::Look::WordUnicodeNegate => Ok(Look::NoWord),
        hir::Look::StartLF
        | hir::Look::EndLF
        | hir::Look::StartCRLF
        | hir::Look::EndCRLF
        | hir::Look::WordStartAscii
        | hir::Look::WordEndAscii
        | hir::Look::WordStartUnicode
        | hir::Look::WordEndUnicode
        | hir::Look::WordStartHalfAscii
        | hir::Look::WordEndHalfAscii
        | hir::Look::WordStartHalfUnicode
        | hir::Look::WordEndHalfUnicode => {
            Err("of the places without width, only `^`, `$`, `\\b` and `\\B` can be asked for".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use cofferdam_rules::pack::Set;

    use super::{anywhere, compile, first_certain, last_certain, most_of};
    use crate::pattern::parse;

    fn ends(pattern: &str, text: &str) -> Vec<usize> {
        compile(&[parse(pattern).unwrap()]).unwrap().ends(text.as_bytes(), 0)
    }

    #[test]
    fn every_end_is_told() {
        assert_eq!(ends("a{2,4}", "aaaaaa"), [2, 3, 4]);
        assert_eq!(ends("[a-z]{1,}x[a-z]{2}", "axxab"), [4, 5]);
        assert_eq!(ends("(?:ab|a|abc)c?", "abcc"), [1, 2, 3, 4]);
        assert_eq!(ends("(?:[0-9]{2}-){1,3}", "11-22-33-44-"), [3, 6, 9]);
        assert_eq!(ends("a*", ""), [0]);
        assert_eq!(ends("b", "a"), [] as [usize; 0]);
        assert_eq!(ends(r"ab\b", "ab cd"), [2]);
        assert_eq!(ends(r"ab\b", "abc"), [] as [usize; 0]);
        assert_eq!(ends("a$", "a"), [1]);
    }

    #[test]
    fn what_may_stand_anywhere_is_found_anywhere() {
        let matcher = anywhere("^test_|x{4}").unwrap();
        for (text, fits) in [("test_1", true), ("a_test_1", false), ("abxxxxc", true), ("xxx", false)] {
            assert_eq!(matcher.fits(text.as_bytes()), fits, "{text}");
        }
    }

    #[test]
    fn signs_that_each_match_holds_are_told() {
        let signs = |set: &Set| {
            (0..=u8::MAX)
                .filter(|byte| set.has(*byte))
                .all(|byte| b"\"'=:>(".contains(&byte))
        };
        let text = |set: Set| -> String { (0..=u8::MAX).filter(|byte| set.has(*byte)).map(char::from).collect() };
        for (pattern, first, last) in [
            (
                r#"["']?[ ]{0,4}(?::=|=>|=|:)[ ]?["']"#,
                Some((" \"'", ":=")),
                Some("\"'"),
            ),
            (r#"["']?[ ]?(?:=|:)?[ ]?"#, None, None),
            (
                r"[a-z]{0,3}(?:=|[a-z]+:)x",
                Some(("abcdefghijklmnopqrstuvwxyz", ":=")),
                Some(":="),
            ),
            (r"(?:=|[a-z])x", None, None),
            (r"(?:x=){2}", Some(("x", "=")), Some("=")),
        ] {
            let items = [parse(pattern).unwrap()];
            let found = first_certain(&items, &signs).map(|(before, set)| (text(before), text(set)));
            let found = found.as_ref().map(|(before, set)| (before.as_str(), set.as_str()));
            assert_eq!(found.map(|(_, set)| set), first.map(|(_, set)| set), "{pattern}");
            let holds = |(before, wanted): (&str, &str)| wanted.chars().all(|sign| before.contains(sign));
            assert!(
                found.zip(first).is_none_or(|(found, first)| holds((found.0, first.0))),
                "{pattern}"
            );
            assert_eq!(last_certain(&items, &signs).map(text).as_deref(), last, "{pattern}");
        }
        let items = [parse("[ab]{0,3}(?:a|c{2,4})b").unwrap()];
        assert_eq!([b"a", b"b", b"c"].map(|set| most_of(&items, &Set::of(set))), [4, 4, 4]);
    }

    #[test]
    fn a_pattern_that_can_be_slow_is_refused() {
        for slow in ["(?:ab)*", "(?:a|b[0-9]{3}){2000}", "(?:(?:ab){40}c){40}"] {
            assert!(
                compile(&[parse(slow).unwrap()]).unwrap_err().contains("can be slow"),
                "{slow}"
            );
        }
    }

    /// An independent matcher: the same patterns through another engine, every end by itself.
    #[test]
    fn ends_are_those_of_another_engine() {
        let mut seed = 1_u64;
        let mut next = |bound: u64| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % bound
        };
        let parts = [
            "a",
            "[ab]{1,3}",
            "[bc]+",
            "(?:a|bc)",
            "(?:ab?){0,2}",
            "c*",
            r"\b",
            "[^a]{2}",
            "(?i:B)",
        ];
        for _ in 0..3000 {
            let pattern: String = (0..1 + next(4))
                .map(|_| parts[next(parts.len() as u64) as usize])
                .collect();
            let text: String = (0..next(9))
                .map(|_| ["a", "b", "c", "B", " "][next(5) as usize])
                .collect();
            let ours = ends(&pattern, &text);
            let theirs: Vec<usize> = (0..=text.len())
                .filter(|end| {
                    // Whether some match ends exactly there: the boundary of the whole text still counts.
                    let exact = regex::bytes::Regex::new(&format!("^(?-u:{pattern})(?s-u:.{{{}}})$", text.len() - end))
                        .unwrap();
                    exact.is_match(text.as_bytes())
                })
                .collect();
            assert_eq!(ours, theirs, "{pattern} on {text:?}");
        }
    }
}
