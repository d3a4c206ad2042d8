//! What stands between a name and its value where they are fields of one record, cells of one row, or lines of one
//! entry.
//!
//! This is the one list of the words of such notations: rules with `{{assign}}` and headers read it forwards from a
//! name, and what is found in a field `value` reads it backwards. Which signs stand between words each knows itself.

use crate::frame::set_before;

/// Words that say what kind of value it is, or where it stands, and that are never a value themselves.
const WORDS: [&[u8]; 49] = [
    // The value's own field.
    b"value",
    b"val",
    b"default",
    b"content",
    b"contents",
    b"string_value",
    b"outputvalue",
    b"stringvalue",
    b"plaintext",
    // Types: of AWS, Azure, GitLab and Terraform, of PHP, Go, Rust, the registry of Windows.
    b"type",
    b"string",
    b"str",
    b"array",
    b"securestring",
    b"stringlist",
    b"some",
    b"len",
    b"text",
    b"reg_sz",
    b"reg_expand_sz",
    b"env_var",
    b"variable_type",
    b"parameter_store",
    b"secrets_manager",
    b"scope",
    b"kind",
    // Flags of a field.
    b"sensitive",
    b"issecret",
    b"is_secret",
    b"slotsetting",
    b"protected",
    b"private",
    b"public",
    b"masked",
    b"hidden",
    b"raw",
    b"sealed",
    b"true",
    b"false",
    b"null",
    b"none",
    b"nil",
    // What opens a cell in HTML.
    b"td",
    b"th",
    b"class",
    b"v",
    b"dd",
    b"code",
    b"pre",
];

/// A ruler below a column's name or a field's has so many signs at the least; three part documents.
const RULER: &[u8] = b"----";
/// The most bytes of a number between: a length, a place in a list.
const NUMBER: usize = 4;
/// The most bytes of an address that a debugger shows.
const ADDRESS: usize = 18;
/// The most bytes of the name of an element that stands between.
const ELEMENT: usize = 16;

