//! What a number in one piece stands in: a field, a cell, a line, a sentence, or a program.

use super::name::Name;

/// The longest name that is looked at, in bytes.
const NAME: usize = 32;

/// Where a number stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'a> {
    /// A value by itself: in quotes, behind a name that assigns it, in an element.
    Field(&'a [u8]),
    /// A cell of comma-separated values, of a table, or of a row for a database.
    Cell,
    /// All that is on its line.
    Line,
    /// Behind a word, as people write numbers; the word.
    Sentence(&'a [u8]),
    /// An argument, an operand, or a literal among others; what the call or the list is called.
    Literal(&'a [u8]),
    /// A part of a URL's path: `https://tracker.corp.io/feature/5128908798164992`.
    Address,
    /// Anywhere else.
    Elsewhere,
}

impl<'a> Place<'a> {
    /// The place of a number between `before` and the byte behind it; `None` at the text's end.
    pub(super) fn of(before: &'a [u8], after: Option<u8>) -> Place<'a> {
        let before = without_colour(before);
        let line = before
            .rsplit(|byte| matches!(byte, b'\n' | b'\r'))
            .next()
            .unwrap_or_default();
        quoted(before, after)
            .or_else(|| element(before, after))
            .or_else(|| in_table(line, after))
            .or_else(|| listed(before, line, after))
            .or_else(|| assigned(before, after))
            .or_else(|| operand(line, after))
            .or_else(|| address(line))
            .or_else(|| alone(line, after))
            .or_else(|| sentence(line, after))
            .unwrap_or(Place::Elsewhere)
    }

    /// What the number is called there.
    pub(super) fn name(&self) -> Name<'a> {
        match *self {
            Place::Field(name) | Place::Literal(name) => Name::Assigned(name),
            Place::Sentence(name) => Name::Word(name),
            Place::Cell | Place::Line | Place::Address | Place::Elsewhere => Name::None,
        }
    }
}

/// `"N"`, `'N'`, also in a text with escaped quotes; perhaps behind a name.
fn quoted(before: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let (quote, front) = before.split_last().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let escaped = front.last() == Some(&b'\\');
    let closed = after.is_none_or(|byte| byte == *quote || (escaped && byte == b'\\'));
    let front = front.strip_suffix(b"\\").unwrap_or(front);
    closed.then(|| Place::Field(assignee(front).unwrap_or_default()))
}

/// `<card>N</card>`: the element's name.
fn element(before: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let front = before.strip_suffix(b">")?;
    if after != Some(b'<') {
        return None;
    }
    let tag = front.rsplit(|byte| *byte == b'<').next().unwrap_or_default();
    let name = tag.split(|byte| !is_name(byte)).next().unwrap_or_default();
    Some(Place::Field(name.get(..name.len().min(NAME)).unwrap_or_default()))
}

/// A cell of a `|` table, or of values with tabs, semicolons or commas between, where no bracket is open.
fn in_table(line: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let ends = after.is_none_or(|byte| matches!(byte, b'\n' | b'\r'));
    let is_cell = match line.trim_ascii_end().last() {
        Some(b'|') => ends || matches!(after, Some(b'|' | b' ' | b'\t')),
        _ => match line.last() {
            // The first cell of its row.
            None => matches!(after, Some(b',' | b';' | b'\t' | b'|')),
            Some(b'\t') => !line.trim_ascii().is_empty() && (ends || after == Some(b'\t')),
            Some(b';') => ends || after == Some(b';'),
            // A row of comma-separated values has no blank behind its commas.
            Some(b',') => (ends || after == Some(b',')) && opener(line).is_none(),
            Some(_) => false,
        },
    };
    is_cell.then_some(Place::Cell)
}

/// An entry of a list or an argument of a call, or a value of a row for a database.
fn listed<'a>(before: &'a [u8], line: &'a [u8], after: Option<u8>) -> Option<Place<'a>> {
    // An entry on a line of its own, indented as programs are.
    if !line.is_empty() && line.trim_ascii().is_empty() && after == Some(b',') {
        return Some(Place::Literal(b""));
    }
    let front = before.trim_ascii_end();
    let last = *front.last()?;
    if last == b',' {
        let items = &front[..front.len() - 1];
        if let Some(at) = opener(items) {
            return (!ends_in_prose(&items[at + 1..])).then(|| inside(before, at));
        }
        // Where the list began is out of sight: a number before it, a comma and a blank tell.
        let item = items.rsplit(|byte| !byte.is_ascii_alphanumeric()).next();
        let is_number = item.is_some_and(|item| !item.is_empty() && item.iter().all(u8::is_ascii_digit));
        return (is_number && before.len() > front.len()).then_some(Place::Literal(b""));
    }
    if matches!(last, b'(' | b'[' | b'{') {
        let at = front.len() - 1;
        let called = name_before(&front[..at]);
        // `f(` calls, and `a[` indexes.
        let is_called = !called.is_empty() && front[..at].ends_with(called);
        let closes = match last {
            b'(' => after.is_none_or(|byte| matches!(byte, b')' | b' ')),
            b'[' => after == Some(b']'),
            _ => false,
        };
        return Some(match assignee(&front[..at]) {
            Some(name) if closes => Place::Field(name),
            None if closes && !is_called => Place::Sentence(b""),
            Some(_) | None => inside(before, at),
        });
    }
    None
}

/// Whether the last of a list's items is words with blanks between: then it is a sentence in brackets, `(of the card,
/// N`.
fn ends_in_prose(items: &[u8]) -> bool {
    let item = items.rsplit(|byte| *byte == b',').next().unwrap_or_default();
    let is_prose = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b' ' || !byte.is_ascii();
    let item = item.trim_ascii();
    item.contains(&b' ') && item.iter().all(is_prose)
}

/// The place behind the bracket at `at`, with the name of the list or the call.
fn inside(before: &[u8], at: usize) -> Place<'_> {
    let front = before.get(..at).unwrap_or_default();
    let is_round = before.get(at) == Some(&b'(');
    if is_round && opens_row(front) {
        return Place::Cell;
    }
    let called = name_before(front);
    let name = if is_round && front.ends_with(called) {
        called
    } else {
        assignee(front).unwrap_or_default()
    };
    Place::Literal(name)
}

/// Whether a bracket behind this opens a row for a database: `VALUES (`, `'Ann'),(`.
fn opens_row(front: &[u8]) -> bool {
    let front = front.trim_ascii_end();
    let word = front
        .len()
        .checked_sub(6)
        .and_then(|at| front.get(at..))
        .unwrap_or_default();
    let follows = front
        .strip_suffix(b",")
        .is_some_and(|front| front.trim_ascii_end().ends_with(b")"));
    word.eq_ignore_ascii_case(b"values") || (follows && front.contains(&b'\''))
}

/// Behind `=` or `:`, with a name before.
fn assigned(before: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let name = assignee(before)?;
    let front = before.trim_ascii_end();
    let compared = matches!(
        front,
        [
            ..,
            b'=' | b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'|' | b'&',
            b'='
        ]
    );
    // A statement of a program, or a decimal, of which the region holds no more than the point.
    let is_statement = front.ends_with(b"=") && after == Some(b';');
    Some(if compared || is_statement || after == Some(b'.') {
        Place::Literal(name)
    } else {
        Place::Field(name)
    })
}

/// Behind an operator or a definition.
fn operand(line: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let front = line.trim_ascii_end();
    let operated = matches!(
        front,
        [.., b'+' | b'*' | b'/' | b'%' | b'&' | b'^' | b'<' | b'~' | b'?' | b'=']
    ) && !front.ends_with(b"://")
        && (front.len() < line.len() || !front.ends_with(b"/"))
        && !is_mark(front);
    let is_defined = line.trim_ascii_start().starts_with(b"#define") || line.trim_ascii_start().starts_with(b"%define");
    let is_operand = operated || is_defined || matches!(after, Some(b'+' | b'/' | b'%' | b'^' | b'='));
    is_operand.then_some(Place::Literal(b""))
}

fn address(line: &[u8]) -> Option<Place<'_>> {
    let word = line.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    let is_path = word.ends_with(b"/") && word.windows(3).any(|part| part == b"://") && !word.ends_with(b"://");
    is_path.then_some(Place::Address)
}

