//! Examples with parts that are generated: `<<[A-Za-z0-9]{28}>>`.

use std::ops::Range;

use cofferdam_sdk::check::base62_crc32;

use crate::generate::Source;
use crate::pattern::parse;

/// What opens a generated part.
pub(crate) const OPEN: &str = "<<";
/// What closes it.
pub(crate) const CLOSE: &str = ">>";
/// Appends the checksum of what stands before it.
const SUMMED: &str = "base62-crc32:";

/// The example's bytes. The same name gives the same text each time.
pub(crate) fn expand(template: &str, name: &str) -> Result<Vec<u8>, String> {
    expand_with_parts(template, name).map(|(text, _)| text)
}

/// The same, and where the generated parts stand in it.
pub(crate) fn expand_with_parts(template: &str, name: &str) -> Result<(Vec<u8>, Vec<Range<usize>>), String> {
    let mut parts = Vec::new();
    let mut source = Source::named(name);
    let mut out = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(OPEN) {
        // A heredoc also begins with two such signs: only what is closed on its line is a part.
        let Some((part, behind)) = after.split_once(CLOSE).filter(|(part, _)| !part.contains('\n')) else {
            break;
        };
        // The pattern may end with such a sign itself.
        out.extend_from_slice(before.as_bytes());
        let (summed, pattern) = match part.strip_prefix(SUMMED) {
            Some(pattern) => (true, pattern),
            None => (false, part),
        };
        let hir = parse(pattern).map_err(|error| format!("in `{OPEN}{part}{CLOSE}`: {error}"))?;
        let start = out.len();
        source.text(&hir, &mut out);
        if summed {
            let sum = base62_crc32(out.get(start..).unwrap_or_default());
            out.extend_from_slice(&sum);
        }
        parts.push(start..out.len());
        rest = behind;
    }
    out.extend_from_slice(rest.as_bytes());
    Ok((out, parts))
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn parts_are_generated_and_the_rest_stays() {
        let text = expand("key = <<[a-c]{5}>>;<<x{2}>>", "a").unwrap();
        assert_eq!(text.len(), "key = ".len() + 5 + 1 + 2);
        assert!(text.starts_with(b"key = ") && text.ends_with(b";xx"));
        assert_eq!(
            expand("<<[a-z]{9}>>", "a"),
            expand("<<[a-z]{9}>>", "a"),
            "the same each time"
        );
        assert_ne!(expand("<<[a-z]{9}>>", "a"), expand("<<[a-z]{9}>>", "b"));
        assert_eq!(expand("cat <<EOF\nx", "a").unwrap(), b"cat <<EOF\nx");
        assert!(expand("<<[a>>", "a").is_err());
    }

    #[test]
    fn a_sum_is_appended() {
        let text = expand("<<base62-crc32:0{30}>>", "a").unwrap();
        assert_eq!(text.len(), 36);
        assert_eq!(text[30..], cofferdam_sdk::check::base62_crc32(&[b'0'; 30]));
    }
}
