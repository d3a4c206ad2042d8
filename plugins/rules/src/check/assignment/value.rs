//! A value behind a name, and how it is written.

use std::ops::Range;

use super::name::Name;
use crate::{assign, words};

/// The longest value, in bytes.
const LONGEST: usize = 200;

/// What stands between a name and its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Between {
    /// A sign of assignment, directly behind the name.
    Tight,
    /// The same with blanks, quotes, a type.
    Assigned,
    /// A blank and nothing else.
    Blank,
    /// A comma, a bracket, the end of a tag.
    Listed,
}

/// A value, and how it is written.
pub(super) struct Value {
    pub(super) span: Range<usize>,
    pub(super) quoted: bool,
    pub(super) between: Between,
    /// Whether the word `is` stands before it.
    pub(super) said: bool,
    /// The byte behind it, or behind its quote.
    pub(super) next: Option<u8>,
    /// Whether the end of an element follows. A text may end with its first byte.
    pub(super) closed: bool,
}

impl Value {
    /// The value behind a sign of assignment, which ends at `from`.
    pub(super) fn assigned(text: &[u8], name: &Name<'_>, from: usize, limit: usize) -> Option<Value> {
        let between = text.get(name.end..from)?;
        if !is_notation(between) {
            return None;
        }
        let how = if between.len() <= 1 {
            Between::Tight
        } else {
            Between::Assigned
        };
        let from = behind_type(text, from, limit).unwrap_or(from);
        let from = from + usize::from(text.get(from) == Some(&b' ') && matches!(text.get(from + 1), Some(b'=' | b'>')));
        // A blank behind the sign makes it a loose one too.
        let how = if text.get(from).is_some_and(u8::is_ascii_whitespace) {
            Between::Assigned
        } else {
            how
        };
        Value::from(text, assign::opening(text, from), limit, how)
    }

    /// The value behind a blank, a comma, a bracket, the end of a tag.
    pub(super) fn argued(text: &[u8], name: &Name<'_>, limit: usize) -> Option<Value> {
        // The attributes of an element are none of it.
        let tag = behind_tag(text, name, limit);
        let mut next = tag.unwrap_or(name.end);
        let mut between = if tag.is_some() { Between::Listed } else { Between::Blank };
        let mut quote = None;
        while let Some(&byte) = text.get(next).filter(|_| next < limit) {
            match byte {
                b' ' | b'\t' | b'\\' | b')' | b']' => {}
                b'"' | b'\'' | b'`' if quote.is_none() && next == name.end => quote = Some(byte),
                b',' | b'(' | b'|' | b'>' if between == Between::Blank => between = Between::Listed,
                // The line of a box, of three bytes.
                0xe2 | 0x80..=0xbf if between == Between::Listed || byte == 0xe2 => between = Between::Listed,
                _ => break,
            }
            next += 1;
        }
        // A call of a method, or a file's name, whose end looks like a property.
        if next == name.end || name.tail.starts_with(b".") {
            return None;
        }
        next += notation(text, next, between);
        // Prose says `the password is "…"`.
        let said = text.get(next..).is_some_and(|rest| rest.starts_with(b"is ")) && between == Between::Blank;
        if said {
            next += 3;
        }
        let start = assign::opening(text, next);
        let value = Value::from(text, start, limit, between)?;
        let closed = value.closed || (between == Between::Listed && is_cell(name.line, text.get(value.span.end..)));
        Some(Value { said, closed, ..value })
    }

