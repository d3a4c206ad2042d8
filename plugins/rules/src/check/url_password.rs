//! Passwords in URLs and connection strings: `scheme://user:password@host`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{RegionMarks, Verdict, Window};

use super::common;
use crate::pack::Common;
use crate::placeholder::Placeholders;

/// A password of fewer bytes, of lower-case letters and digits only, is taken for documentation where the host is.
const EASY: usize = 12;
/// So is one of fewer characters, whatever they are.
const SHORT: usize = 6;
/// So is one of fewer bytes, of letters and digits.
const EASIEST: usize = 8;
/// A password of more bytes is nobody's word for one, and no documentation's. Who writes thousands of them over one
/// another would have each looked at for all of that.
const LONG: usize = 256;

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let start = window.start();
    let rest = window.slice(start..window.end());
    let next = next_url(rest);
    let rest = rest.get(..next.unwrap_or(rest.len()))?;
    let user = window.slice(window.anchor_end()..start);
    let length = match password(rest, user.contains(&b'@')) {
        // The `@` may lie beyond a window that was cut: then all of it is the password's, and what goes on is too.
        None if next.is_none() && window.marks().contains(RegionMarks::CUT) && !rest.starts_with(b"/") => rest.len(),
        found => found?,
    };
    let value = rest.get(..length)?;
    if is_reference(value) || is_tag(value) {
        return None;
    }
    // `127.0.0.1:@PORT@/` waits for a number.
    if rest.strip_prefix(b"@").is_some_and(is_variable_first) {
        return None;
    }
    // `rcp://*,scp://*` is a list of schemes, and `cvs://:pserver:` a way to log in.
    if value.starts_with(b"//") || value.starts_with(b"pserver:") {
        return None;
    }
    let name = user.strip_suffix(b":").unwrap_or(user);
    // `%@://%@:%@@%@` is a format of Objective-C's.
    if name == b"%@" && (value == b"%" || value.starts_with(b"%@")) {
        return None;
    }
    // `http://*,dav://*` is a list of patterns.
    // `https://amqp.org,gmd:protocol,,@someone` is a row of values.
    if name.starts_with(b"*") || (name.contains(&b',') && value.contains(&b',')) {
        return None;
    }
    // `host:123,user:password@host` is a list of hosts, and the password that of a later one.
    let listed = behind_ports(value);
    // What follows `http://10.0.0.1:80(` is text.
    if listed.is_none() && is_ipv4(name) && goes_on_behind_port(value) {
        return None;
    }
    let skipped = listed.map_or(0, |(_, password)| value.len() - password.len());
    let (name, value) = listed.unwrap_or((name, value));
    let verdict = window.verdict(start + skipped..start + length, 90);
    if value.len() > LONG {
        return Some(verdict);
    }
    let common = placeholders.common();
    let behind = rest.get(length + 1..).unwrap_or_default();
    let host = host(behind);
    let plain = decoded(value);
    // Nobody has a server in a domain that is set apart; this machine's and a template's passwords may be somebody's.
    let nobody = common.is_reserved(host) && common::is_thought_up(&plain);
    let anywhere = common.is_reserved(host) || common.is_here(host) || is_filled_in(behind);
    let documented = nobody
        || (anywhere && is_easy(value))
        || common.is_nowhere(host)
        || common.is_anonymous(&plain, name)
        || is_file(&plain);
    let verdict = common.judged(verdict, &plain, name);
    let first = several(value);
    let lowered = documented || first.is_some_and(|first| common.is_common(first, name)) || has_option(value, common);
    Some(common::lower_where(lowered, verdict))
}

/// What the names of files with keys and tickets end with: tools of Kerberos are given one in the password's place.
const FILES: [&[u8]; 7] = [b".pem", b".crt", b".pfx", b".p12", b".keytab", b".ccache", b".kirbi"];

/// Whether this is a file's name and no password.
fn is_file(value: &[u8]) -> bool {
    FILES.iter().any(|end| value.ends_with(end))
}

/// What a host ends with, in percent escapes.
const ENDS: [&[u8]; 5] = [b"%2F", b"%2f", b"%3F", b"%3f", b"%23"];

