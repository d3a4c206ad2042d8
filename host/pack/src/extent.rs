//! How far the host follows a suspect of a rule, from its pattern.

use cofferdam_rules::assign;
use cofferdam_rules::pack::{BlockData, ExtentData, Set, SpanData};
use regex_syntax::hir::Hir;

use crate::pattern::Parts;
use crate::source::{ExtentSource, Grade, LeadSource, RuleSource};
use crate::steps::{alphabet, first_certain, heads, last_certain, lengths, most_of, set};

/// The most bytes of a span's window.
const LONGEST: usize = 8192;
/// The least that the longest window of a pattern is: a token that is longer than expected is judged as a whole.
const ROOMY: usize = 1024;
/// What rounding may make of an entropy.
const SLACK: f32 = 0.01;
/// The most bytes of a gap.
const GAP: usize = 64;

/// The most bytes between a literal and its secret that are a part of the token.
const JOINED: usize = 16;

/// So many bytes of a literal are few.
const SHORT: usize = 3;
/// How many bytes behind such a literal have to fit.
const HEAD: usize = 16;

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
    // What has fewer bytes is asked about in vain.
    let least = if rule.login || rule.lead.is_some() {
        least
    } else {
        least.max(fewest(rule.entropy))
    };
    let reach = if parts.assign { assign::REACH } else { 0 } + before_most;
    // Where something before the secret could be taken for a body, the window begins behind the anchor and covers all.
    let stray = before_most >= least && alphabet(&parts.before).meets(&body);
    let named = parts.assign && has_letters(&body);
    // A few characters of a token between its literal and its secret, a version or a number, are a part of the token:
    // behind a gap it would not be found in escapes.
    let joined = !parts.assign && (1..=JOINED).contains(&before_most) && is_token(&alphabet(&parts.before));
    let lines = alphabet(&parts.before).has(b'\n');
    // Nothing is held before what each match has in front of its secret, so that names show as they are typed, and names
    // without a value ask nobody. Where something before the secret could be taken for one, a sign alone tells.
    let is_opened = !(joined || parts.assign || rule.lead.is_some());
    let behind = if stray { None } else { sign(&parts.before) }.filter(|_| is_opened);
    let stray_sign = if stray && !lines {
        last_certain(&parts.before, &is_sign).filter(|_| is_opened)
    } else {
        None
    };
    // No gap without what opens a value goes beyond its line.
    let lined = lines && behind.is_none() && rule.lead.is_none();
    let covers = stray || named || joined || lined;
    let is_held = matches!(rule.severity, Grade::P0 | Grade::P1);
    let lead = rule.lead.as_ref().map(lead).transpose()?;
    if lead.is_some() && reach > 0 {
        return Err("a rule with a `lead` has nothing between its anchor and what follows".to_owned());
    }
    let span = if named && is_held {
        // What follows a name is held from its separator on only: a name that is typed on a terminal shows as it is
        // typed.
        let (before, bytes, after) = over_lines();
        SpanData {
            body: body.or(&alphabet(&parts.before)),
            at_least: bounded(least + before_least)?,
            longest: size(longest + before_most)?,
            gap: bounded(GAP)?,
            opener: Some((before, bytes, after)),
            ..SpanData::default()
        }
    } else if let Some((leads, bytes)) = behind {
        SpanData {
            body,
            at_least: bounded(least)?,
            longest: size(longest)?,
            gap: bounded(before_most)?,
            opener: Some((leads, bytes, alphabet(&parts.before))),
            ..SpanData::default()
        }
    } else if let Some(bytes) = stray_sign {
        let before = alphabet(&parts.before);
        // So many bytes before the secret may be taken for a part of it. What could pass for a whole one belongs to the
        // window, which would end before the secret otherwise; it is told best by the first sign.
        let strays = most_of(&parts.before, &body);
        let first = || first_certain(&parts.before, &is_sign).unwrap_or((before, bytes));
        let (body, strays, (leads, bytes)) = if strays < least {
            (body, strays, (before, bytes))
        } else {
            (body.or(&before), before_most, first())
        };
        SpanData {
            body,
            at_least: bounded(least)?,
            longest: size(longest + strays)?,
            gap: bounded(before_most)?,
            opener: Some((leads, bytes, before)),
            ..SpanData::default()
        }
    } else if covers {
        SpanData {
            body: body.or(&alphabet(&parts.before)).or(&rest_of_name(parts.assign)),
            at_least: bounded(least + before_least)?,
            longest: size(longest + reach)?,
            ..SpanData::default()
        }
    } else {
        // A literal of few bytes is everywhere, so that what follows it has to fit from the first byte on.
        let short = || {
            rule.anchors
                .iter()
                .chain(&rule.keywords)
                .any(|bytes| bytes.len() <= SHORT)
        };
        let head = if reach == 0 && lead.is_none() && short() {
            heads(&parts.secret, HEAD)
        } else {
            Vec::new()
        };
        SpanData {
            body,
            head,
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
            let after = opener.after.as_deref().map(set).transpose()?.unwrap_or_default();
            Some((set(&opener.before)?, set(&opener.bytes)?, after))
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

/// So many bytes at the least have so much entropy, in bits a byte.
fn fewest(entropy: f32) -> usize {
    (1..=1 << 8)
        .find(|count: &u16| f32::from(*count).log2() >= entropy - SLACK)
        .map_or(0, usize::from)
}

/// What every match of a sequence has, a sign that no token has where there is one, and what may stand before that.
fn sign(items: &[Hir]) -> Option<(Set, Set)> {
    match last_certain(items, &is_sign) {
        Some(sign) => Some((alphabet(items), sign)),
        None => first_certain(items, &|_: &Set| true),
    }
}

/// Whether a set holds nothing but signs that no token has.
fn is_sign(set: &Set) -> bool {
    let mut held = (0..=u8::MAX).filter(|byte| set.has(*byte));
    held.all(|byte| byte.is_ascii_punctuation() && !b"_-.".contains(&byte))
}

/// Whether a set holds nothing but what tokens are made of.
fn is_token(bytes: &Set) -> bool {
    (0..=u8::MAX).all(|byte| !bytes.has(byte) || byte.is_ascii_alphanumeric() || b"-_.:/|=~+".contains(&byte))
}

fn lead(lead: &LeadSource) -> Result<(Set, u16, u16), String> {
    Ok((set(&lead.set)?, lead.at_least, lead.longest))
}

/// A line's end is never part of a body.
fn lines(mut set: Set) -> Set {
    set.0[0] &= !(1 << b'\n');
    set
}

fn has_letters(set: &Set) -> bool {
    set.0[1] != 0 && (b'a'..=b'z').chain(b'A'..=b'Z').any(|byte| set.has(byte))
}

/// All that an assignment is written with.
fn rest_of_name(assign: bool) -> Set {
    let (before, bytes, after) = notation();
    if assign {
        before.or(&bytes).or(&after)
    } else {
        Set::default()
    }
}

/// What an assignment is written with: the rest of a name, what separates it from its value, and what may stand
/// before that.
fn notation() -> (Set, Set, Set) {
    let of = Set::of;
    let word: Vec<u8> = (b'0'..=b'9')
        .chain(b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(0x80..=0xFF)
        .collect();
    let words = of(&word);
    let before = words.or(&of(b"_-. \t\"'`\\)]?/+"));
    let after = words.or(&of(b"_-. \t\"'`\\()[]=:>,|?@&*"));
    (before, of(b"=:,(>|"), after)
}

/// The same where the value may stand on a line below, in another field, or behind what draws a table. Nothing is held
/// before what opens, so that names may go on; what follows has no `$`, `#` and `%`, with which the prompts of shells
/// end: what is typed behind one is no value of the line before. Other prompts end with `>`, which arrows have as well;
/// so a name alone at the end of a terminal's line, which has a carriage return, opens nothing.
fn over_lines() -> (Set, Set, Set) {
    let (before, bytes, after) = notation();
    let before = before.or(&Set::of(b";*<{}"));
    // The first byte of a box's line and of an arrow opens, as a line's end does. What parts commands doesn't, since
    // another is typed behind it.
    let bytes = bytes.or(&Set::of(b"\n\xe2"));
    (before, bytes, after.or(&Set::of(b"{}<;/+!~\r\n")))
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

#[cfg(test)]
mod tests {
    use cofferdam_rules::pack::Set;

    use super::{fewest, of_pattern};
    use crate::pattern::Parts;
    use crate::source::RuleSource;

    /// What opens a value of a rule of P0 with this pattern, and the fewest bytes of its window.
    fn opens(pattern: &str, entropy: f32) -> (Option<String>, u16) {
        let rule = format!(
            "id = 'a'\ntitle = 'a'\ncategory = 'a'\nseverity = 'P0'\nanchors = ['secret']\npattern = '{pattern}'\n\
             entropy = {entropy:?}\npositive = ['a']\nnegative = ['a']\n"
        );
        let rule: RuleSource = toml::from_str(&rule).unwrap();
        let span = of_pattern(&rule, &Parts::of(pattern).unwrap()).unwrap();
        let text = |(_, bytes, _)| -> String {
            (0..=u8::MAX)
                .filter(|byte| Set::has(&bytes, *byte))
                .map(char::from)
                .collect()
        };
        (span.opener.map(text), span.at_least)
    }

    #[test]
    fn what_opens_a_value_is_read_from_its_pattern() {
        for (pattern, sign) in [
            (r#"{{anchor}}[ \t]{1,8}\\{0,3}"([a-z]{20})""#, Some("\"")),
            (r"{{anchor}}[ \t]{1,8}([a-z]{20})", Some("\t ")),
            (r"{{anchor}}[ ]?=[ ]{0,2}([a-z]{20})", Some("=")),
            (r"{{anchor}}[a-z]{1,30}=([a-z]{20})", Some("=")),
            (r#"{{anchor}}"?([a-z]{20})"#, None),
            (r"{{anchor}}([a-z]{20})", None),
        ] {
            assert_eq!(opens(pattern, 0.0), (sign.map(str::to_owned), 20), "{pattern}");
        }
    }

    #[test]
    fn what_has_too_few_bytes_for_its_entropy_asks_nobody() {
        let lengths = [0.0, 1.0, 3.0, 3.2, 3.33, 7.0].map(fewest);
        assert_eq!(lengths, [1, 2, 8, 10, 10, 128]);
        assert_eq!(opens("{{anchor}}([a-z]{4,20})", 3.2).1, 10);
        assert_eq!(opens("{{anchor}}([a-z]{12,20})", 3.2).1, 12);
    }
}
