//! A value in the column of a table that its name heads.

use crate::assign::is_name;
use crate::frame::line_of;

/// What parts the cells of a row.
const PARTS: &[u8] = b",\t;|";
/// The most bytes of the name of a column.
const NAME: usize = 40;
/// What may stand between the names of the columns and the rows of a statement.
const VALUES: &[u8] = b"values";
const STDIN: &[u8] = b"from stdin;";

/// Where the value below the name that ends at `from` begins, in the first row: of a table or a file whose first row
/// are names, of `INSERT INTO t (id, TOKEN) VALUES (1, '…')`, of `COPY t (id, TOKEN) FROM stdin;`.
pub(crate) fn value(text: &[u8], from: usize) -> Option<usize> {
    let before = text.get(..from)?;
    let name = from - before.iter().rev().take_while(|byte| is_name(**byte)).count();
    let line = name - line_of(text, name)?.len();
    let listed = text.get(line..name)?.iter().rposition(|byte| *byte == b'(');
    match listed {
        Some(at) => statement(text, line + at + 1, name, from),
        None => head(text, line, name, from),
    }
}

/// The same where the line that begins at `line` is all names.
fn head(text: &[u8], line: usize, name: usize, from: usize) -> Option<usize> {
    let length = text.get(from..)?.iter().position(|byte| *byte == b'\n')?;
    let end = from + length;
    let is_filling = |byte: &&u8| matches!(byte, b' ' | b'"' | b'\r');
    let behind = text.get(from..end)?.iter().find(|byte| !is_filling(byte));
    let before = text.get(line..name)?.iter().rev().find(|byte| !is_filling(byte));
    let part = *behind.or(before).filter(|byte| PARTS.contains(byte))?;
    let column = names(text.get(line..end)?, part, name - line)?;
    let row = end + 1;
    let below = row + ruler(text.get(row..)?);
    // What stands before a bar on each line may be the name of who says it: no table without a ruler has such.
    (part != b'|' || below > row)
        .then(|| cell(text, below, part, column))
        .flatten()
}

/// The length of a line that rules off what is below it.
fn ruler(text: &[u8]) -> usize {
    let length = text.iter().position(|byte| *byte == b'\n').unwrap_or(text.len());
    let is_ruler = length > 0 && text[..length].iter().all(|byte| b"-+=|: \r".contains(byte));
    if is_ruler { length + 1 } else { 0 }
}

/// The same where the names stand in brackets, from `list` on.
fn statement(text: &[u8], list: usize, name: usize, from: usize) -> Option<usize> {
    let close = from + text.get(from..)?.iter().position(|byte| matches!(byte, b')' | b'\n'))?;
    let column = names(text.get(list..close)?, b',', name - list)?;
    let rest = text.get(close..)?.strip_prefix(b")")?;
    let begins = |rest: &[u8], word: &[u8]| {
        rest.get(..word.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(word))
    };
    let blanks = |rest: &[u8]| rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let at = close + 1 + blanks(rest);
    let rest = text.get(at..)?;
    if begins(rest, VALUES) {
        let at = at + VALUES.len();
        let at = at + blanks(text.get(at..)?);
        return (text.get(at) == Some(&b'('))
            .then(|| cell(text, at + 1, b',', column))
            .flatten();
    }
    let at = at + STDIN.len();
    (begins(rest, STDIN) && text.get(at) == Some(&b'\n'))
        .then(|| cell(text, at + 1, b'\t', column))
        .flatten()
}

/// The number of the column whose name begins at `at`, where the row has two cells or more, which all are names.
fn names(row: &[u8], part: u8, at: usize) -> Option<usize> {
    let row = row.trim_ascii_end();
    let (row, at) = match (part, row) {
        // The borders of a table stand around it as well.
        (b'|', [b'|', inner @ .., b'|']) => (inner, at.checked_sub(1)?),
        _ => (row, at),
    };
    let is_part = |byte: &&u8| is_name(**byte) || matches!(byte, b' ' | b'"' | b'`');
    let is_cell = |cell: &[u8]| {
        let cell = cell.trim_ascii();
        let first = cell.iter().find(|byte| !matches!(byte, b'"' | b'`'));
        cell.len() <= NAME && first.is_some_and(u8::is_ascii_alphabetic) && cell.iter().all(|byte| is_part(&byte))
    };
    let count = row.split(|byte| *byte == part).count();
    (count >= 2 && row.split(|byte| *byte == part).all(is_cell))
        .then(|| {
            row.get(..at)
                .map(|before| before.iter().filter(|byte| **byte == part).count())
        })
        .flatten()
}

/// Where the value of a cell of the row at `row` begins. What stands in quotes parts nothing.
fn cell(text: &[u8], row: usize, part: u8, column: usize) -> Option<usize> {
    let rest = text.get(row..)?;
    let bordered = part == b'|' && rest.first() == Some(&b'|');
    let mut left = column + usize::from(bordered);
    let mut quoted = None;
    let mut at = row;
    while left > 0 {
        let byte = *text.get(at)?;
        match quoted {
            Some(quote) => quoted = Some(quote).filter(|quote| *quote != byte),
            None if matches!(byte, b'"' | b'\'') && part != b'\t' => quoted = Some(byte),
            None if byte == part => left -= 1,
            None if byte == b'\n' => return None,
            None => {}
        }
        at += 1;
    }
    let opening = text
        .get(at..)?
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'"' | b'\'' | b'`'));
    Some(at + opening.count())
}

#[cfg(test)]
mod tests {
    use super::value;

    fn below(text: &str) -> Option<&str> {
        let from = text.find("TOKEN").expect("each has a name") + "TOKEN".len();
        value(text.as_bytes(), from).and_then(|at| text.get(at..at + 5))
    }

    #[test]
    fn a_value_stands_in_the_column_that_its_name_heads() {
        for text in [
            "name,TOKEN\nacme,V4lue\n",
            "TOKEN,name\nV4lue,acme\n",
            "id,TOKEN,other_key\n1,V4lue,other\n",
            "\"id\";\"TOKEN\"\n\"1\";\"V4lue\"\n",
            "id\tTOKEN\n1\tV4lue\n",
            " id |  TOKEN   \n----+-------\n  1 | V4lue\n",
            "| id | TOKEN |\n+----+-------+\n|  1 | V4lue |\n",
            "x\nUser name,TOKEN\nann,V4lue\n",
            "name,TOKEN\n\"Acme, Inc.\",V4lue\n",
            "COPY public.s (id, TOKEN) FROM stdin;\n1\tV4lue\n",
            "INSERT INTO s (id, TOKEN, other) VALUES (1, 'V4lue', 'x');",
            "insert into s (`id`, `TOKEN`) values ('a, b', 'V4lue')",
        ] {
            assert_eq!(below(text), Some("V4lue"), "{text}");
        }
    }

    #[test]
    fn what_is_no_row_of_names_heads_nothing() {
        for text in [
            "TOKEN\nV4lue\n",
            "1,TOKEN\nacme,V4lue\n",
            "f(id, TOKEN)\n  1,V4lue\n",
            "a = 1, TOKEN\nacme,V4lue\n",
            "name,TOKEN",
            "name,TOKEN\n\nacme,V4lue\n",
            "INSERT INTO s (id, TOKEN) SELECT (1, 'V4lue')",
            "name,TOKEN\nV4lue\n",
            "web-1  | TOKEN\nweb-1  | V4lue\n",
        ] {
            assert_ne!(below(text), Some("V4lue"), "{text}");
        }
    }
}