/// Confirms a password in a URL whose signs are percent escapes, as it stands in another URL or in a form.
pub(crate) fn check_encoded(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    // Where an escape opened the window, it may be another than the colon, and its sign stands before.
    let opened = window.slice(window.anchor_end()..window.start()).ends_with(b"%");
    let from = window.start() - usize::from(opened);
    let rest = window.slice(from..window.end());
    // A user and a password stand before the path.
    let end = ENDS.iter().filter_map(|end| find(rest, end)).min();
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let skipped = if opened {
        find(rest, b"%3A").or(find(rest, b"%3a"))? + b"%3A".len()
    } else {
        0
    };
    let authority = rest.get(skipped..)?;
    let at = |sign: &[u8]| authority.windows(sign.len()).rposition(|part| part == sign);
    let length = at(b"%40").max(at(b"@")).filter(|length| *length > 0)?;
    let (value, host) = authority.split_at(length);
    let plain = decoded(value);
    let host = decoded(host);
    if is_reference(&plain) {
        return None;
    }
    let start = from + skipped;
    let common = placeholders.common();
    let host = self::host(host.strip_prefix(b"@").unwrap_or(&host));
    let verdict = common.judged(window.verdict(start..start + length, 90), &plain, b"");
    Some(common::lower_where(is_documented(common, &plain, host), verdict))
}

/// Whether a password and its host are those of documentation.
pub(super) fn is_documented(common: &Common<&'static [u8]>, password: &[u8], host: &[u8]) -> bool {
    let anywhere = common.is_reserved(host) || common.is_here(host);
    (anywhere && is_easy(password)) || common.is_nowhere(host)
}

/// Where `part` first stands in `text`.
pub(super) fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Whether a template's name of capital letters comes first, up to the sign that closes it: `PORT1@/`.
fn is_variable_first(text: &[u8]) -> bool {
    let length = text
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_')
        .count();
    length > 0
        && matches!(
            text.get(length..),
            Some([b'@'] | [b'@', b'/' | b'"' | b'\'' | b' ' | b'\n' | b'\r', ..])
        )
}

/// Whether a program or a template puts the host in: `{host}`, `%s`, `${HOST}`, `<host>`.
fn is_filled_in(behind: &[u8]) -> bool {
    matches!(behind, [b'{' | b'<' | b'[', byte, ..] if byte.is_ascii_alphabetic())
        || matches!(
            behind,
            [b'%', b's', ..] | [b'$' | b'#', b'{', ..] | [b'{', b'{' | b'}', ..]
        )
}

/// The first password of a list of users and hosts with commas between: `user:password@host,user:password@host`. The
/// window's password reaches up to the last host, since a password may hold signs as well.
fn several(value: &[u8]) -> Option<&[u8]> {
    let at = value.iter().position(|byte| *byte == b'@')?;
    let (first, rest) = value.split_at(at);
    (rest.contains(&b',') && rest.contains(&b':')).then_some(first)
}

/// What stands behind the user or the password of a mail server in documents, in lower case.
const OPTIONS: [&[u8]; 3] = [b";option", b";options", b";auth=*"];

/// Whether it is a stock word for a password with a documented option behind it: `pass;option`.
fn has_option(value: &[u8], common: &Common<&'static [u8]>) -> bool {
    let at = value.iter().position(|byte| *byte == b';').unwrap_or(value.len());
    let (word, option) = value.split_at(at);
    OPTIONS.iter().any(|known| option.eq_ignore_ascii_case(known)) && common.is_stock(word)
}

/// The bytes that `%40` and its like stand for.
fn decoded(value: &[u8]) -> Vec<u8> {
    let mut rest = value;
    let mut plain = Vec::with_capacity(value.len());
    while let Some((&first, behind)) = rest.split_first() {
        let digit = |at: usize| rest.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        match (first, digit(1), digit(2)) {
            (b'%', Some(high), Some(low)) => {
                plain.extend(u8::try_from(high * 16 + low));
                rest = rest.get(3..).unwrap_or_default();
            }
            _ => {
                plain.push(first);
                rest = behind;
            }
        }
    }
    plain
}