/// Whether a line's front is nothing but a list's or a quotation's mark.
fn is_mark(front: &[u8]) -> bool {
    front.iter().all(|byte| b" \t-*#>.".contains(byte))
}

fn alone(line: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    (is_mark(line) && is_end(after) && after != Some(b' ')).then_some(Place::Line)
}

/// Behind a word and a blank.
fn sentence(line: &[u8], after: Option<u8>) -> Option<Place<'_>> {
    let front = line.trim_ascii_end();
    let (front, marked) = match front.strip_suffix(b"#") {
        Some(front) => (front.trim_ascii_end(), true),
        None => (front, false),
    };
    let word = front.rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
    let is_word = word.len() >= 2 && word.iter().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
    (is_word && (marked || line.ends_with(b" ")) && is_end(after)).then_some(Place::Sentence(word))
}

/// Whether the last day that a card is good for comes next: ` 12/27`.
pub(super) fn begins_last_day(behind: &[u8]) -> bool {
    matches!(behind, [b' ', b'0' | b'1', b'0'..=b'9', b'/', ..])
}

/// Whether a word of a sentence may end here.
fn is_end(after: Option<u8>) -> bool {
    after.is_none_or(|byte| b" \t\r\n,.;:)!?\"'\x1b".contains(&byte))
}