    pub(super) fn from(text: &[u8], start: usize, limit: usize, between: Between) -> Option<Value> {
        let quote = start
            .checked_sub(1)
            .and_then(|at| text.get(at))
            .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))
            .copied();
        // `'"value"'` has a second quote inside of the first.
        let (start, quote) = match (quote, text.get(start)) {
            (Some(b'\''), Some(b'"')) => (start + 1, Some(b'"')),
            (Some(b'"'), Some(b'\'')) => (start + 1, Some(b'\'')),
            _ => (start, quote),
        };
        let rest = text.get(start..limit)?;
        let length = match quote {
            // A quote in a text that is itself quoted has a backslash before it.
            Some(quote) => {
                let end = rest.iter().position(|byte| *byte == quote).or_else(|| {
                    let ended = text.get(limit).is_some_and(|byte| *byte == quote || *byte == b'\\');
                    ended.then_some(rest.len())
                })?;
                end - usize::from(end > 0 && rest.get(end - 1) == Some(&b'\\'))
            }
            None => rest
                .iter()
                .position(|byte| byte.is_ascii_whitespace() || b"\"'`,;<>(){}[]&|\\".contains(byte))
                .unwrap_or(rest.len()),
        };
        let end = start + length;
        (1..=LONGEST).contains(&length).then(|| Value {
            span: start..end,
            quoted: quote.is_some(),
            between,
            said: false,
            next: text.get(end + usize::from(quote.is_some())).copied(),
            closed: text
                .get(end..)
                .is_some_and(|rest| rest.starts_with(b"</") || rest.starts_with(b"]]>") || rest == b"<"),
        })
    }

    /// Whether this is program text that stands where a value would: a call, a path, a name, a place in a text.
    pub(super) fn is_program(&self, value: &[u8]) -> bool {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'$' | b'-');
        let called = !self.quoted && !self.closed && matches!(self.next, Some(b'(' | b'[' | b'{' | b'<'));
        let dotted = value.contains(&b'.') && value.iter().all(is_name) && !value.iter().any(u8::is_ascii_digit);
        // Base64 may begin with a slash or hold two.
        let is_base64 = value.len() >= 20
            && value
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
            && value.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3
            && value.iter().filter(|byte| **byte == b'/').count() * 8 <= value.len()
            && !words::are_words(value);
        let is_path = !is_base64 && (value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~/"));
        let is_url = !is_base64 && value.windows(2).any(|pair| pair == b"//");
        let is_selector = value.len() > 1
            && matches!(value.first(), Some(b'#' | b'.'))
            && value
                .iter()
                .skip(1)
                .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'));
        let is_place = value
            .windows(2)
            .any(|pair| matches!(pair, b"${" | b"$(" | b"#{" | b"{{" | b"::" | b"=>" | b"%(" | b"%{"))
            || has_field(value)
            || has_verb(value);
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
        let is_member = !self.quoted
            && value.contains(&b'.')
            && value
                .split(|byte| *byte == b'.')
                .all(|part| part.first().is_some_and(u8::is_ascii_alphabetic))
            && words::are_words(value);
        let is_number = matches!(value, [b'0', b'x' | b'X', ..]) && value.len() <= 22;
        let is_pair = self.between == Between::Listed && value.iter().rev().skip(2).any(|byte| *byte == b'=');
        called
            || is_url
            || is_elsewhere(value)
            || dotted
            || is_member
            || is_number
            || is_pair
            || is_path
            || is_selector
            || is_place
            || value.iter().any(is_blank)
            || self.is_joined(value)
    }

    /// Whether program text goes on behind a quoted value that is nothing by itself: `"' + name + '"`, `"$NAME"`.
    fn is_joined(&self, value: &[u8]) -> bool {
        let variable =
            |rest: &[u8]| !rest.is_empty() && rest.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
        value.contains(&b'$')
            && value
                .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
                .any(variable)
            && {
                value
                    .iter()
                    .all(|byte| byte.is_ascii_uppercase() || b"_$'\"/.-".contains(byte))
            }
    }
}

/// Behind the attributes of the element that a name is, where it has some: `<password type="…">`.
fn behind_tag(text: &[u8], name: &Name<'_>, limit: usize) -> Option<usize> {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b':' | b'_' | b'-' | b'.');
    let opened = name.line.len() - name.line.iter().rev().take_while(is_part).count();
    let rest = text.get(name.end..limit)?;
    let close = rest.iter().position(|byte| matches!(byte, b'>' | b'<' | b'\n'))?;
    let (attributes, behind) = rest.split_at(close);
    let is = name.line.get(..opened)?.ends_with(b"<")
        && attributes.starts_with(b" ")
        && attributes.contains(&b'=')
        && !attributes.ends_with(b"/")
        && behind.starts_with(b">");
    is.then_some(name.end + close + 1)
}

/// The length of what belongs to the notation between a name and a value besides blanks and signs: what opens a text
/// in XML, a binary of Erlang's, the dot of a pair of Lisp's, a flag in a column of its own.
fn notation(text: &[u8], at: usize, between: Between) -> usize {
    const CDATA: &[u8] = b"<![CDATA[";
    let rest = text.get(at..).unwrap_or_default();
    let flag = if rest.starts_with(b"False") { 5 } else { 4 };
    let columns = between == Between::Blank
        && text.get(..at).is_some_and(|before| before.ends_with(b"  "))
        && (rest.starts_with(b"False  ") || rest.starts_with(b"True  "));
    if rest.starts_with(CDATA) {
        CDATA.len()
    } else if rest.starts_with(b"<<\"") || rest.starts_with(b". \"") {
        2
    } else if columns {
        flag + rest.iter().skip(flag).take_while(|byte| **byte == b' ').count()
    } else {
        0
    }
}

