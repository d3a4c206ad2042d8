//! Taking a pattern apart: what leads it, what stands before the secret, the secret, what follows it.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Hir, HirKind};

/// What stands for the rule's own anchors at a pattern's front.
const ANCHOR: &str = "{{anchor}}";
/// What stands for all that people write between a name and its value.
const ASSIGN: &str = "{{assign}}";

/// A pattern in its parts. Each is a sequence.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    /// Whether an assignment stands before the rest.
    pub(crate) assign: bool,
    /// Between the anchor (or the assignment) and the secret.
    pub(crate) before: Vec<Hir>,
    /// The secret.
    pub(crate) secret: Vec<Hir>,
    /// Behind it.
    pub(crate) after: Vec<Hir>,
    /// Whether the secret ends at a word boundary.
    pub(crate) bounded: bool,
}

/// An item of a flat sequence, and whether the pattern's group holds it.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) hir: Hir,
    pub(crate) inside: bool,
}

/// Parses a pattern over bytes.
pub(crate) fn parse(pattern: &str) -> Result<Hir, String> {
    let mut parser = ParserBuilder::new().unicode(false).utf8(false).nest_limit(64).build();
    parser.parse(pattern).map_err(|error| {
        let (why, at) = match &error {
            regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.offset),
            regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.offset),
            _ => ("it is no regular expression".to_owned(), 0),
        };
        let from: String = pattern[at..].chars().take(SHOWN).collect();
        format!("the pattern can't be parsed: {why}, at `{}`", from.escape_debug())
    })
}

/// So many characters of a pattern are shown from where it can't be parsed.
const SHOWN: usize = 24;

impl Parts {
    /// The parts of a pattern that begins with `{{anchor}}`.
    pub(crate) fn of(pattern: &str) -> Result<Parts, String> {
        let rest = pattern
            .strip_prefix(ANCHOR)
            .ok_or_else(|| format!("the pattern must begin with `{ANCHOR}`, which stands for the rule's anchors"))?;
        let (assign, rest) = match rest.strip_prefix(ASSIGN) {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        if rest.contains("{{") {
            return Err(format!(
                "`{ANCHOR}` and `{ASSIGN}` stand at the front of a pattern only"
            ));
        }
        let mut parts = Parts::split(flatten_group(&parse(rest)?, 1))?;
        parts.assign = assign;
        Ok(parts)
    }

    /// The parts of a flat sequence behind an anchor.
    pub(crate) fn split(items: Vec<Item>) -> Result<Parts, String> {
        let mut parts = Parts {
            assign: false,
            before: Vec::new(),
            secret: Vec::new(),
            after: Vec::new(),
            bounded: false,
        };
        let grouped = items.iter().any(|item| item.inside);
        for item in items {
            match (item.inside || !grouped, parts.secret.is_empty()) {
                (true, _) if !parts.after.is_empty() => {
                    return Err("the secret must be one group at the top of the pattern".to_owned());
                }
                (true, _) => parts.secret.push(item.hir),
                (false, true) => parts.before.push(item.hir),
                (false, false) => parts.after.push(item.hir),
            }
        }
        // A word boundary at the secret's end says that its run ends there.
        while parts.after.is_empty() && parts.secret.last().is_some_and(is_boundary) {
            parts.bounded = true;
            parts.secret.pop();
        }
        while parts.after.first().is_some_and(is_boundary) {
            parts.bounded = true;
            parts.after.remove(0);
        }
        while parts.secret.first().is_some_and(is_boundary) {
            parts.secret.remove(0);
        }
        if parts.secret.is_empty() {
            return Err("nothing is left of the pattern that could be the secret".to_owned());
        }
        Ok(parts)
    }
}

/// The items of a pattern's top level, without groups that only hold parts together; the secret is group `group`.
pub(crate) fn flatten_group(hir: &Hir, group: u32) -> Vec<Item> {
    let mut items = Vec::new();
    push(hir, group, false, &mut items);
    items
}

fn push(hir: &Hir, group: u32, inside: bool, items: &mut Vec<Item>) {
    match hir.kind() {
        HirKind::Concat(parts) => parts.iter().for_each(|part| push(part, group, inside, items)),
        HirKind::Capture(capture) => push(&capture.sub, group, inside || capture.index == group, items),
        HirKind::Empty => {}
        HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Look(_)
        | HirKind::Repetition(_)
        | HirKind::Alternation(_) => {
            items.push(Item {
                hir: hir.clone(),
                inside,
            });
        }
    }
}

/// Whether this only says that a word ends or begins.
pub(crate) fn is_boundary(hir: &Hir) -> bool {
    use regex_syntax::hir::Look;
    match hir.kind() {
        HirKind::Look(look) => matches!(
            look,
            Look::WordAscii
                | Look::WordEndAscii
                | Look::WordEndHalfAscii
                | Look::WordStartAscii
                | Look::WordStartHalfAscii
                | Look::WordUnicode
        ),
        HirKind::Empty
        | HirKind::Literal(_)
        | HirKind::Class(_)
        | HirKind::Repetition(_)
        | HirKind::Capture(_)
        | HirKind::Concat(_)
        | HirKind::Alternation(_) => false,
    }
}
