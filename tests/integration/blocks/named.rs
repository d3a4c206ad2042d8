//! Keys behind a name in lines that a tool sets something before: no other line has the name.

use cofferdam_tests::random::Random;

use super::{holds, key};

/// What a CI's step and `grep -n` over a file of settings print.
#[test]
fn keys_behind_a_name_are_taken_out_of_lines_that_a_tool_marks() {
    let mut random = Random::new(353);
    for kind in ["", "RSA ", "EC ", "OPENSSH "] {
        let (text, body) = key(&mut random, kind);
        for (before, name) in [
            ("2026-11-01T00:00:00.12345#7Z ", "  KEY: "),
            ("2026-11-01T00:00:00.12345#7Z ", "+ echo '"),
            ("2026-11-01T00:00:00.12345#7Z ", "  "),
            ("[2026-11-01T00:00:0#.000Z] ", "private key: "),
            ("2026-11-01T00:00:00.000Z\t", "KEY=\""),
            ("2026-11-01T00:00:0#+0000 h app[1]: ", "KEY="),
            (".env:#:", "KEY=\""),
            (".env:#: ", "KEY=\""),
            ("#:", "KEY=\""),
            ("[03:04:#] ", "KEY=\""),
            ("INFO: ", "KEY=\""),
            ("web:build: ", "KEY=\""),
            ("> app: ", "KEY=\""),
            ("    default: ", "KEY=\""),
            ("03:04:05 web.1   | ", "KEY=\""),
        ] {
            let row = |(index, line): (usize, &str)| {
                let name = if index == 0 { name } else { "" };
                format!("{}{name}{line}\n", before.replace('#', &(index + 1).to_string()))
            };
            let log: String = text.lines().enumerate().map(row).collect();
            let after = format!("{}then\n", before.replace('#', "99"));
            holds(&format!("{log}{after}"), &body, &["BEGIN", "END", &after]);
        }
    }
}