/// The name that something is assigned to, where `=` or `:` ends the text: `card`, `"id"`.
fn assignee(before: &[u8]) -> Option<&[u8]> {
    let front = before.trim_ascii_end();
    let front = front
        .strip_suffix(b"=>")
        .or_else(|| front.strip_suffix(b"="))
        .or_else(|| front.strip_suffix(b":"))?;
    let name = name_before(front.trim_ascii_end());
    (!name.is_empty()).then_some(name)
}

/// The name that ends the text, out of its quotes.
fn name_before(front: &[u8]) -> &[u8] {
    let front = front
        .strip_suffix(b"\"")
        .or_else(|| front.strip_suffix(b"'"))
        .unwrap_or(front);
    let front = front.strip_suffix(b"\\").unwrap_or(front);
    let length = front.iter().rev().take(NAME).take_while(|byte| is_name(byte)).count();
    front.get(front.len() - length..).unwrap_or_default()
}

fn is_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || !byte.is_ascii()
}

/// Where the innermost bracket that is still open stands.
fn opener(text: &[u8]) -> Option<usize> {
    let mut closed = 0_usize;
    text.iter().rposition(|byte| match byte {
        b')' | b']' | b'}' => {
            closed += 1;
            false
        }
        b'(' | b'[' | b'{' if closed == 0 => true,
        b'(' | b'[' | b'{' => {
            closed -= 1;
            false
        }
        _ => false,
    })
}

/// The text without a terminal's colour at its end.
fn without_colour(before: &[u8]) -> &[u8] {
    let colour = before.strip_suffix(b"m").and_then(|front| {
        let at = front
            .iter()
            .rposition(|byte| !(byte.is_ascii_digit() || *byte == b';'))?;
        front.get(..=at)?.strip_suffix(b"\x1b[")
    });
    colour.unwrap_or(before)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of `N` in the text.
    fn of(text: &str) -> Place<'_> {
        let at = text.rfind('N').expect("there is a number");
        Place::of(&text.as_bytes()[..at], text.as_bytes().get(at + 1).copied())
    }

    #[test]
    fn values_by_themselves_are_fields() {
        for (text, name) in [
            ("{\"pan\": \"N\"}", "pan"),
            ("{\\\"pan\\\":\\\"N\\\"}", "pan"),
            ("{\"pan\":N,", "pan"),
            ("pan=N&x=1", "pan"),
            ("pan => 'N'", "pan"),
            ("<card type=\"x\">N</card>", "card"),
            ("['N', 'x']", ""),
            ("  number: N\n", "number"),
            ("\"pans\":[N]", "pans"),
        ] {
            assert_eq!(of(text), Place::Field(name.as_bytes()), "{text}");
        }
    }

    #[test]
    fn cells_are_those_of_data_and_not_of_programs() {
        for text in [
            "Ann,N,2027",
            "1\tN\t2",
            "| Ann | N |",
            "a;N;b",
            "N,Ann",
            "x\nN|Ann",
            "INSERT INTO t VALUES (1, 'Ann', N);",
            "(1,'Ann'),(2,N,'Bob')",
            "x (a),N\n",
        ] {
            assert_eq!(of(text), Place::Cell, "{text}");
        }
        for text in [
            "f(1,N,2)",
            "[1, N]",
            "a[N]",
            "{N,2.9e-16}",
            "12, N, 13",
            "\n    N,\n",
            "x == N",
            "a + N",
            "x = N;",
            "(N.0 * m)",
            "#define X N",
        ] {
            assert!(matches!(of(text), Place::Literal(_)), "{text}");
        }
        assert_eq!(of("check_card(N, 1)"), Place::Literal(b"check_card"));
        assert_eq!(of("\"cards\": [1, N]"), Place::Literal(b"cards"));
    }

    #[test]
    fn lines_and_sentences_are_what_people_write() {
        for text in ["N", "a\n  N\r\n", "- N", "> N", "\x1b[1mN\x1b[0m"] {
            assert_eq!(of(text), Place::Line, "{text}");
        }
        for (text, word) in [
            ("paid with N today", "with"),
            ("card #N,", "card"),
            ("to N, or", "to"),
            ("(N)", ""),
            ("user [N] paid", ""),
        ] {
            assert_eq!(of(text), Place::Sentence(word.as_bytes()), "{text}");
        }
        assert_eq!(of("https://corp.io/feature/N is done"), Place::Address);
        for text in ["GET /cards/N 200", "N 0.5", "x N", "12 N", "sorry :( of my card, N"] {
            assert_eq!(of(text), Place::Elsewhere, "{text}");
        }
    }
}
