//! What looks like a rule's value and is none.

use super::example::Example;
use super::notation::{NOTATIONS, Notation};
use crate::source::RuleSource;

/// The near misses of a rule, each with what it is.
pub(super) fn misses(rule: &RuleSource, example: &Example, seed: u64) -> Result<Vec<(&'static str, Vec<u8>)>, String> {
    let snake = example.name.join("_");
    let upper = snake.to_ascii_uppercase();
    let instead = [
        ("reference", format!("${{{upper}}}")),
        ("variable", format!("${upper}")),
        ("template", format!("{{{{ {snake} }}}}")),
        ("name in brackets", format!("<{}>", example.name.join("-"))),
        ("call", format!("process.env.{upper}")),
        ("ask for it", format!("your-{}-here", example.name.join("-"))),
        ("masked", "*".repeat(12)),
        ("nothing", "null".to_owned()),
    ];
    let mut misses = Vec::new();
    for (number, (what, text)) in instead.iter().enumerate() {
        misses.push((*what, notation(number, rule).write(&example.name, text.as_bytes()).0));
    }
    let (value, secret) = example.value(&format!("{seed} near {}", rule.id))?;
    let filled = [&value[..secret.start], &vec![b'x'; secret.len()], &value[secret.end..]].concat();
    misses.push(("filled with x", notation(9, rule).write(&example.name, &filled).0));
    let is_hex = value
        .iter()
        .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte));
    let led = rule
        .pattern
        .as_deref()
        .is_some_and(|pattern| !pattern.contains("{{assign}}"));
    if led {
        // So few bytes of the secret that no rule may take them for one.
        let short = value.get(..secret.start + secret.len().min(6)).unwrap_or_default();
        misses.push(("too short", [b"it begins with ", short, b", and so on"].concat()));
    }
    if led && rule.word {
        misses.push(("inside a word", [b"see jqv", value.as_slice(), b" there"].concat()));
    }
    if is_hex {
        misses.push(("hash", [b"commit ", value.as_slice(), b"\nAuthor: x\n"].concat()));
        misses.push(("digest", [b"layer sha256:", value.as_slice(), b" pulled"].concat()));
    }
    Ok(misses)
}

/// A notation for a near miss; another one for each rule.
fn notation(number: usize, rule: &RuleSource) -> &'static Notation {
    let spread = rule
        .id
        .bytes()
        .fold(number, |sum, byte| sum * 31 % 8191 + usize::from(byte));
    &NOTATIONS[spread % NOTATIONS.len()]
}
