//! Passwords in connection strings: `Server=host;User Id=name;Password=<password>;`, `host=name user=name
//! password=<password>`, and `jdbc:mysql://host/name?user=name&password=<password>`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::url_password::is_easy;
use super::{common, placeholder};
use crate::pattern::holds;
use crate::placeholder::Placeholders;
use crate::words;

/// One of these, lower case, stands before the password of a real connection string.
const KEYS: [&[u8]; 16] = [
    b"provider=",
    b"server=",
    b"data source=",
    b"uid=",
    b"user id=",
    b"user=",
    b"username=",
    b"host=",
    b"database=",
    b"initial catalog=",
    b"driver=",
    b"server =",
    b"data source =",
    b"user id =",
    b"uid =",
    b"driver =",
];

/// Two of these stand before the password of one of words, since logs have each by itself.
const WORDS: [&[u8]; 6] = [b"host=", b"hostaddr=", b"port=", b"dbname=", b"user=", b"sslmode="];
/// What the URL of a database begins with, in lower case.
const SCHEMES: [&[u8]; 9] = [
    b"jdbc:",
    b"postgres",
    b"mysql:",
    b"mariadb:",
    b"sqlserver:",
    b"mongodb",
    b"redis",
    b"clickhouse",
    b"cockroach",
];

/// What stands before the password of an application's server of Redis, whose host comes first and has a port.
const REDIS: [&[u8]; 6] = [b":6379", b":6380", b"redis.", b",ssl=", b",abortconnect=", b",user="];

/// How the entries of a connection string stand beside one another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// With semicolons between.
    Entries,
    /// With blanks between.
    Words,
    /// With commas between.
    Commas,
    /// In a URL's query.
    Query,
}

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let before = window.before();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let named = |key: &&[u8]| line.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key));
    let value = common::without_print(window.body());
    let opened = window.slice(window.anchor_end()..window.body_start());
    // Braces are quotes in ODBC's strings, and a template's where a name stands in them.
    let quoted = value.strip_prefix(b"{").and_then(|inside| inside.strip_suffix(b"}"));
    let is_drawn = |inside: &&[u8]| {
        let is_mixed = inside.iter().any(u8::is_ascii_uppercase) && inside.iter().any(u8::is_ascii_lowercase);
        inside.iter().any(u8::is_ascii_digit) || (is_mixed && !words::is_words(inside))
    };
    let quoted = quoted.filter(is_drawn);
    let start = window.body_start() + usize::from(quoted.is_some());
    let value = quoted.unwrap_or(value);
    let form = match window.slice(window.anchor_start()..window.anchor_end()) {
        [b' ', ..] if line.trim_ascii_end().ends_with(b";") => return None,
        // An argument of a call: `connect(host=HOST, user=USER, password=PASS)`.
        // Where other arguments are texts, so is a password: `connect(host="db.corp.io", password=os.getenv("PW"))`.
        [b' ', ..]
            if line.ends_with(b",")
                && line.contains(&b'(')
                && opened.is_empty()
                && (is_name(value) || (is_behind_text(line) && is_code_of(value))) =>
        {
            return None;
        }
        [b' ', ..] => Form::Words,
        [b'&' | b'?', ..] => Form::Query,
        [b',', ..] if line.contains(&b'(') && (is_name(value) || is_code_of(value)) => return None,
        [b',', ..] => Form::Commas,
        _ => Form::Entries,
    };
    let is_one = match form {
        Form::Entries => KEYS.iter().any(named),
        // What Kafka's clients log in with may go on over lines.
        Form::Words => WORDS.iter().filter(|key| named(key)).count() > 1 || holds(before, b"loginmodule required"),
        Form::Commas => REDIS.iter().any(named),
        Form::Query => is_database(line),
    };
    let is_hole = opened.ends_with(b"<") || opened.ends_with(b"{");
    if !is_one || is_hole || is_reference(value) || is_code(value, opened.is_empty(), window.after()) {
        return None;
    }
    if placeholders.publishes(value) {
        return Some(placeholder(window.verdict(start..start + value.len(), 85)));
    }
    let common = placeholders.common();
    let host = match form {
        Form::Entries | Form::Words => entry(line, &HOSTS),
        Form::Commas => line
            .rsplit(|byte| byte.is_ascii_whitespace() || b"=\"'`".contains(byte))
            .find(|part| part.contains(&b':'))
            .unwrap_or_default(),
        Form::Query => authority(line),
    };
    let host = host
        .split(|byte| matches!(byte, b',' | b':' | b'\\') || (form == Form::Words && *byte == b' '))
        .next()
        .unwrap_or_default();
    let user = entry(line, &USERS)
        .split(|byte| form != Form::Entries && matches!(byte, b' ' | b'&'))
        .next()
        .unwrap_or_default();
    let verdict = common.judged(window.verdict(start..start + value.len(), 85), value, user);
    let documented = (is_easy(value) && (common.is_here(host) || common.is_reserved(host))) || common.is_nowhere(host);
    Some(common::lower_where(documented, verdict))
}

