//! Taking encodings off, slowly, one at a time.

use super::view::{Coding, Effort, View};

/// The fewest characters of an encoded run that are worth decoding.
const RUN_LEAST: usize = 16;
/// The widths at which base64 is usually wrapped.
const WRAPS: [usize; 2] = [64, 76];

/// What stands for a character, or for nothing, at the beginning of a text, and how long it is.
type Unescape = fn(&[u8]) -> Option<(Option<char>, usize)>;

/// Every view that taking off one kind of escapes gives.
pub(super) fn escapes(view: &View, effort: Effort) -> Vec<View> {
    let promised: &[Unescape] = &[percent, json, html, quotes];
    let others: &[Unescape] = if effort == Effort::Anything { &[shell] } else { &[] };
    let replaced = promised.iter().chain(others).map(|unescape| replace(view, *unescape));
    replaced
        .filter(|unescaped| unescaped.bytes.len() != view.bytes.len())
        .collect()
}

/// Every view that taking off one encoding of a whole text gives.
pub(super) fn codings(view: &View, effort: Effort) -> Vec<View> {
    let mut views = Vec::new();
    for extra in [*b"+/", *b"-_"] {
        for run in runs(view, |byte| byte.is_ascii_alphanumeric() || extra.contains(&byte)) {
            views.extend(offsets(&run, 4, effort, |run| base64(run, extra)));
        }
    }
    for run in runs(view, |byte| byte.is_ascii_hexdigit()) {
        views.extend(offsets(&run, 2, effort, hex));
    }
    views
}

/// Every view that taking off base64 once more gives, on one line: a line end in it would cut the literal that it is
/// known by.
pub(super) fn twice(view: &View) -> Vec<View> {
    let mut views = Vec::new();
    for extra in [*b"+/", *b"-_"] {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || extra.contains(&byte);
        let mut runs = vec![View::default()];
        for at in 0..view.bytes.len() {
            if fits(view.bytes[at]) {
                runs.last_mut().expect("there is always one").copy(view, at);
            } else {
                runs.push(View::default());
            }
        }
        runs.retain(|run| run.bytes.len() >= RUN_LEAST);
        views.extend(runs.iter().map(|run| base64(run, extra).decoded(Coding::Twice)));
    }
    views
}

fn offsets(run: &View, group: usize, effort: Effort, decode: impl Fn(&View) -> View) -> Vec<View> {
    let (most, least) = match effort {
        Effort::Promised => (1, RUN_LEAST),
        Effort::Anything => (group, 4),
    };
    let skipped = |skip: usize| View {
        bytes: run.bytes.get(skip..).unwrap_or_default().to_vec(),
        from: run.from.get(skip..).unwrap_or_default().to_vec(),
        ..View::default()
    };
    let runs = (0..most).map(skipped).filter(|run| run.bytes.len() >= least);
    runs.map(|run| decode(&run)).collect()
}

/// The longest runs of such bytes. A run goes on behind the end of a line that is as long as encoders wrap, when it
/// is all of its line.
fn runs(view: &View, fits: impl Fn(u8) -> bool) -> Vec<View> {
    let mut runs = Vec::new();
    let mut run = View::default();
    let mut at = 0;
    let mut line = Some(0);
    while at < view.bytes.len() {
        let byte = view.bytes[at];
        if fits(byte) {
            run.copy(view, at);
            line = line.map(|length| length + 1);
            at += 1;
            continue;
        }
        let end = match view.bytes[at..] {
            [b'\n', ..] => 1,
            [b'\r', b'\n', ..] => 2,
            _ => 0,
        };
        if !(end > 0 && line.is_some_and(|length| WRAPS.contains(&length))) {
            runs.push(std::mem::take(&mut run));
        }
        line = if end > 0 { Some(0) } else { None };
        at += end.max(1);
    }
    runs.push(run);
    runs.retain(|run| !run.bytes.is_empty());
    runs
}

fn base64(run: &View, extra: [u8; 2]) -> View {
    let value = |byte: u8| match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        _ => 62 + u32::from(byte == extra[1]),
    };
    // Bit by bit: byte `n` is made of the bits from `8 * n` on, and each character gives six of them.
    let mut view = View::default();
    for byte in 0..run.bytes.len() * 6 / 8 {
        let mut whole = 0;
        for bit in 8 * byte..8 * byte + 8 {
            whole = whole << 1 | value(run.bytes[bit / 6]) >> (5 - bit % 6) & 1;
        }
        let origin = run.origin(8 * byte / 6..(8 * byte + 7) / 6 + 1);
        view.push(u8::try_from(whole).expect("eight bits"), origin);
    }
    view.decoded(Coding::Base64)
}

