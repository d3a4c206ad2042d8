//! What of a file of secrets is a value by itself.

use super::name::{Kind, kind};
use super::ordinary::is_ordinary;

/// The fewest bytes of a line that is a value.
const SHORTEST: usize = 8;

/// A value of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part<'a> {
    /// The line that it stands on, from 1; none for the whole file.
    pub(super) line: Option<usize>,
    /// The value.
    pub(super) bytes: &'a [u8],
}

/// The whole file, and each of its lines. Of `NAME=VALUE` it is the value, unless that is ordinary and the name no
/// credential's. Comments, and the frame of a private key, are public.
pub(super) fn parts(file: &[u8]) -> Vec<Part<'_>> {
    let mut parts = vec![Part {
        line: None,
        bytes: file,
    }];
    let lines = file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    for (line, bytes) in (1..).zip(lines) {
        if bytes.starts_with(b"#") || bytes.starts_with(b"-----") {
            continue;
        }
        let bytes = match assigned(bytes) {
            Some((name, value)) if kind(name) != Kind::Credential && is_ordinary(value) => continue,
            Some((_, value)) => value,
            None => bytes,
        };
        if bytes.len() >= SHORTEST && bytes != file.trim_ascii() {
            parts.push(Part {
                line: Some(line),
                bytes,
            });
        }
    }
    parts
}

/// The name and the value of `NAME=VALUE`, without `export` and quotes. The padding of base64 is no value.
fn assigned(line: &[u8]) -> Option<(&str, &[u8])> {
    let line = line.strip_prefix(b"export ").unwrap_or(line);
    let at = line.iter().position(|byte| *byte == b'=')?;
    let name = std::str::from_utf8(line[..at].trim_ascii()).ok()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let value = line[at + 1..].trim_ascii();
    if name.is_empty() || !name.bytes().all(fits) || value.iter().all(|byte| *byte == b'=') {
        return None;
    }
    let quoted = |quote: u8| value.strip_prefix(&[quote])?.strip_suffix(&[quote]);
    Some((name, quoted(b'"').or_else(|| quoted(b'\'')).unwrap_or(value)))
}

#[cfg(test)]
mod tests {
    use super::parts;

    fn lines(file: &str) -> Vec<(usize, String)> {
        let parts = parts(file.as_bytes());
        assert_eq!((parts[0].line, parts[0].bytes), (None, file.as_bytes()));
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        parts[1..]
            .iter()
            .map(|part| (part.line.expect("a line"), text(part.bytes)))
            .collect()
    }

    #[test]
    fn a_file_of_one_line_is_one_value() {
        assert_eq!(lines("a1b2c3d4e5\n"), []);
        assert_eq!(lines(""), []);
    }

    #[test]
    fn lines_stand_for_themselves() {
        let file = "# a comment of a file\r\n\r\nfirst-value-1\r\nshort-1\r\n  second value 2\n";
        let expected = [(3, "first-value-1".to_owned()), (5, "second value 2".to_owned())];
        assert_eq!(lines(file), expected);
        let key = "-----BEGIN KEY-----\nQWxhZGRpbjpvcGVuIHNlc2FtZQ==\n-----END KEY-----\n";
        assert_eq!(lines(key), [(2, "QWxhZGRpbjpvcGVuIHNlc2FtZQ==".to_owned())]);
    }

    #[test]
    fn of_an_assignment_the_value_is_taken() {
        let file = "export A_TOKEN='one two 3'\nB = \"four/five6\"\nC_PASSWORD=production\nMODE=production\nPORT=12345678\nD=abc=defg\n";
        let expected = [(1, "one two 3"), (2, "four/five6"), (3, "production"), (6, "abc=defg")];
        let expected: Vec<_> = expected
            .iter()
            .map(|(line, value)| (*line, (*value).to_owned()))
            .collect();
        assert_eq!(lines(file), expected);
    }
}