/// Whether the argument before is a text of the program's.
fn is_behind_text(line: &[u8]) -> bool {
    matches!(line, [.., b'"' | b'\'', b','])
}

/// Whether this is the beginning of a call, a name of letters and what opens its arguments, or a variable that is
/// called after what it holds.
fn is_code_of(value: &[u8]) -> bool {
    let name = value
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.'))
        .count();
    let (name, behind) = value.split_at(name);
    let is_variable = [&b"Password"[..], b"Passwd", b"Pwd", b"Pass"]
        .iter()
        .any(|word| name.ends_with(word));
    match behind {
        [b'(' | b'[', ..] => !name.is_empty(),
        [b')' | b','] | [] => is_variable,
        _ => false,
    }
}

/// Whether this is how programs name a constant, a variable of words or a member, without a digit: `DB_PASS)`,
/// `settings.password,`.
fn is_name(value: &[u8]) -> bool {
    let end = value
        .iter()
        .rposition(|byte| !b"),".contains(byte))
        .map_or(0, |at| at + 1);
    let name = value.get(..end).unwrap_or_default();
    let fits = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.');
    let is_constant = name.contains(&b'_') && !name.iter().any(u8::is_ascii_lowercase);
    name.iter().all(fits) && (is_constant || words::is_words(name))
}

/// What may stand behind a password that a connection string begins with, in lower case.
const BEHIND: [&[u8]; 9] = [
    b"server",
    b"data",
    b"uid",
    b"user",
    b"host",
    b"database",
    b"initial",
    b"driver",
    b"persist",
];

/// Confirms a password that a connection string begins with, by what stands behind it.
pub(crate) fn front(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    // One with something before it has its own rule.
    if window.before().last().is_some_and(|byte| matches!(byte, b';' | b' ')) {
        return None;
    }
    let body = window.body();
    let length = body.iter().position(|byte| *byte == b';')?;
    let (value, behind) = body.split_at(length);
    let behind = behind.get(1..).unwrap_or_default();
    let begins = |word: &&[u8]| {
        behind
            .get(..word.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(word))
    };
    if value.len() < 3 || !BEHIND.iter().any(begins) || is_reference(value) || is_code(value, true, Some(b';')) {
        return None;
    }
    let start = window.body_start();
    let verdict = window.verdict(start..start + length, 85);
    Some(placeholders.common().judged(verdict, value, b""))
}

/// What a connection string of words goes on with, in lower case. None of them is a log's.
const ON: [&[u8]; 6] = [
    b"host=",
    b"hostaddr=",
    b"dbname=",
    b"port=",
    b"sslmode=",
    b"connect_timeout=",
];

