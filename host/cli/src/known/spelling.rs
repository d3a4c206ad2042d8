//! How tools write a value in which a sign stands that means something in their notation. The guard reads encodings
//! of a whole text; where a single sign is written in another way, the value is searched for as it is written.

use cofferdam_runner::session::words::KnownValue;

/// The value in each notation that writes it in another way, with the notation's name.
pub(super) fn spellings(value: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let has = |signs: &[u8]| value.iter().any(|byte| signs.contains(byte));
    let begins = |signs: &[u8]| value.iter().take(KnownValue::ANCHOR).any(|byte| signs.contains(byte));
    let mut all = Vec::new();
    if has(b"\\") || begins(b"\"") {
        all.push(("json", written(value, &[(b'\\', "\\\\"), (b'"', "\\\"")])));
    }
    if begins(b"/") {
        all.push(("slash", written(value, &[(b'/', "\\/")])));
    }
    if has(b"&<>") {
        all.push((
            "html",
            written(
                value,
                &[(b'&', "&amp;"), (b'<', "&lt;"), (b'>', "&gt;"), (b'"', "&quot;")],
            ),
        ));
    }
    if has(b"'") {
        all.push(("shell", written(value, &[(b'\'', "'\\''")])));
        all.push(("yaml", written(value, &[(b'\'', "''")])));
    }
    if has(b" %") {
        all.push(("form", form(value)));
    }
    all
}

/// The value with other texts for these signs.
fn written(value: &[u8], signs: &[(u8, &str)]) -> Vec<u8> {
    let mut written = Vec::with_capacity(value.len());
    for byte in value {
        match signs.iter().find(|(sign, _)| sign == byte) {
            Some((_, text)) => written.extend_from_slice(text.as_bytes()),
            None => written.push(*byte),
        }
    }
    written
}

/// The value as forms and queries write it.
fn form(value: &[u8]) -> Vec<u8> {
    let each = |byte: &u8| match byte {
        b' ' => vec![b'+'],
        byte if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) => vec![*byte],
        byte => format!("%{byte:02X}").into_bytes(),
    };
    value.iter().flat_map(each).collect()
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_value_is_known_as_tools_write_it() {
        let told = |value: &str| -> Vec<String> {
            let all = spellings(value.as_bytes()).into_iter();
            all.map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(&value)))
                .collect()
        };
        assert_eq!(told("aK9mQ2vLx7Zp4w"), [] as [&str; 0]);
        assert_eq!(told(r"aK9mQ2\vLx7"), [r"json: aK9mQ2\\vLx7"]);
        assert_eq!(told("p\"W4x9mQ2v"), ["json: p\\\"W4x9mQ2v"]);
        assert_eq!(told("aK9mQ2\"vLx7"), [] as [&str; 0], "a reading of escapes finds it");
        assert_eq!(told("aB3/dE5fG7"), ["slash: aB3\\/dE5fG7"]);
        assert_eq!(told("aK9m&Q2<vLx7"), ["html: aK9m&amp;Q2&lt;vLx7"]);
        assert_eq!(told("aK9m'Q2vLx7"), [r"shell: aK9m'\''Q2vLx7", "yaml: aK9m''Q2vLx7"]);
        assert_eq!(told("two words%4"), ["form: two+words%254"]);
    }
}