/// Whether a word belongs to the notation, and is no value.
#[must_use]
pub(crate) fn is_known(word: &[u8]) -> bool {
    let is_number = word.len() <= NUMBER && word.iter().all(u8::is_ascii_digit);
    let is_address = word.len() <= ADDRESS
        && word
            .strip_prefix(b"0x")
            .is_some_and(|rest| !rest.is_empty() && rest.iter().all(u8::is_ascii_hexdigit));
    is_number || is_address || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The word at the front of a text.
pub(crate) fn word(text: &[u8]) -> &[u8] {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    text.get(..text.iter().take_while(is_part).count()).unwrap_or_default()
}

/// Where the value of a name that ends at `from` may begin, behind other fields and over ends of lines. With `bare` the
/// end of the name's line alone speaks for a value at the front of the next; where lists of digests name what they are
/// of, as `git log` and `sha1sum` do, each line would be one.
pub(crate) fn values(text: &[u8], from: usize, bare: bool, found: &mut Vec<usize>) {
    behind(text, from, bare, |_| 0, found);
    // What a tool may have set before a line may be a value as well, and begin like one.
    if text.get(from..).is_some_and(|rest| rest.contains(&b'\n')) {
        let mut framed = Vec::new();
        behind(text, from, bare, |line| set_before(text, from, line), &mut framed);
        framed.retain(|at| !found.contains(at));
        found.append(&mut framed);
    }
}

/// The same, where so much of each line below is passed over.
fn behind(text: &[u8], from: usize, bare: bool, passed: impl Fn(usize) -> usize, found: &mut Vec<usize>) {
    let mut next = from + class(text.get(from..).unwrap_or_default());
    let mut separated = false;
    let mut is_below = false;
    loop {
        // A value may begin with a sign of its own; then a quote or a blank tells where.
        let mut opened = None;
        while let Some(&byte) = text.get(next).filter(|byte| is_sign(**byte)) {
            separated |= match byte {
                b'=' | b':' | b',' | b'(' | b'|' | b'>' => true,
                b'\n' => bare,
                // What is quoted on a line of its own isn't the next entry of a list.
                b'"' | b'\'' => is_below,
                b'-' => is_below && text.get(next..).is_some_and(|rest| rest.starts_with(RULER)),
                _ => !byte.is_ascii(),
            };
            is_below |= byte == b'\n';
            next += 1;
            if byte == b'\n' {
                next += passed(next);
            }
            if matches!(byte, b'"' | b'\'' | b'`' | b' ' | b'\t' | b'\n' | b'[' | b'>') {
                opened = Some(next);
            }
        }
        let word = word(text.get(next..).unwrap_or_default());
        if separated {
            found.push(next);
            found.extend(opened.filter(|at| *at < next));
        }
        if word.is_empty() || !(is_known(word) || is_element(text, next, word.len())) {
            return;
        }
        separated |= is_below;
        next += word.len();
    }
}

/// The length of the name of a class that PHP prints behind a private member's: `":"App\Config":private]`.
fn class(text: &[u8]) -> usize {
    let Some(rest) = text.strip_prefix(b"\":\"") else {
        return 0;
    };
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\');
    let name = rest.iter().take_while(is_name).count();
    let is_private = rest.get(name..).is_some_and(|rest| rest.starts_with(b"\":private]"));
    if is_private { b"\":\"".len() + name } else { 0 }
}

/// Whether a word is the whole of a tag: what an element is called is no value, and each format has names of its own,
/// `<key>…</key><string>…`, `<name>…</name><value>…`.
pub(crate) fn is_element(text: &[u8], at: usize, length: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    length <= ELEMENT && (before.ends_with(b"<") || before.ends_with(b"</")) && text.get(at + length) == Some(&b'>')
}

/// Signs that stand between fields, and draw a table.
fn is_sign(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`\\=:,;|()[]{}<>?@&*+~/.-".contains(&byte) || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{is_known, values};

    /// The first word of each value that may follow `TOKEN`.
    fn after(text: &str) -> Vec<String> {
        let from = text.find("TOKEN").unwrap() + "TOKEN".len();
        let mut found = Vec::new();
        values(text.as_bytes(), from, false, &mut found);
        let word = |at: usize| -> String {
            let rest = text.get(at..).unwrap_or_default();
            rest.chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
                .collect()
        };
        found.into_iter().map(word).collect()
    }

    #[test]
    fn a_value_is_found_in_another_field() {
        for text in [
            "- name: TOKEN\n  value: \"V4lue\"",
            "{\n  \"Name\": \"/prod/TOKEN\",\n  \"Type\": \"SecureString\",\n  \"Value\": \"V4lue\"\n}",
            "\"name\": \"TOKEN\",\n  \"slotSetting\": false,\n  \"value\": \"V4lue\"",
            "{\"key\":\"TOKEN\",\"protected\":false,\"masked\":true,\"value\":\"V4lue\"}",
            "\"TOKEN\": {\n  \"sensitive\": true,\n  \"type\": \"string\",\n  \"value\": \"V4lue\"\n}",
            "[\"TOKEN\"]=>\n  string(40) \"V4lue\"",
            "TOKEN: Some(\n    \"V4lue\",\n)",
            "TOKEN: |-\n    V4lue",
            "TOKEN:\n----\nV4lue",
            "    TOKEN    \n-------------\n V4lue\n(1 row)",
            "map[TOKEN:[V4lue]]",
            "{TOKEN=[V4lue]}",
            "http.Header{\"TOKEN\":[]string{\"V4lue\"}}",
            "│ TOKEN │ V4lue │",
            "- **TOKEN**: `V4lue`",
            "<td>TOKEN</td><td class=\"v\">V4lue</td>",
            "TOKEN = 0x7fffffffe0b1 \"V4lue\"",
            "TOKEN: (string) (len=32) \"V4lue\"",
            "TOKEN → V4lue",
            "+ name  = \"TOKEN\"\n+ value = \"V4lue\"",
            "<key>TOKEN</key>\n\t<string>V4lue</string>",
            "<name>TOKEN</name>\n    <value>V4lue</value>",
            "<string>TOKEN</string>\n<string>V4lue</string>",
            "<td>TOKEN</td>\n<td class=\"code\"><pre>'V4lue'</pre></td>",
            "[\"TOKEN\":protected]=>\n  string(40) \"V4lue\"",
            "[\"TOKEN\":\"App\\Config\":private]=>\n  string(40) \"V4lue\"",
            "[TOKEN] => Array\n(\n    [0] => V4lue\n)",
            "09:10:09.1Z - name: TOKEN\n09:10:10.5Z   value: V4lue",
            "web-1  | name: \"TOKEN\"\nweb-1  | value: \"V4lue\"",
            "#12 0.345 TOKEN:\n#12 0.401   \"V4lue\"",
            "2026-11-30T09:10:09.123456Z TOKEN:\n2026-11-30T09:10:09.123789Z   V4lue",
            "app/a.yaml:12:  - name: TOKEN\napp/a.yaml:13:    value: V4lue",
            "app/a.yaml:12:  - name: TOKEN\napp/a.yaml-13-    value: V4lue",
            "[INFO] <key>TOKEN</key>\n[INFO] <string>V4lue</string>",
            "E   - name: TOKEN\nE     value: V4lue",
            "\u{2502} - name: TOKEN  \u{2502}\n\u{2502}   value: V4lue \u{2502}",
        ] {
            assert!(after(text).contains(&"V4lue".to_owned()), "{text}: {:?}", after(text));
        }
        for text in ["1) \"TOKEN\"\n2) \"V4lue\"", "environ['TOKEN']\n'V4lue'"] {
            assert!(after(text).contains(&"V4lue".to_owned()), "{text}: {:?}", after(text));
        }
        assert!(after("TOKEN=\n\"/V4lue\"").contains(&"/V4lue".to_owned()));
        // A value may begin like what stands before its name.
        for (text, value) in [
            ("09:10:09.1Z TOKEN:\nV4lue", "V4lue"),
            ("2. TOKEN=>\n25V4lue", "25V4lue"),
            ("1 TOKEN:\n2 5V4lue", "5V4lue"),
        ] {
            assert!(after(text).contains(&value.to_owned()), "{text}: {:?}", after(text));
        }
    }

    #[test]
    fn other_words_end_it() {
        for text in [
            "TOKEN V4lue",
            "TOKEN: other V4lue",
            "TOKEN is set to V4lue",
            "TOKEN.\nThe V4lue",
            "0a1b Rotate the TOKEN\nV4lue Fix the build",
            "0a1b  TOKEN\nV4lue  other",
            "-e TOKEN\nV4lue",
            "TOKEN\n---\nV4lue",
            "TOKEN ----\nV4lue",
            "<li>TOKEN</li>\n<other-element>V4lue",
            "TOKEN: <other V4lue>",
            "web-1  | TOKEN\nweb-1  | V4lue",
            "env: TOKEN\nenv: V4lue",
            "- name: TOKEN\n- name: V4lue",
            "- name: \"TOKEN\"\n- name: \"V4lue\"",
            "web-1  | TOKEN:\nweb-1  | other V4lue",
        ] {
            assert!(!after(text).contains(&"V4lue".to_owned()), "{text}");
        }
        assert!(is_known(b"SecureString") && is_known(b"40") && !is_known(b"tok") && !is_known(b"12345"));
    }
}
