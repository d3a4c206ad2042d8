//! What stands between a name and its value where they are fields of one record, cells of one row, or lines of one
//! entry.
//!
//! This is the one list of the words of such notations: rules with `{{assign}}` and headers read it forwards from a
//! name, and what is found in a field `value` reads it backwards. Which signs stand between words each knows itself.

use crate::frame::{line_of, set_before};
use crate::{record, table};

/// Words that say what kind of value it is, or where it stands, and that are never a value themselves.
const WORDS: [&[u8]; 62] = [
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
    // The value before a change, and behind it.
    b"old",
    b"new",
    // Types: of AWS, Azure, Cloudflare, GitLab and Terraform, of PHP, Go, Rust, the registry of Windows.
    b"type",
    b"string",
    b"str",
    b"array",
    b"securestring",
    b"stringlist",
    b"some",
    b"optional",
    b"just",
    b"ok",
    b"sql",
    b"nullstring",
    b"s",
    b"len",
    b"text",
    b"reg_sz",
    b"reg_expand_sz",
    b"env_var",
    b"variable_type",
    b"parameter_store",
    b"secrets_manager",
    b"plain_text",
    b"secret_text",
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
    // What an element of XML says of its type, and how it holds its text.
    b"xsi",
    b"xsd",
    b"cdata",
];

/// What a member is called that holds the secret of the issuer whose name stands before it: `acme: {api_key: …}`.
const MEMBERS: [&[u8]; 21] = [
    b"token",
    b"secret",
    b"api_key",
    b"apikey",
    b"api_token",
    b"apitoken",
    b"api_secret",
    b"apisecret",
    b"access_key",
    b"accesskey",
    b"access_token",
    b"accesstoken",
    b"auth_token",
    b"authtoken",
    b"secret_key",
    b"secretkey",
    b"private_key",
    b"privatekey",
    b"client_secret",
    b"clientsecret",
    b"license_key",
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
    is_number || is_address || WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)) || is_value_of(word)
}

/// Whether a field of this name holds a value, and the name says nothing of what it is: not `keyValue`.
fn is_value_of(word: &[u8]) -> bool {
    let says = |front: &[u8]| front.windows(3).any(|part| part.eq_ignore_ascii_case(b"key"));
    record::front_of_value(word).is_some_and(|front| !says(front))
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

/// The same with fields of whatever name between, in the column that the name heads, and in the text that it has below.
pub(crate) fn beyond(text: &[u8], from: usize) -> impl Iterator<Item = usize> {
    let places = [
        record::value(text, from),
        table::value(text, from),
        here_document(text, from),
    ];
    places.into_iter().flatten()
}

/// The same, where so much of each line below is passed over.
fn behind(text: &[u8], from: usize, bare: bool, passed: impl Fn(usize) -> usize, found: &mut Vec<usize>) {
    let mut next = from + class(text.get(from..).unwrap_or_default());
    let mut separated = begins_row(text, from);
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
        let length = property(text, next).unwrap_or(word.len());
        let belongs = is_known(word) || is_element(text, next, length) || is_member(text, next, word);
        if word.is_empty() || !(length > word.len() || belongs) {
            return;
        }
        separated |= is_below;
        next += length;
    }
}

/// Whether a word is the name of a member that holds a secret, and its value follows.
fn is_member(text: &[u8], at: usize, word: &[u8]) -> bool {
    let rest = text.get(at + word.len()..).unwrap_or_default();
    let closes = rest.iter().take_while(|byte| b"\"'\\ ".contains(byte)).count();
    let is_named = MEMBERS.iter().any(|member| word.eq_ignore_ascii_case(member));
    is_named && matches!(rest.get(closes), Some(b':' | b'='))
}

/// The length of the name of a class that PHP prints behind a private member's: `":"App\Config":private]`, or
/// `:App\Config:private]` where it quotes nothing.
fn class(text: &[u8]) -> usize {
    let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'\\');
    let forms: [(&[u8], &[u8]); 2] = [(b"\":\"", b"\":private]"), (b":", b":private]")];
    let behind = |(opens, closes): (&[u8], &[u8])| {
        let rest = text.strip_prefix(opens)?;
        let name = rest.iter().take_while(is_name).count();
        (name > 0 && rest.get(name..)?.starts_with(closes)).then_some(opens.len() + name)
    };
    forms.into_iter().find_map(behind).unwrap_or(0)
}

