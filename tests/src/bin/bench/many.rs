//! As many rules as a whole catalogue of vendors has, of a detector that doesn't exist: prefixes, names of vendors in
//! any case, words that any source is full of, and prefixes of two and three bytes.

use std::sync::Arc;

use cofferdam_guard::{
    Anchor, ByteSet, DetectorRules, Extent, FailureMatrix, Keyword, Opener, Rule, Severity, SpanRule,
};

/// What vendors' names are put together from.
const FIRST: [&str; 16] = [
    "acme", "blu", "cor", "data", "ever", "flo", "gri", "hyper", "inter", "jet", "kin", "lumi", "mon", "net", "opti",
    "pay",
];
const SECOND: [&str; 12] = [
    "base", "cast", "desk", "flow", "gram", "hub", "ify", "labs", "mail", "stack", "vault", "works",
];
/// What vendors' prefixes end with.
const KINDS: [&str; 4] = ["_live_", "_test_", "-pat-", "_sk_"];
/// Names that go before a value in every language.
const NAMES: [&str; 24] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "auth",
    "access_key",
    "accesskey",
    "private_key",
    "client_secret",
    "credential",
    "authorization",
    "bearer",
    "session_id",
    "encryption_key",
    "signing_key",
    "connection_string",
    "webhook",
    "refresh_token",
    "pwd",
    "key_id",
];
/// Prefixes that are short, with what follows them in digits alone.
const SHORT: [(&str, bool); 24] = [
    ("sk-", false),
    ("pk-", false),
    ("rk_", false),
    ("SK", true),
    ("AC", true),
    ("AP", true),
    ("NR", true),
    ("dp.", false),
    ("key-", false),
    ("lin", false),
    ("EA", true),
    ("hf_", false),
    ("r8_", false),
    ("LTA", true),
    ("v1.", false),
    ("t1.", false),
    ("QVX", false),
    ("X-", false),
    ("ya29", false),
    ("tk-", false),
    ("api", true),
    ("fw_", false),
    ("FLW", true),
    ("oy2", false),
];

/// So many rules. Their order is that of a catalogue, and the same each time.
pub(crate) fn rules(count: usize) -> DetectorRules {
    let mut rules = Vec::with_capacity(count);
    let names = NAMES.iter().map(|name| word(name));
    let short = SHORT.iter().map(|(prefix, digits)| short(prefix, *digits));
    rules.extend(names.chain(short));
    for (index, (first, second)) in SECOND
        .iter()
        .flat_map(|second| FIRST.iter().map(move |first| (first, second)))
        .enumerate()
    {
        let name = format!("{first}{second}");
        let brief: String = first.chars().take(2).chain(second.chars().take(2)).collect();
        rules.push(prefixes(&brief, index));
        rules.push(vendor(&name));
        rules.push(prefixes(&name, index + 1));
    }
    rules.truncate(count);
    DetectorRules {
        name: "many".to_owned(),
        rules: rules.into_iter().map(Arc::new).collect(),
        fact_count: 0,
        failure: FailureMatrix::default(),
    }
}

/// Up to four prefixes with a body behind them.
fn prefixes(name: &str, index: usize) -> Rule {
    let literals: Vec<_> = KINDS
        .iter()
        .take(1 + index % 4)
        .map(|kind| (format!("{name}{kind}"), false))
        .collect();
    let body: fn(u8) -> bool = match index % 3 {
        0 => |byte| byte.is_ascii_alphanumeric(),
        1 => |byte| byte.is_ascii_hexdigit(),
        _ => |byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte),
    };
    let severity = [Severity::P0, Severity::P1][index % 2];
    rule(
        &format!("{name}-prefix"),
        severity,
        &literals,
        span(body, 20 + index % 24),
    )
}

/// A vendor's name, an assignment and a value.
fn vendor(name: &str) -> Rule {
    let value = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let span = SpanRule {
        gap: 48,
        opener: Some(Opener {
            before: set(|byte| byte.is_ascii_alphanumeric() || b"_- \"'.".contains(&byte)),
            bytes: set(|byte| b"=:".contains(&byte)),
            after: set(|byte| b"= \"'".contains(&byte)),
        }),
        ..span(value, 32)
    };
    rule(&format!("{name}-key"), Severity::P1, &[(name.to_owned(), true)], span)
}

/// A word that sources are full of, and a value somewhere behind it.
fn word(name: &str) -> Rule {
    let value = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=_.~-".contains(&byte);
    let span = SpanRule {
        gap: 40,
        ..span(value, 20)
    };
    let id = format!("{}-word", name.replace('_', "-in-"));
    rule(&id, Severity::P1, &[(name.to_owned(), true)], span)
}

fn short(prefix: &str, digits: bool) -> Rule {
    let body: fn(u8) -> bool = if digits {
        |byte| byte.is_ascii_hexdigit()
    } else {
        |byte| byte.is_ascii_alphanumeric()
    };
    let id: String = prefix.to_ascii_lowercase().replace(['_', '.'], "-");
    Rule {
        word: true,
        name: None,
        ..rule(
            &format!("{id}short"),
            Severity::P1,
            &[(prefix.to_owned(), false)],
            span(body, 32),
        )
    }
}

fn span(body: impl Fn(u8) -> bool, at_least: usize) -> SpanRule {
    SpanRule {
        body: set(body),
        filler: set(|_| false),
        head: Vec::new(),
        at_least: u16::try_from(at_least).unwrap_or(u16::MAX),
        longest: 256,
        gap: 0,
        opener: None,
        lead: None,
    }
}

fn rule(id: &str, severity: Severity, literals: &[(String, bool)], span: SpanRule) -> Rule {
    let literal = |(text, any_case): &(String, bool)| {
        Anchor::Literal(Keyword {
            bytes: text.as_bytes().to_vec(),
            any_case: *any_case,
        })
    };
    Rule {
        id: format!("many-{id}"),
        title: "One of many".to_owned(),
        category: "credential.many".to_owned(),
        severity,
        name: None,
        low_entropy: false,
        word: false,
        anchors: literals.iter().map(literal).collect(),
        extent: Extent::Span(span),
        may_show: 0,
        required: None,
        hold: true,
    }
}

fn set(holds: impl Fn(u8) -> bool) -> ByteSet {
    (0..=u8::MAX).filter(|byte| holds(*byte)).collect()
}
