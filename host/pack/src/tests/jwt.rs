//! JSON Web Tokens: where they are sent, what opens nothing, and those that lines wrap.

use cofferdam_sdk::Severity;

use super::bed;
use super::lines::{host, one, random, taken};

/// A JWT with a header that names an algorithm.
fn jwt(seed: u64) -> String {
    let header = ["eyJhbGciOiJI", "UzI1NiIsInR5cCI6IkpXVCJ9"].concat();
    format!("{header}.eyJ{}.{}", random(seed, 40), random(seed + 1, 43))
}

#[test]
fn a_jwt_is_worse_where_it_is_sent() {
    let token = jwt(5);
    let severity = |text: &str| {
        let hits = host().hits(text.as_bytes());
        let hit = hits
            .iter()
            .find(|hit| hit.rule == "jwt")
            .unwrap_or_else(|| panic!("no JWT in {text}"));
        assert!(text.as_bytes()[..hit.end].ends_with(&token.as_bytes()[token.len() - 8..]));
        hit.severity
    };
    assert_eq!(severity(&format!("id={token} next")), Severity::P1);
    assert_eq!(
        severity(&format!("cookie\n{token}")),
        Severity::P1,
        "another line says nothing"
    );
    assert_eq!(severity(&format!("Authorization: Bearer {token}")), Severity::P0);
    assert_eq!(severity(&format!("Set-Cookie: session={token}; Path=/")), Severity::P0);
    assert_eq!(severity(&format!("\x1b[32m{token}\x1b[0m")), Severity::P1);
}

/// A JWT with this header and payload, and a signature of `seed`.
fn jwt_of(header: &str, payload: &str, seed: u64) -> String {
    let encode = |text: &str| {
        super::keys::encode(text.as_bytes(), 4096)
            .trim_end_matches('=')
            .to_owned()
    };
    format!("{}.{}.{}", encode(header), encode(payload), random(seed, 43))
}

#[test]
fn a_jwt_that_opens_nothing_is_counted_only() {
    const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;
    let jwt_hits = |text: &str| {
        let hits = host().hits(text.as_bytes());
        hits.iter()
            .filter(|hit| hit.rule == "jwt")
            .map(|hit| hit.severity)
            .collect::<Vec<_>>()
    };
    for payload in [
        r#"{"a":"b"}"#,
        r#"{"sub":"1234567890","name":"Ann"}"#,
        r#"["invalid","claims"]"#,
        "it is a dangerous business",
        r#"{"sub":"ann","exp":1467349870}"#,
    ] {
        let text = format!("token {} next", jwt_of(HEADER, payload, 85));
        assert_eq!(jwt_hits(&text), [Severity::P2], "{payload}");
    }
    let ours = jwt_of(HEADER, r#"{"sub":"ann","role":"admin"}"#, 86);
    assert_eq!(jwt_hits(&format!("token {ours} next")), [Severity::P1]);
    let stub = jwt_of(HEADER, "{\"su", 86);
    let (stub, _) = stub.rsplit_once('.').unwrap();
    assert_eq!(jwt_hits(&format!("example: {stub}\n")), [Severity::P2]);
    let of_a_manual = jwt_of(r#"{"alg":"HS256","kid":"ann@corp.example"}"#, r#"{"sub":"ann"}"#, 87);
    assert_eq!(jwt_hits(&format!("token {of_a_manual} next")), [Severity::P2]);
    // A quote closes a token without its signature; a line's end may have cut it off.
    let (unsigned, _) = ours.rsplit_once('.').unwrap();
    assert_eq!(jwt_hits(&format!("token = \"{unsigned}\"")), [Severity::P2]);
    assert_eq!(jwt_hits(&format!("token = {unsigned}\n")), [Severity::P1]);
    // Dots stand for what a manual leaves out. Behind a whole token they are a sentence's.
    let (header, _) = ours.split_once('.').unwrap();
    assert_eq!(
        jwt_hits(&format!("verify('{header}.eyJyZXF1Z....', key)")),
        [Severity::P2]
    );
    assert_eq!(jwt_hits(&format!("using {ours}... done")), [Severity::P1]);
    // Nor is a header by itself any, where a token is sent.
    for rest in ["", ".xxxxx", ".abc.def"] {
        let text = format!("Authorization: Bearer {header}{rest}\"");
        assert_eq!(bed::severities(host(), &text), [Severity::P3], "{text}");
    }
}

#[test]
fn what_only_begins_like_a_jwt_is_none() {
    // JSON in base64 with no `alg`, one without parts, and one whose header isn't JSON.
    let no_alg = ["eyJ1c2VyIjoi", "Ym9iIn0.eyJhIjoxfQ.abcdefghijkl"].concat();
    for text in [
        no_alg,
        format!("eyJ{}", random(6, 40)),
        format!("eyJ{}.{}.{}", random(7, 20), random(8, 20), random(9, 20)),
    ] {
        assert_eq!(taken(&text), [], "{text}");
    }
}

#[test]
fn a_wrapped_jwt_is_found_to_its_last_line() {
    for (seed, width) in [(51, 40), (52, 64), (53, 72), (54, 76)] {
        for end in ["\n", "\r\n"] {
            let token = jwt(seed);
            let whole = format!("token={token}");
            let lines: Vec<&str> = (0..whole.len())
                .step_by(width)
                .map(|from| &whole[from..whole.len().min(from + width)])
                .collect();
            let text = format!("{}{end}Next line. Other{end}", lines.join(end));
            let body = lines.join(end);
            assert_eq!(one("jwt", &text).as_deref(), body.get("token=eyJ".len()..), "{text}");
        }
    }
    // What is whole on its line takes nothing of the next one.
    let token = jwt(55);
    for next in ["done\n", "eyes on the road\n", "Host: example.org\n", "\n"] {
        let text = format!("{token}\n{next}");
        assert_eq!(one("jwt", &text).as_deref(), token.get(3..), "{text}");
    }
}