fn hex(run: &View) -> View {
    let mut view = View::default();
    for byte in 0..run.bytes.len() / 2 {
        let pair = digits(&run.bytes[2 * byte..2 * byte + 2], 16).expect("hex digits");
        view.push(
            u8::try_from(pair).expect("two digits"),
            run.origin(2 * byte..2 * byte + 2),
        );
    }
    view.decoded(Coding::Hex)
}

/// A view in which `unescape` has replaced what it knows.
fn replace(view: &View, unescape: Unescape) -> View {
    let mut new = View {
        coding: view.coding,
        escaped: true,
        ..View::default()
    };
    let mut at = 0;
    while at < view.bytes.len() {
        let Some((char, length)) = unescape(&view.bytes[at..]) else {
            new.copy(view, at);
            at += 1;
            continue;
        };
        for byte in char.map(String::from).unwrap_or_default().bytes() {
            new.push(byte, view.origin(at..at + length));
        }
        at += length;
    }
    new
}

/// The number that all of these digits make.
fn digits(text: &[u8], radix: u32) -> Option<u32> {
    let text = std::str::from_utf8(text).ok()?;
    if text.is_empty() || text.len() > 7 || !text.chars().all(|char| char.is_digit(radix)) {
        return None;
    }
    u32::from_str_radix(text, radix).ok()
}

fn percent(text: &[u8]) -> Option<(Option<char>, usize)> {
    // Bytes above 0x7F matter to no rule, so that any character will do for them.
    let [b'%', pair @ ..] = text else { return None };
    Some((char::from_u32(digits(pair.get(..2)?, 16)?), 3))
}

fn json(text: &[u8]) -> Option<(Option<char>, usize)> {
    match text {
        [b'\\', b'u', hex @ ..] => Some((Some(char::from_u32(digits(hex.get(..4)?, 16)?)?), 6)),
        [b'\\', b'x', hex @ ..] => Some((char::from_u32(digits(hex.get(..2)?, 16)?), 4)),
        [b'\\', b'n', ..] => Some((Some('\n'), 2)),
        [b'\\', b'r', ..] => Some((Some('\r'), 2)),
        [b'\\', b't', ..] => Some((Some('\t'), 2)),
        [b'\\', byte @ (b'"' | b'\\' | b'/'), ..] => Some((Some(char::from(*byte)), 2)),
        _ => None,
    }
}

/// What shells and programming languages read besides.
fn shell(text: &[u8]) -> Option<(Option<char>, usize)> {
    match text {
        [b'\\', b'u', b'{', rest @ ..] => {
            let length = rest.iter().take(7).position(|byte| *byte == b'}')?;
            Some((char::from_u32(digits(&rest[..length], 16)?), length + 4))
        }
        [b'\\', octal @ ..] if octal.len() >= 3 && digits(&octal[..3], 8).is_some() => {
            Some((char::from_u32(digits(&octal[..3], 8)?), 4))
        }
        [b'\\', b'\r', b'\n', ..] => Some((None, 3)),
        [b'\\', b'\n', ..] => Some((None, 2)),
        [b'\\', byte, ..] if byte.is_ascii_punctuation() => Some((Some(char::from(*byte)), 2)),
        _ => json(text)
            .or_else(|| html(text))
            .or_else(|| percent(text))
            .or_else(|| quotes(text)),
    }
}

fn html(text: &[u8]) -> Option<(Option<char>, usize)> {
    let end = text.iter().take(12).position(|byte| *byte == b';')?;
    let char = match &text[..end] {
        b"&amp" => '&',
        b"&lt" => '<',
        b"&gt" => '>',
        b"&quot" => '"',
        b"&apos" => '\'',
        [b'&', b'#', b'x' | b'X', hex @ ..] => char::from_u32(digits(hex, 16)?)?,
        [b'&', b'#', decimal @ ..] => char::from_u32(digits(decimal, 10)?)?,
        _ => return None,
    };
    Some((Some(char), end + 1))
}

/// Two strings that are put together.
fn quotes(text: &[u8]) -> Option<(Option<char>, usize)> {
    let [quote @ (b'"' | b'\''), rest @ ..] = text else {
        return None;
    };
    let blank = usize::from(rest.first() == Some(&b' '));
    let meet = matches!(rest.get(blank), Some(b'+' | b'.')) && (blank == 0 || rest.get(blank + 1) == Some(&b' '));
    (meet && rest.get(2 * blank + 1) == Some(quote)).then_some((None, 2 * blank + 3))
}
