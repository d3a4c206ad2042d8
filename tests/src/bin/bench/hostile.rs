//! Texts that are made to be slow: they hold what the search, the following and the questions cost most on.

use cofferdam_guard::Outlet;

use crate::inputs::{Random, repeat};

/// A text that is made to be slow.
pub(crate) struct Hostile {
    pub(crate) name: &'static str,
    pub(crate) outlet: Outlet,
    /// Any length of it is this again and again.
    pub(crate) once: Vec<u8>,
}

const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// All of them. `literals` are what the rules begin with.
pub(crate) fn all(literals: &[(Vec<u8>, bool)]) -> Vec<Hostile> {
    let pipe = |name, once| Hostile {
        name,
        outlet: Outlet::Pipe,
        once,
    };
    let terminal = |name, once| Hostile {
        name,
        outlet: Outlet::Terminal,
        once,
    };
    let plain = |text: &str| text.as_bytes().to_vec();
    let mut random = Random::new(11);
    let mut noise = |alphabet: &[u8]| random.text(alphabet, 1 << 20).into_bytes();
    let github = ["gh", "p_"].concat();
    let header = ["-----BEGIN RSA PRIV", "ATE KEY-----\n"].concat();
    vec![
        pipe("one prefix, repeated", plain(&github)),
        pipe(
            "one prefix and a body that never ends",
            [github.as_bytes(), &noise(&MIXED[..62])].concat(),
        ),
        pipe(
            "an anchor in each 40 bytes",
            each_forty(literals, b" lorem ipsum dolor sit amet consectetur "),
        ),
        pipe(
            "an anchor and a body in each 40 bytes",
            each_forty(literals, b"4f9Kq2Zt7Rb1Xw8Lm3Vc6Hn5Jd0Gs4Py9Tf2Qa7"),
        ),
        pipe("what passes the first check only", probes(literals)),
        pipe("eyJ, repeated", plain("eyJ")),
        pipe("eyJ and dots", plain("eyJhbGciOi.eyJzdWIiOi.")),
        pipe("assignments of little", plain("password=x token: y secret=\"z\" ")),
        pipe("URLs in a list", plain("http://es.corp.io:9200,")),
        pipe(
            "URLs with passwords in a list",
            plain(&["http://ann", ":9fKq2Zt7Rb1Xw8@es.corp.io:9200,"].concat()),
        ),
        pipe("assignments of much", plain("password=9fKq2Zt7Rb1Xw8Lm3Vc6Hn ")),
        pipe("schemes and colons", plain("a://b:")),
        pipe("mail addresses", plain("ab@cd.ef ")),
        pipe("phone and card lengths", plain("4111 2222 3333 444 ")),
        pipe("headers of keys", plain(&header)),
        pipe(
            "a header and a body that never ends",
            [header.as_bytes(), &lines(&noise(MIXED), 64)].concat(),
        ),
        pipe("base64 lines of one header each", header_lines()),
        pipe("a key's first bytes in base64 on each line", key_lines(&noise(MIXED))),
        pipe("base64 of literals", cores(literals)),
        pipe("base64 lines of 76", lines(&noise(MIXED), 76)),
        pipe("backslashes", plain("\\")),
        pipe("escapes before escapes", plain(r"\npm_\\x6e\npm_\\\\x6e")),
        pipe("escapes of escapes", plain(r"\u005cu0067hp_\\u005cu0067")),
        pipe("escapes that end at once", plain("%25\x0c")),
        pipe("escapes that are written over", plain("npm_\\x5c\\\\\\\\\r\\x5c")),
        pipe("readings between long words", between_words()),
        pipe("compressed texts that end at once", plain("\rH4sI\r")),
        pipe("anchors of Secrets on each line", plain("kind: Secret\n")),
        pipe(
            "anchors of Secrets behind a line's end that is spelled out",
            plain("\r\n\r\nkind: Secret\\x5ckind: Secret\\x5c\r\n"),
        ),
        pipe("eyJ on each line", plain("eyJ\n")),
        pipe("ends of keys' headers on each line", plain("PRIVATE KEY-----\n")),
        pipe("eyJ and colons", plain("eyJ::")),
        pipe("eyJ in parts of strings", plain("eyJ=' '00' '=")),
        pipe(
            "eyJ in parts of strings that are written over",
            plain("eyJ\r\reyJ' '\r"),
        ),
        pipe("percent signs", plain("%")),
        pipe("percent escapes", plain("%67%68%70%5f")),
        pipe("percent escapes of percents", plain("%2525")),
        pipe("unicode escapes", plain("\\u0067\\u0068")),
        pipe("HTML entities", plain("&#103;&amp;")),
        pipe("quotes", plain("'\"'\"'")),
        pipe("digits", plain("0123456789")),
        pipe("the letter a", plain("a")),
        pipe("hex", noise(b"0123456789abcdef")),
        pipe("base64's alphabet", noise(MIXED)),
        pipe("line feeds", plain("\n")),
        pipe("spaces", plain(" ")),
        pipe("zeros, as UTF-16 has them", plain("g\0h\0p\0_\0")),
        pipe("bytes that are no UTF-8", vec![0xff, 0x80, 0xc3]),
        pipe("zero-width characters", plain("g\u{200b}h\u{200d}\u{2060}")),
        pipe(
            "many lines behind a form feed",
            [&b"\x0c"[..], &b"a word and another\n".repeat(2000)].concat(),
        ),
        terminal(
            "short lines on a screen",
            [&b"\x1b[?1049h"[..], &b"a\r\n".repeat(20_000)].concat(),
        ),
        terminal(
            "short lines behind full rows",
            plain(&["x".repeat(80), "\n".to_owned(), "a\r\n".repeat(5)].concat()),
        ),
        terminal("backspaces", plain("\x08")),
        terminal("letters and backspaces", plain("ab\x08")),
        terminal(
            "URLs with passwords and backspaces",
            plain(&["://", "a:b@", "\x08"].concat()),
        ),
        terminal(
            "URLs with passwords behind a bar and a backspace",
            plain(&["\x08|", "://", "a:b@"].concat()),
        ),
        terminal(
            "URLs with other passwords each behind a bar and a backspace",
            other_passwords(&noise(&MIXED[..62])),
        ),
        terminal("eyJ, commas and backspaces", plain("\x08eyJ,,,\x08")),
        terminal("names of keys and backspaces", plain("\x08\"private_key\": \"")),
        terminal("carriage returns", plain("\r")),
        terminal("letters and carriage returns", plain("token=\r")),
        terminal("ESC", plain("\x1b")),
        terminal("colours about each letter", plain("\x1b[1mg\x1b[0m\x1b[2mh\x1b[0m")),
        terminal("unended control sequences", plain("\x1b[")),
        terminal(
            "a title that never ends",
            [&b"\x1b]0;"[..], &noise(&MIXED[..62])].concat(),
        ),
        terminal(
            "a device string that never ends",
            [&b"\x1bP"[..], &noise(MIXED)].concat(),
        ),
        terminal("erasures", plain("ab\x1b[2K\x1b[1G")),
        terminal("absolute motion about each letter", plain("\x1b[7;7Hg\x1b[7;8Hh")),
        terminal("screens that come and go", plain("\x1b[?1049hx\x1b[?1049l")),
        terminal("cleared screens", plain("\x1b[2J\x1b[H")),
        terminal("scrolled screens", plain("\x1b[?1049h\x1b[24;1H\n\n\n\x1bM")),
    ]
}