/// Confirms a password that words of a connection string stand on both sides of, or behind: `user=name
/// password=<password> dbname=name host=name`.
pub(crate) fn middle(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let before = window.before();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let body = window.body();
    let quote = usize::from(body.starts_with(b"'"));
    let inside = body.get(quote..)?;
    let (value, behind) = inside.split_at(inside.iter().position(|byte| b" '\"".contains(byte))?);
    let value = common::without_print(value);
    // Commas part the arguments of a call, which are names as often as literals.
    if value.ends_with(b",") {
        return None;
    }
    let words: Vec<&[u8]> = behind
        .split(|byte| b" '\"".contains(byte))
        .filter(|word| !word.is_empty())
        .collect();
    let begins = |word: &[u8], key: &&[u8]| {
        word.get(..key.len())
            .is_some_and(|front| front.eq_ignore_ascii_case(key))
    };
    let goes_on = words
        .first()
        .is_some_and(|word| WORDS.iter().chain(&ON).any(|key| begins(word, key)));
    let is_named = |key: &&[u8]| {
        line.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key)) || words.iter().any(|word| begins(word, key))
    };
    let known = WORDS.iter().filter(|key| is_named(key)).count();
    let is_drawn = value.iter().any(u8::is_ascii_digit) || !words::is_words(value);
    if !goes_on || known < 2 || value.len() < SHORTEST || !is_drawn || is_reference(value) || is_code(value, true, None)
    {
        return None;
    }
    let start = window.body_start() + quote;
    let verdict = window.verdict(start..start + value.len(), 85);
    Some(placeholders.common().judged(verdict, value, b""))
}

/// The fewest bytes of a password between such words.
const SHORTEST: usize = 6;

/// The URL that the line ends with.
fn url(line: &[u8]) -> &[u8] {
    line.rsplit(|byte| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'<' | b'>'))
        .next()
        .unwrap_or_default()
}

/// Whether the line ends with the URL of a database.
fn is_database(line: &[u8]) -> bool {
    let url = url(line);
    let leads = |scheme: &&[u8]| {
        let mut parts = url.windows(scheme.len());
        parts.any(|part| part.eq_ignore_ascii_case(scheme))
    };
    behind_slashes(url).is_some() && SCHEMES.iter().any(leads)
}

/// What stands behind the first `://` of a URL; PHP's JSON has backslashes before the slashes, and another text around
/// it has more of them.
fn behind_slashes(url: &[u8]) -> Option<&[u8]> {
    let slash = |text: &'_ [u8]| {
        let escaped = text.iter().take_while(|byte| **byte == b'\\').count();
        (text.get(escaped) == Some(&b'/')).then_some(escaped + 1)
    };
    let ends = |at: usize| {
        let first = at + slash(url.get(at..)?)?;
        Some(first + slash(url.get(first..)?)?)
    };
    let mut colons = (1..=url.len()).filter(|at| url[at - 1] == b':');
    colons.find_map(ends).and_then(|end| url.get(end..))
}

/// What stands behind `://` in the URL that the line ends with, up to its path.
fn authority(line: &[u8]) -> &[u8] {
    let rest = behind_slashes(url(line)).unwrap_or_default();
    let rest = rest
        .split(|byte| matches!(byte, b'/' | b'?' | b'\\'))
        .next()
        .unwrap_or_default();
    rest.rsplit(|byte| *byte == b'@').next().unwrap_or_default()
}

/// What leads a host.
const HOSTS: [&[u8]; 4] = [b"server=", b"data source=", b"host=", b"hostaddr="];
/// What leads a user.
const USERS: [&[u8]; 4] = [b"uid=", b"user id=", b"user=", b"username="];

/// The value of the last entry of the line that one of `keys` leads.
fn entry<'t>(line: &'t [u8], keys: &[&[u8]]) -> &'t [u8] {
    let mut parts = line.rsplit(|byte| matches!(byte, b';' | b'"' | b'\''));
    let value = |part: &'t [u8]| {
        let part = part.trim_ascii();
        keys.iter().find_map(|key| {
            let at = part
                .windows(key.len())
                .position(|word| word.eq_ignore_ascii_case(key))?;
            part.get(at + key.len()..)
        })
    };
    parts.find_map(value).unwrap_or_default()
}

/// Whether a program's text stands where the password would: a member, a part of a pattern, or what is joined behind
/// a quote.
fn is_code(value: &[u8], bare: bool, after: Option<u8>) -> bool {
    let joined = !bare
        && matches!(value, [b'+' | b'.' | b'&', ..])
        && value
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || b"_+.&()[]$>-".contains(byte));
    joined
        || value.starts_with(b"#{")
        || (value.starts_with(b"$") && value.ends_with(b"-") && after == Some(b'>'))
        || value.windows(4).any(|four| four == b"(.*)")
}
