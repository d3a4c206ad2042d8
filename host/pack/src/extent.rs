//! How far the host follows a suspect of a rule, from its pattern.

use cofferdam_rules::assign;
use cofferdam_rules::pack::{BlockData, ExtentData, Set, SpanData};

use crate::pattern::Parts;
use crate::source::{ExtentSource, LeadSource, RuleSource};
use crate::steps::{alphabet, lengths, set};

/// The most bytes of a span's window.
const LONGEST: usize = 8192;
/// The least that the longest window of a pattern is: a token that is longer than expected is judged as a whole.
const ROOMY: usize = 1024;
/// The most bytes of a gap.
const GAP: usize = 64;
/// No word of a name has so many letters and digits.
const WORD: usize = 12;
/// A body of at least so many bytes doesn't stand in the rest of a name by chance.
const TELLING: usize = 20;

/// The extent of a rule with a pattern.
pub(crate) fn of_pattern(rule: &RuleSource, parts: &Parts) -> Result<SpanData, String> {
    let body = alphabet(&parts.secret);
    let (least, most) = lengths(&parts.secret);
    let (before_least, before_most) = lengths(&parts.before);
    let before_most = match before_most {
        Some(most) if most <= GAP => most,
        Some(_) | None => {
            return Err(format!(
                "what stands before the secret must be {GAP} bytes at most; bound its repetitions"
            ));
        }
    };
    if least == 0 {
        return Err("the secret must have one byte at least".to_owned());
    }
    if least > LONGEST / 2 {
        return Err(format!(
            "the secret's fewest bytes are {least}; {} is the most",
            LONGEST / 2
        ));
    }
    let longest = match (rule.longest, most) {
        (Some(longest), _) => longest as usize,
        (None, Some(most)) => (most * 2).clamp(ROOMY, LONGEST),
        (None, None) => (least * 4).clamp(ROOMY, LONGEST),
    };
    let reach = if parts.assign { assign::REACH } else { 0 } + before_most;
    // Where something before the secret could be taken for a body, the window begins behind the anchor and covers all.
    let stray = before_most >= least && alphabet(&parts.before).meets(&body);
    let covers = stray || (parts.assign && (least < TELLING && could_be_name(&body, least)));
    let lead = rule.lead.as_ref().map(lead).transpose()?;
    if lead.is_some() && reach > 0 {
        return Err("a rule with a `lead` has nothing between its anchor and what follows".to_owned());
    }
    let span = if covers {
        SpanData {
            body: body.or(&alphabet(&parts.before)).or(&notation(parts.assign)),
            at_least: bounded(least + before_least + usize::from(parts.assign))?,
            longest: size(longest + reach)?,
            ..SpanData::default()
        }
    } else {
        SpanData {
            body,
            at_least: bounded(least)?,
            longest: size(longest)?,
            gap: bounded(reach.min(GAP))?,
            lead,
            ..SpanData::default()
        }
    };
    if u32::from(span.at_least) > span.longest {
        return Err("`longest` is less than the fewest bytes of the secret".to_owned());
    }
    Ok(span)
}

/// The extent that a rule with a check of the engine's own declares.
pub(crate) fn declared<'a>(rule: &'a RuleSource, extent: &'a ExtentSource) -> Result<ExtentData<'a>, String> {
    let body = lines(set(&extent.body)?);
    if let Some(bound) = extent.bound {
        return Ok(ExtentData::Block(BlockData {
            body,
            until: extent.until.iter().map(String::as_bytes).collect(),
            at_least: extent.at_least,
            bound,
        }));
    }
    let opener = match &extent.opener {
        Some(opener) => {
            let byte = u8::try_from(opener.byte).map_err(|_| "an opener's byte must be ASCII".to_owned())?;
            Some((set(&opener.before)?, byte))
        }
        None => None,
    };
    Ok(ExtentData::Span(SpanData {
        body,
        filler: extent.filler.as_deref().map(set).transpose()?.unwrap_or_default(),
        head: extent.head.iter().map(|head| set(head)).collect::<Result<_, _>>()?,
        at_least: extent.at_least,
        longest: extent
            .longest
            .ok_or("an extent needs `longest` (a span) or `bound` (a block)")?,
        gap: extent.gap,
        opener,
        lead: rule.lead.as_ref().map(lead).transpose()?,
    }))
}

fn lead(lead: &LeadSource) -> Result<(Set, u16, u16), String> {
    Ok((set(&lead.set)?, lead.at_least, lead.longest))
}

/// A line's end is never part of a body.
fn lines(mut set: Set) -> Set {
    set.0[0] &= !(1 << b'\n');
    set
}

/// Whether a stretch of these bytes could be the rest of a name. Where the window covers the name, its letters are held, and a terminal
/// would show them late; so it is done only for bodies that look like names.
fn could_be_name(body: &Set, least: usize) -> bool {
    let letters = (b'a'..=b'z').any(|byte| body.has(byte)) || (b'A'..=b'Z').any(|byte| body.has(byte));
    let joined = body.has(b'_') || body.has(b'-') || body.has(b'.');
    letters && (joined || least < WORD)
}

/// What an assignment is written with.
fn notation(assign: bool) -> Set {
    let mut set = Set::default();
    if assign {
        let signs = b"_-. \t\"'`\\)][?@=:,(|>";
        let all = (b'0'..=b'9').chain(b'A'..=b'Z').chain(b'a'..=b'z');
        all.chain(signs.iter().copied()).for_each(|byte| set.add(byte));
    }
    set
}

fn bounded(bytes: usize) -> Result<u16, String> {
    u16::try_from(bytes).map_err(|_| format!("{bytes} bytes are more than a rule may ask for"))
}

fn size(bytes: usize) -> Result<u32, String> {
    match u32::try_from(bytes) {
        Ok(bytes) if bytes as usize <= LONGEST => Ok(bytes),
        Ok(_) | Err(_) => Err(format!(
            "a window of {bytes} bytes is longer than {LONGEST}; bound the pattern's repetitions"
        )),
    }
}