/// Whether the name that ends at `from` is the first cell of a row that is written as a list in a list, and the next
/// one stands below: `* - TOKEN`, `  - VALUE`.
fn begins_row(text: &[u8], from: usize) -> bool {
    let is_below = || text.get(from..).is_some_and(|rest| rest.starts_with(b"\n  - "));
    is_below() && line_of(text, from).is_some_and(|line| line.starts_with(b"* - "))
}

/// The most bytes of the path of a property.
const PROPERTY: usize = 40;

/// The length of the path of a property at `at` that holds a value: `env.0.value = `.
fn property(text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    let path = rest.get(..rest.iter().take_while(is_part).count())?;
    let dot = path.iter().rposition(|byte| *byte == b'.')?;
    let next = rest.get(path.len()..)?.trim_ascii_start().first();
    let holds = path.len() <= PROPERTY && record::holds_value(&path[dot + 1..]) && matches!(next, Some(b'=' | b':'));
    holds.then_some(path.len())
}

/// Where the text begins that stands below `NAME<<WORD`, up to a line that is the word.
fn here_document(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?.strip_prefix(b"<<")?;
    let word = word(rest);
    (!word.is_empty() && rest.get(word.len()) == Some(&b'\n')).then(|| from + b"<<".len() + word.len() + 1)
}

/// Whether a word is the whole of a tag: what an element is called is no value, and each format has names of its own,
/// `<key>…</key><string>…`, `<name>…</name><value>…`.
pub(crate) fn is_element(text: &[u8], at: usize, length: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    length <= ELEMENT && (before.ends_with(b"<") || before.ends_with(b"</")) && text.get(at + length) == Some(&b'>')
}

/// Signs that stand between fields, and draw a table.
fn is_sign(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"\"'`\\=:,;|()[]{}<>?!@&*+~/.-".contains(&byte) || !byte.is_ascii()
}

#[cfg(test)]
mod tests {
    use super::{beyond, is_known, values};

    /// The first word of each value that may follow `TOKEN`.
    fn after(text: &str) -> Vec<String> {
        let from = text.find("TOKEN").unwrap() + "TOKEN".len();
        let mut found = Vec::new();
        values(text.as_bytes(), from, false, &mut found);
        found.extend(beyond(text.as_bytes(), from));
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
            "TOKEN:\n  api_key: V4lue",
            "{\"TOKEN\":{\"api_key\":\"V4lue\"}}",
            "[TOKEN]\napi_key = \"V4lue\"",
            "new TOKEN({ apiKey: 'V4lue' })",
            "TOKEN(api_key=\"V4lue\")",
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
            "\"ParameterKey\": \"TOKEN\",\n    \"ParameterValue\": \"V4lue\"",
            " option_name: TOKEN\noption_value: V4lue",
            "{\"headerName\":\"TOKEN\",\"headerValue\":\"V4lue\"}",
            "{\"name\":\"TOKEN\",\"type\":\"plain_text\",\"text\":\"V4lue\"}",
            "env.0.name = TOKEN\nenv.0.value = V4lue",
            "{\"key\":\"TOKEN\",\"target\":[\"production\"],\"value\":\"V4lue\"}",
            "{\"TOKEN\":{\"S\":\"V4lue\"}}",
            "a:1:{s:5:\"TOKEN\";s:5:\"V4lue\";}",
            "'a:1:{s:5:\\\"TOKEN\\\";s:5:\\\"V4lue\\\";}'",
            "<TOKEN xsi:type=\"xsd:string\">V4lue</TOKEN>",
            "<TOKEN><![CDATA[V4lue]]></TOKEN>",
            "[TOKEN:App\\Config:private] => V4lue",
            "TOKEN: Optional(\"V4lue\")",
            "TOKEN=Optional[V4lue]",
            "TOKEN = Just \"V4lue\"",
            "TOKEN: sql.NullString{String:\"V4lue\", Valid:true}",
            "\"TOKEN\": {\"old\": \"V4lue\"",
            "* - TOKEN\n  - V4lue",
            "TOKEN<<delimiter_6f3a\nV4lue\ndelimiter_6f3a",
            "name,TOKEN\nacme,V4lue",
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
            "TOKEN; V4lue",
            "TOKEN: Invalue V4lue",
            "TOKEN: env.0.value, V4lue",
            "- TOKEN\n- V4lue",
            "a << TOKEN << other << V4lue",
            "TOKEN<<delimiter of\nV4lue",
            "[TOKEN:Config] other => V4lue",
        ] {
            assert!(!after(text).contains(&"V4lue".to_owned()), "{text}");
        }
        assert!(is_known(b"SecureString") && is_known(b"40") && !is_known(b"tok") && !is_known(b"12345"));
    }
}