/// What draws the border of a table.
const BORDERS: [&[u8]; 3] = [b"|", "│".as_bytes(), "┃".as_bytes()];

/// Whether a name with `line` before it and a value with `behind` after it are two cells of one row: borders stand
/// around both, of which the window may hold the first byte alone.
fn is_cell(line: &[u8], behind: Option<&[u8]>) -> bool {
    let front = line.trim_ascii_end();
    let front = front.strip_suffix(b"`").or(front.strip_suffix(b"**")).unwrap_or(front);
    let behind = behind.unwrap_or_default();
    let behind = behind.strip_prefix(b"`").unwrap_or(behind);
    BORDERS.iter().any(|border| front.trim_ascii_end().ends_with(border))
        && matches!(behind.trim_ascii_start().first(), None | Some(b'|' | 0xe2))
        && behind
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'|' | 0xe2))
}

/// Whether an unquoted value is a variable by its looks, which may be reached over another or through a sign:
/// `orderUserProfile`, `$this->profile`, `*profile`.
pub(super) fn is_variable(value: &[u8]) -> bool {
    let reached = value.windows(2).any(|pair| pair == b"->");
    let name = match value {
        [b'*' | b'&' | b'!' | b'@', name @ ..] => name,
        name => name,
    };
    let is_camel = name.first().is_some_and(u8::is_ascii_lowercase)
        && name.iter().all(u8::is_ascii_alphabetic)
        && name
            .windows(2)
            .any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    reached || (is_camel && words::are_words(name))
}

/// Names of stores behind which a place in them stands: `vault:secret/data/db`.
const STORES: [&[u8]; 12] = [
    b"vault:",
    b"ref+",
    b"awsssm:",
    b"ssm:",
    b"gcpsm:",
    b"azkv:",
    b"keyvault:",
    b"secretsmanager:",
    b"arn:",
    b"sops:",
    b"env:",
    b"file:",
];

/// Whether it names the place where the secret is.
fn is_elsewhere(value: &[u8]) -> bool {
    STORES.iter().any(|store| {
        value
            .get(..store.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(store))
    })
}

/// Whether a name in braces stands in the value, which is filled in later.
fn has_field(value: &[u8]) -> bool {
    let named = |rest: &[u8]| {
        let name = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_.:-".contains(byte))
            .count();
        rest.get(name) == Some(&b'}')
    };
    value.split(|byte| *byte == b'{').skip(1).any(named)
}

/// Whether a place for a value stands in it, as formats of programs have them: `%s`, `%%NAME%%`.
fn has_verb(value: &[u8]) -> bool {
    let verb = |at: usize| {
        let rest = value.get(at..).unwrap_or_default();
        let ended = !rest.get(2).is_some_and(u8::is_ascii_alphanumeric);
        matches!(rest, [b'%', b's' | b'd' | b'v' | b'@', ..]) && ended
    };
    value.starts_with(b"%%") || (0..value.len()).any(verb)
}

/// The most bytes of a type.
const TYPE: usize = 40;

/// Behind the sign of assignment that follows a type, where one stands at `from`, behind a colon: `token: &str = `.
fn behind_type(text: &[u8], from: usize, limit: usize) -> Option<usize> {
    let rest = text.get(from..limit)?;
    let end = rest.iter().take(TYPE).position(|byte| *byte == b'=')?;
    let is_type = |byte: &u8| byte.is_ascii_alphanumeric() || b" _<>&'[]|?.,:*".contains(byte);
    let (of, behind) = rest.split_at_checked(end)?;
    let letters = of.iter().any(u8::is_ascii_alphabetic);
    let is = from.checked_sub(1).and_then(|at| text.get(at)) == Some(&b':')
        && letters
        && of.ends_with(b" ")
        && of.iter().all(is_type)
        && matches!(behind.get(1), Some(b' ' | b'"' | b'\'' | b'`'));
    is.then_some(from + end + 1)
}

/// Words that may stand between a name and its value and belong to the notation.
const WORDS: [&[u8]; 11] = [
    b"value", b"default", b"val", b"content", b"string", b"str", b"text", b"byte", b"const", b"char", b"as",
];

/// Whether only a notation stands between a name and its value: closers, blanks, a type behind a colon.
fn is_notation(between: &[u8]) -> bool {
    let typed = between.iter().position(|byte| *byte == b':').unwrap_or(between.len());
    let plain = between.get(..typed).unwrap_or_default();
    plain
        .split(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_')
        .filter(|word| !word.is_empty())
        .all(|word| WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)))
}
