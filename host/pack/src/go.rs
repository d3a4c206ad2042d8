//! Patterns as Go reads them, which gitleaks is written in, in the form in which ours are read.

/// The pattern with a backslash before each brace that Go takes for itself, since it counts nothing: `${[A-Z]+}`, `{{`.
pub(crate) fn ours(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut in_class = false;
    while let Some(first) = rest.chars().next() {
        let (taken, escaped) = match first {
            '\\' => (escape(rest), false),
            '{' if !in_class => match count(rest) {
                Some(length) => (length, false),
                None => (1, true),
            },
            '[' if !in_class => {
                in_class = true;
                (opening(rest), false)
            }
            ']' => {
                in_class = false;
                (1, false)
            }
            other => (other.len_utf8(), false),
        };
        let (now, later) = rest.split_at(taken);
        out.push_str(if escaped { "\\" } else { "" });
        out.push_str(now);
        rest = later;
    }
    out
}

/// The length of an escape, with the braces of `\p{Greek}` and `\x{41}`.
fn escape(text: &str) -> usize {
    let mut letters = text.char_indices().skip(1);
    let Some((at, letter)) = letters.next() else { return 1 };
    let end = at + letter.len_utf8();
    let braced = matches!(letter, 'p' | 'P' | 'x') && text[end..].starts_with('{');
    let close = if braced { text[end..].find('}') } else { None };
    close.map_or(end, |close| end + close + 1)
}

/// The length of `{2}`, `{2,}` or `{2,4}`, if the text begins with one.
fn count(text: &str) -> Option<usize> {
    let close = text.find('}')?;
    let (least, most) = text[1..close].split_once(',').unwrap_or((&text[1..close], ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!least.is_empty() && is_number(least) && is_number(most)).then_some(close + 1)
}

/// The length of what begins a class: a `]` directly behind it is one of its bytes.
fn opening(text: &str) -> usize {
    ["[^]", "[]", "[^"]
        .iter()
        .find(|front| text.starts_with(**front))
        .map_or(1, |front| front.len())
}

#[cfg(test)]
mod tests {
    use super::ours;

    #[test]
    fn braces_that_count_nothing_stand_for_themselves() {
        for (go, written) in [
            (r"^\${(?:[A-Z_]+|[a-z_]+)}$", r"^\$\{(?:[A-Z_]+|[a-z_]+)}$"),
            (r"\$(?:\d+|{\d+})", r"\$(?:\d+|\{\d+})"),
            (r"{{[^}]+}}", r"\{\{[^}]+}}"),
            (r"a{2}b{2,}c{2,4}d{,4}", r"a{2}b{2,}c{2,4}d\{,4}"),
            (r"[{}]{3}[]{]{2}[^]{]x{y}", r"[{}]{3}[]{]{2}[^]{]x\{y}"),
            (r"\p{Greek}\x{41}\{\[{", r"\p{Greek}\x{41}\{\[\{"),
            (r"é{x}\", r"é\{x}\"),
        ] {
            assert_eq!(ours(go), written);
        }
    }
}
