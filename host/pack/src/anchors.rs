//! The literals that lead a pattern which names none.

use regex_syntax::hir::{Class, HirKind};

use crate::pattern::{Item, is_boundary};

/// The most literals of one rule.
const MOST: usize = 64;
/// The most members of a class that is written out.
const MEMBERS: usize = 16;
/// The shortest literal that is worth searching for.
const SHORTEST: usize = 3;

/// A pattern's leading literals, and what stands behind them.
#[derive(Debug)]
pub(crate) struct Led {
    /// The literals, in lower case where any case counts.
    pub(crate) literals: Vec<String>,
    /// Whether they count in any case.
    pub(crate) any_case: bool,
    /// Whether a word must begin there.
    pub(crate) word: bool,
    /// The rest of the pattern.
    pub(crate) rest: Vec<Item>,
}

/// Takes a flat pattern apart behind its leading literals. What may be missing before them is left out: it is found
/// without.
pub(crate) fn lead(items: &[Item]) -> Result<Led, &'static str> {
    let mut start = 0;
    let mut word = false;
    while let Some(item) = items.get(start) {
        let optional = item.hir.properties().minimum_len() == Some(0);
        if !optional {
            break;
        }
        word |= is_boundary(&item.hir);
        start += 1;
    }
    let mut texts = vec![Vec::new()];
    let mut any_case = false;
    let mut next = start;
    while let Some(item) = items.get(next) {
        let Some((parts, any)) = written_out(item.hir.kind()) else {
            break;
        };
        if texts.len() * parts.len() > MOST {
            break;
        }
        any_case |= any;
        texts = joined(&texts, &parts);
        next += 1;
    }
    texts.sort();
    texts.dedup();
    if texts.iter().any(|text| text.len() < SHORTEST) {
        return Err("it begins with no literal of three bytes, so that everything would have to be looked at");
    }
    let strings: Result<Vec<String>, _> = texts.into_iter().map(String::from_utf8).collect();
    Ok(Led {
        literals: strings.map_err(|_| "its literal is not text")?,
        any_case,
        word,
        rest: items.get(next..).unwrap_or_default().to_vec(),
    })
}

/// Every text that an item stands for, and whether it stands for letters of both cases; `None` where there are too
/// many.
fn written_out(kind: &HirKind) -> Option<(Vec<Vec<u8>>, bool)> {
    match kind {
        HirKind::Empty => Some((vec![Vec::new()], false)),
        HirKind::Literal(literal) => Some((vec![literal.0.to_vec()], false)),
        HirKind::Class(Class::Bytes(class)) => {
            let bytes: Vec<u8> = class
                .iter()
                .flat_map(|range| range.start()..=range.end())
                .take(MEMBERS + 1)
                .collect();
            let lower: Vec<u8> = bytes
                .iter()
                .filter(|byte| !byte.is_ascii_uppercase())
                .copied()
                .collect();
            // Letters that all stand in both cases are what a pattern without case looks like.
            let both = bytes
                .iter()
                .filter(|byte| byte.is_ascii_uppercase())
                .all(|byte| bytes.contains(&byte.to_ascii_lowercase()))
                && lower
                    .iter()
                    .filter(|byte| byte.is_ascii_lowercase())
                    .all(|byte| bytes.contains(&byte.to_ascii_uppercase()));
            let any = both && bytes.len() > lower.len();
            let members = if any { lower } else { bytes };
            (members.len() <= MEMBERS).then(|| (members.into_iter().map(|byte| vec![byte]).collect(), any))
        }
        HirKind::Class(Class::Unicode(_)) | HirKind::Look(_) => None,
        HirKind::Capture(capture) => written_out(capture.sub.kind()),
        HirKind::Concat(parts) => {
            let mut texts = vec![Vec::new()];
            let mut any_case = false;
            for part in parts {
                let (more, any) = written_out(part.kind())?;
                any_case |= any;
                if texts.len() * more.len() > MOST {
                    return None;
                }
                texts = joined(&texts, &more);
            }
            Some((texts, any_case))
        }
        HirKind::Alternation(parts) => {
            let mut texts = Vec::new();
            let mut any_case = false;
            for part in parts {
                let (more, any) = written_out(part.kind())?;
                any_case |= any;
                texts.extend(more);
            }
            (texts.len() <= MOST).then_some((texts, any_case))
        }
        HirKind::Repetition(repetition) => {
            let (one, any) = written_out(repetition.sub.kind())?;
            let most = repetition.max.filter(|most| *most <= 4)?;
            let mut texts = Vec::new();
            let mut power = vec![Vec::new()];
            for count in 0..=most {
                if count >= repetition.min {
                    texts.extend(power.clone());
                }
                power = joined(&power, &one);
                if power.len() > MOST || texts.len() > MOST {
                    return None;
                }
            }
            Some((texts, any))
        }
    }
}

/// Each of `ends` behind each of `texts`.
fn joined(texts: &[Vec<u8>], ends: &[Vec<u8>]) -> Vec<Vec<u8>> {
    texts
        .iter()
        .flat_map(|text| ends.iter().map(move |end| [text.as_slice(), end].concat()))
        .collect()
}
