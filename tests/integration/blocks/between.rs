//! Keys among other text: what other programs write between their lines, and tables that leave columns blank.

use cofferdam_tests::random::Random;

use super::{BASE64, holds, key};

/// A key and, below some of its lines, what another program writes meanwhile.
fn among(text: &str, before: &str, every: usize, other: &str) -> String {
    let row = |(index, line): (usize, &str)| {
        let other = if index > 0 && index % every == 0 { other } else { "" };
        format!("{before}{line}\n{other}")
    };
    text.lines().enumerate().map(row).collect()
}

/// Jobs of a build, services of a composition, and what a program says on its other channel: each writes its lines
/// between those of a key.
#[test]
fn keys_are_taken_out_among_lines_of_other_programs() {
    let mut random = Random::new(337);
    for kind in ["", "RSA ", "OPENSSH "] {
        let (text, mut body) = key(&mut random, kind);
        let last = random.text(BASE64, 22) + "==";
        let text = text.replace("-----END", &format!("{last}\n-----END"));
        body.push(last);
        for other in [
            "npm warn deprecated left@1.2.3: use right",
            "\u{2713} 12 passed (3.1s)",
            "[4/9] Linking target app",
            "INFO: ready on [::]:8080",
            "   Compiling left-pad v0.1.0",
            "...",
        ] {
            for every in [1, 3, 4] {
                holds(&among(&text, "", every, &format!("{other}\n")), &body, &[other, "END"]);
            }
            // What could be a part of the key is taken out with it.
            holds(&among(&text, "", 3, "hello, world\n"), &body, &["END"]);
            let others = format!("db-1   | {other}\n");
            holds(&among(&text, "web-1  | ", 3, &others), &body, &[&others, "END"]);
        }
    }
}

/// `sqlite3` in a box wraps its cells at 60 characters, and leaves the other columns blank from the second line on.
#[test]
fn keys_are_taken_out_of_tables_that_leave_columns_blank() {
    let mut random = Random::new(347);
    for kind in ["", "RSA ", "EC "] {
        let (text, body) = key(&mut random, kind);
        for width in [60, 64, 76] {
            let rows = text.lines().flat_map(|line| {
                let (front, rest) = line.split_at(line.len().min(width));
                [front, rest].into_iter().filter(|part| !part.is_empty())
            });
            let row = |(index, part): (usize, &str)| {
                let id = if index == 0 { "25" } else { "  " };
                format!("\u{2502} {id} \u{2502} {part:width$} \u{2502}\n")
            };
            let table: String = rows.enumerate().map(row).collect();
            let pieces: Vec<String> = body
                .iter()
                .map(|line| line[..line.len().min(width)].to_owned())
                .collect();
            holds(&table, &pieces, &["25"]);
        }
    }
}

/// Keys of OpenVPN are lines of hexadecimal digits.
#[test]
fn keys_of_openvpn_are_taken_out_of_what_tools_set_around_their_lines() {
    let mut random = Random::new(349);
    let body: Vec<String> = (0..16).map(|_| random.text("0123456789abcdef", 32)).collect();
    let [begin, end] = ["BEGIN", "END"].map(|what| ["-----", what, " OpenVPN Static key V1-----"].concat());
    let text = format!("{begin}\n{}\n{end}\n", body.join("\n"));
    for before in ["", "+", "    ", "web-1  | ", "2026-11-29T10:00:01.1Z ", "     7\t"] {
        holds(&among(&text, before, 100, ""), &body, &["BEGIN", "END"]);
    }
    holds(
        &format!("{{\"key\":\"{}\"}}\n", text.replace('\n', "\\n")),
        &body,
        &["BEGIN", "END"],
    );
}

/// An agent reads a file with numbers before its lines, all in one field of JSON: a short key ends on the line on which
/// its header stands.
#[test]
fn short_keys_are_taken_out_of_what_agents_read() {
    let mut random = Random::new(353);
    for separator in ["\u{2192}", "\u{2502} ", "\t"] {
        let (text, body) = key(&mut random, "EC ");
        let kept = [0, 1, 2, 13].map(|index| text.lines().nth(index).expect("a key has lines"));
        let line = |(index, line): (usize, &&str)| format!("{:>6}{separator}{line}\\n", index + 1);
        let content: String = kept.iter().enumerate().map(line).collect();
        holds(
            &format!("{{\"content\":\"{content}\"}}\n"),
            &body[..2],
            &["content", "END"],
        );
    }
}
