//! From a sequence to what the engine runs: steps over sets where they do, an automaton where they don't.

use cofferdam_rules::matcher::{Automat, Matcher, Step};
use cofferdam_rules::pack::Set;
use regex_automata::MatchKind;
use regex_automata::dfa::{StartKind, dense};
use regex_automata::nfa::thompson;
use regex_syntax::hir::{Class, Hir, HirKind};

/// The largest automaton, in bytes. One beyond it is slow to build and would make each instance large.
const LARGEST: usize = 256 * 1024;
/// How much memory its making may take, in bytes.
const MAKING: usize = 16 * 1024 * 1024;

/// A compiled sequence that owns its bytes.
#[derive(Debug, Clone)]
pub(crate) enum Form {
    Steps(Vec<Step>),
    Automaton(Vec<u8>),
}

impl Form {
    /// Compiles a sequence.
    pub(crate) fn of(items: &[Hir]) -> Result<Form, String> {
        match steps(items) {
            Some(steps) => Ok(Form::Steps(steps)),
            None => automaton(&Hir::concat(items.to_vec())).map(Form::Automaton),
        }
    }

    /// Compiles a pattern that may stand anywhere in a text.
    pub(crate) fn anywhere(pattern: &str) -> Result<Form, String> {
        let hir = crate::pattern::parse(&format!("(?s:.*)(?:{pattern})(?s:.*)"))?;
        automaton(&hir).map(Form::Automaton)
    }

    pub(crate) fn matcher(&self) -> Matcher<'_> {
        match self {
            Form::Steps(steps) => Matcher::Steps(steps.clone()),
            Form::Automaton(bytes) => Matcher::Automaton(Automat::new(bytes)),
        }
    }
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

/// The set that a pattern of one class stands for.
pub(crate) fn set(pattern: &str) -> Result<Set, String> {
    let hir = crate::pattern::parse(pattern)?;
    match steps(&[hir]).as_deref() {
        Some([Step { set, least: 1, most: 1 }]) => Ok(*set),
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

fn class_set(class: &Class) -> Set {
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

/// The sequence as steps, where taking as much as possible at each is never wrong.
fn steps(items: &[Hir]) -> Option<Vec<Step>> {
    let mut steps: Vec<Step> = Vec::new();
    for item in items {
        collect(item, &mut steps)?;
    }
    // Neighbours of one set are one step.
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        match joined.last_mut() {
            Some(last) if last.set == step.set => {
                last.least = last.least.checked_add(step.least)?;
                last.most = last.most.saturating_add(step.most);
            }
            Some(_) | None => joined.push(step),
        }
    }
    let greedy = (0..joined.len()).all(|at| {
        let step = joined[at];
        step.least == step.most
            || joined[at + 1..]
                .iter()
                // Behind one that must take something, the next has no say.
                .scan(true, |open, next| {
                    let counts = *open;
                    *open &= next.least == 0;
                    counts.then_some(next)
                })
                .all(|next| !next.set.meets(&step.set))
    });
    greedy.then_some(joined)
}

fn collect(hir: &Hir, steps: &mut Vec<Step>) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => steps.extend(literal.0.iter().map(|byte| {
            let mut set = Set::default();
            set.add(*byte);
            Step { set, least: 1, most: 1 }
        })),
        HirKind::Class(class) => steps.push(Step {
            set: class_set(class),
            least: 1,
            most: 1,
        }),
        HirKind::Capture(capture) => collect(&capture.sub, steps)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| collect(part, steps))?,
        HirKind::Repetition(repetition) => {
            let mut inner = Vec::new();
            collect(&repetition.sub, &mut inner)?;
            let [Step { set, least: 1, most: 1 }] = inner.as_slice() else {
                return None;
            };
            let least = u16::try_from(repetition.min).ok()?;
            let most = match repetition.max {
                Some(most) => u16::try_from(most).ok()?,
                None => u16::MAX,
            };
            steps.push(Step { set: *set, least, most });
        }
        HirKind::Look(_) | HirKind::Alternation(_) => return None,
    }
    Some(())
}

fn automaton(hir: &Hir) -> Result<Vec<u8>, String> {
    let slow = |_| {
        format!(
            "the pattern can be slow: its automaton is larger than {} KiB. Bound its repetitions, or give the parts that repeat one class",
            LARGEST / 1024
        )
    };
    let nfa = thompson::Compiler::new()
        .configure(thompson::Config::new().utf8(false).nfa_size_limit(Some(MAKING)))
        .build_from_hir(hir)
        .map_err(|error| slow(error.to_string()))?;
    let config = dense::Config::new()
        .start_kind(StartKind::Anchored)
        .match_kind(MatchKind::All)
        .minimize(false)
        .unicode_word_boundary(false)
        .dfa_size_limit(Some(MAKING))
        .determinize_size_limit(Some(MAKING));
    let dense = dense::Builder::new()
        .configure(config)
        .build_from_nfa(&nfa)
        .map_err(|error| slow(error.to_string()))?;
    let sparse = dense.to_sparse().map_err(|error| slow(error.to_string()))?;
    let bytes = sparse.to_bytes_little_endian();
    if bytes.len() > LARGEST {
        return Err(slow(String::new()));
    }
    Ok(bytes)
}
