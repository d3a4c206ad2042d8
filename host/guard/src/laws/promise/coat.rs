//! Putting encodings on, and what has no cell in between.

/// One encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(not(test), derive(arbitrary::Arbitrary))]
pub(super) enum Coat {
    /// With padding.
    Base64,
    /// URL-safe, without padding.
    Base64Url,
    /// A line end after each 64 characters, on lines of its own.
    Base64At64,
    /// A line end after each 76 characters, on lines of its own.
    Base64At76,
    /// Two lower-case digits a byte.
    Hex,
    /// `%61`
    Percent,
    /// `\u0061`
    Json,
    /// `\x61`
    Backslash,
    /// `&#97;`
    HtmlDecimal,
    /// `&#x61;`
    HtmlHex,
    /// `" + "` between bytes.
    Quotes,
    /// `'.'` between bytes.
    Dots,
}

impl Coat {
    /// Whether it is put on a whole text, rather than on single bytes of it.
    pub(super) fn is_coding(self) -> bool {
        match self {
            Self::Base64 | Self::Base64Url | Self::Base64At64 | Self::Base64At76 | Self::Hex => true,
            Self::Percent
            | Self::Json
            | Self::Backslash
            | Self::HtmlDecimal
            | Self::HtmlHex
            | Self::Quotes
            | Self::Dots => false,
        }
    }

    /// Whether it is base64, on one line or on many.
    pub(super) fn is_base64(self) -> bool {
        matches!(
            self,
            Self::Base64 | Self::Base64Url | Self::Base64At64 | Self::Base64At76
        )
    }

    /// Whether it is what parts of one string stand between. Nobody cuts a string that is escaped already inside of
    /// an escape.
    pub(super) fn is_parting(self) -> bool {
        matches!(self, Self::Quotes | Self::Dots)
    }

    /// What the escapes begin with, if they do.
    fn introducer(self) -> Option<u8> {
        match self {
            Self::Percent => Some(b'%'),
            Self::Json | Self::Backslash => Some(b'\\'),
            Self::HtmlDecimal | Self::HtmlHex => Some(b'&'),
            Self::Base64
            | Self::Base64Url
            | Self::Base64At64
            | Self::Base64At76
            | Self::Hex
            | Self::Quotes
            | Self::Dots => None,
        }
    }

    /// The text with this on: escapes on each byte that stands where `picked` says, and on what would be read as one.
    pub(super) fn put_on(self, text: &[u8], picked: impl Fn(usize) -> bool) -> Vec<u8> {
        let each = |write: fn(&u8) -> String| {
            let escaped = |(at, byte): (usize, &u8)| {
                if picked(at) || self.introducer() == Some(*byte) {
                    write(byte).into_bytes()
                } else {
                    vec![*byte]
                }
            };
            text.iter().enumerate().flat_map(escaped).collect()
        };
        match self {
            Self::Base64 => {
                let mut coded = base64(text, *b"+/");
                coded.resize(coded.len().next_multiple_of(4), b'=');
                coded
            }
            Self::Base64Url => base64(text, *b"-_"),
            Self::Base64At64 => wrapped(&base64(text, *b"+/"), 64),
            Self::Base64At76 => wrapped(&base64(text, *b"+/"), 76),
            Self::Hex => text
                .iter()
                .flat_map(|byte| format!("{byte:02x}").into_bytes())
                .collect(),
            Self::Percent => each(|byte| format!("%{byte:02X}")),
            Self::Json => each(|byte| format!("\\u{byte:04x}")),
            Self::Backslash => each(|byte| format!("\\x{byte:02x}")),
            Self::HtmlDecimal => each(|byte| format!("&#{byte};")),
            Self::HtmlHex => each(|byte| format!("&#x{byte:x};")),
            Self::Quotes => each(|byte| format!("{}\" + \"", char::from(*byte))),
            Self::Dots => each(|byte| format!("{}'.'", char::from(*byte))),
        }
    }
}

fn base64(text: &[u8], extra: [u8; 2]) -> Vec<u8> {
    let letters = [
        &b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"[..],
        &extra,
    ]
    .concat();
    let bit = |at: usize| text.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    let characters = (text.len() * 8).div_ceil(6);
    (0..characters)
        .map(|at| letters[usize::from((6 * at..6 * at + 6).fold(0, |bits, at| bits << 1 | bit(at)))])
        .collect()
}

fn wrapped(text: &[u8], width: usize) -> Vec<u8> {
    let lines: Vec<&[u8]> = text.chunks(width).collect();
    [b"\n", &lines.join(&b'\n')[..], b"\n"].concat()
}

/// What has no cell, or no trace.
pub(super) const HIDDEN: &[&[u8]] = &[
    b"\x1b[0m",
    b"\x1b[1;31m",
    b"\x1b[38;5;120m",
    b"\x1b[m",
    b"\x1b[38:2::1:2:3m",
    b"\x1b]0;title\x07",
    b"\x1b]8;;http:\x1b\\",
    "\u{200b}".as_bytes(),
    "\u{200d}".as_bytes(),
    "\u{202e}".as_bytes(),
    "\u{2066}".as_bytes(),
    "\u{2060}".as_bytes(),
    "\u{feff}".as_bytes(),
];

/// The text with something hidden before its bytes, as `pattern` picks it; 0 stands for nothing.
pub(super) fn sprinkle(text: &[u8], pattern: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    for (at, byte) in text.iter().enumerate() {
        let pick = if pattern.is_empty() {
            0
        } else {
            usize::from(pattern[at % pattern.len()])
        };
        if pick > 0 {
            whole.extend(HIDDEN[pick % HIDDEN.len()]);
        }
        whole.push(*byte);
    }
    whole
}