/// Where the scheme of the next URL of a list ends: `9200,http://`. Of `xK9://pQ7` all may be a password.
fn next_url(rest: &[u8]) -> Option<usize> {
    let is_scheme = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+.-".contains(byte);
    let mut signs = rest
        .windows(3)
        .enumerate()
        .filter(|(_, part)| *part == b"://")
        .map(|(at, _)| at);
    signs.find(|at| {
        let front = rest.get(..*at).unwrap_or_default();
        let scheme = front.iter().rev().take_while(is_scheme).count();
        let before = front.len().checked_sub(scheme + 1).and_then(|at| front.get(at));
        scheme > 0 && before.is_some_and(|byte| b",;|".contains(byte))
    })
}

/// Whether a port comes first, and a sign other than an escape's follows.
fn goes_on_behind_port(value: &[u8]) -> bool {
    let digits = value.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let next = value.get(digits);
    (1..=5).contains(&digits) && next.is_some_and(|byte| byte.is_ascii_punctuation() && !b"%_".contains(byte))
}

/// Whether a name is an address of the Internet, `10.0.0.1`.
fn is_ipv4(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| name.parse::<std::net::Ipv4Addr>().is_ok())
}

/// The user and the password behind hosts with their ports, in what looks like the password of the first host.
fn behind_ports(value: &[u8]) -> Option<(&[u8], &[u8])> {
    let comma = value.iter().rposition(|byte| *byte == b',')?;
    let (front, last) = value.split_at(comma);
    let port = front.split(|byte| *byte == b',').next()?;
    let is_port = (1..=5).contains(&port.len()) && port.iter().all(u8::is_ascii_digit);
    let (user, password) = last
        .get(1..)?
        .split_at(last.iter().position(|byte| *byte == b':')?.checked_sub(1)?);
    (is_port && !user.is_empty() && password.len() > 1).then(|| (user, &password[1..]))
}

/// Whether this is `<password>` as HTML writes it.
fn is_tag(value: &[u8]) -> bool {
    value.starts_with(b"&lt;") && value.ends_with(b"&gt;")
}

pub(super) fn is_easy(value: &[u8]) -> bool {
    let plain = value
        .iter()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    characters(value) < SHORT
        || (plain && value.len() < EASY)
        || (value.len() < EASIEST && value.iter().all(u8::is_ascii_alphanumeric))
}

/// How many characters a value has, where `%C3%A9` is one.
fn characters(value: &[u8]) -> usize {
    let mut rest = value;
    let mut count = 0;
    while let Some((&first, behind)) = rest.split_first() {
        let (byte, behind) = match rest {
            [b'%', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                // Of the bytes beyond ASCII only those of the form 10xxxxxx go on in a character.
                (
                    if matches!(high, b'8' | b'9' | b'a' | b'b' | b'A' | b'B') {
                        0x80
                    } else {
                        b'x'
                    },
                    behind,
                )
            }
            _ => (first, behind),
        };
        count += usize::from(byte & 0xC0 != 0x80);
        rest = behind;
    }
    count
}

/// The host at the front of what follows the password.
pub(super) fn host(rest: &[u8]) -> &[u8] {
    let end = rest
        .iter()
        .position(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')))
        .unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

/// How long the password is at the beginning of what follows `://user:`: up to the last `@` of the authority. A
/// user's name may hold an `@` of its own (`name@tenant`); then what follows may be a host's port or path, and only a
/// second `@` tells.
fn password(rest: &[u8], strict: bool) -> Option<usize> {
    let authority_end = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#'));
    let authority = rest.get(..authority_end.unwrap_or(rest.len()))?;
    let end = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => at,
        // A port is not a password.
        None if authority.iter().all(u8::is_ascii_digit) => return None,
        None if strict => return None,
        // A password with a raw slash ends what looks like the authority.
        None => rest.iter().rposition(|&byte| byte == b'@')?,
    };
    (end > 0).then_some(end)
}