/// Each literal in turn, filled up to 40 bytes by a separator and the rest.
fn each_forty(literals: &[(Vec<u8>, bool)], rest: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for (literal, _) in literals {
        let fill = 39_usize.saturating_sub(literal.len()).min(rest.len());
        text.extend_from_slice(literal);
        text.extend_from_slice(&rest[..fill]);
        text.push(b' ');
    }
    text
}

/// The first four bytes of each literal that has more, and something else behind them.
fn probes(literals: &[(Vec<u8>, bool)]) -> Vec<u8> {
    let long = literals.iter().filter(|(literal, _)| literal.len() > 4);
    long.flat_map(|(literal, _)| literal[..4].iter().copied().chain([b'~']))
        .collect()
}

/// What stays the same of a literal's base64 wherever it begins, for each of three places.
fn cores(literals: &[(Vec<u8>, bool)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (literal, _) in literals {
        for lead in 0..3 {
            let mut plain = vec![0; lead];
            plain.extend_from_slice(literal);
            let whole = plain.len() / 3 * 3;
            let code = base64(&plain[..whole]);
            text.extend(code.into_iter().skip(if lead == 0 { 0 } else { lead + 1 }));
        }
    }
    text
}

/// Words as long as keys, between which a compressed text, a line's end that is spelled out and escapes of escapes
/// begin.
fn between_words() -> Vec<u8> {
    let word = "4f9Kq2Zt7Rb1Xw8Lm3Vc6Hn5Jd0Gs4Py9Tf2Qa7";
    [word, "H4sI", word, "\\n", word, r"\\x6e\\x6e"].concat().into_bytes()
}

/// The same URL with another password each time, over the end of the last one.
fn other_passwords(noise: &[u8]) -> Vec<u8> {
    let url = |password: &[u8]| [&b"\x08|"[..], b"://", b"a:", password, b"@"].concat();
    noise.chunks_exact(5).flat_map(url).collect()
}

/// Lines of base64, each of which begins a key there as well as in what it decodes to.
fn header_lines() -> Vec<u8> {
    let header = ["-----BEGIN PRIV", "ATE KEY-----"].concat();
    [&base64(header.as_bytes())[..], b"\n"].concat()
}

/// Lines that each begin with the first bytes of an RSA key in base64.
fn key_lines(noise: &[u8]) -> Vec<u8> {
    let front = ["MIIEogIB", "AAKCAQEA"].concat();
    let line = |rest: &[u8]| [front.as_bytes(), rest, b"\n"].concat();
    noise.chunks_exact(48).take(4000).flat_map(line).collect()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    let digits = |three: &[u8]| {
        let number = three
            .iter()
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| MIXED[number >> shift & 63])
    };
    bytes.chunks_exact(3).flat_map(digits).collect()
}

fn lines(text: &[u8], width: usize) -> Vec<u8> {
    text.chunks(width).flat_map(|line| [line, b"\n"].concat()).collect()
}

impl Hostile {
    /// So many bytes of it.
    pub(crate) fn text(&self, size: usize) -> Vec<u8> {
        repeat(&self.once, size)
    }
}
