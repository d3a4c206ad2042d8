//! Secrets over many lines, in the files that hold them: keys, service accounts, clusters, netrc, certificates; and
//! texts that only speak of them.

mod between;
mod drawn;
mod named;
mod whole;

use cofferdam_tests::random::Random;

use crate::bed::Bed;

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const LETTERS: &str = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

/// A key's header or footer, assembled so that no scanner takes this file for one.
fn line(what: &str, kind: &str) -> String {
    ["-----", what, " ", kind, "-----"].concat()
}

/// So many characters of base64 in lines of 64.
fn lines(random: &mut Random, count: usize) -> Vec<String> {
    (0..count).map(|_| random.text(BASE64, 64)).collect()
}

fn key(random: &mut Random, kind: &str) -> (String, Vec<String>) {
    let kind = format!("{kind}PRIVATE KEY");
    let body = lines(random, 12);
    let text = [
        vec![line("BEGIN", &kind)],
        body.clone(),
        vec![line("END", &kind), String::new()],
    ];
    (text.concat().join("\n"), body)
}

/// The key as if its numbers were encrypted, which two lines of words say.
fn locked(text: &str) -> String {
    let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123456789ABCDEF0123456789ABCDEF\n\n";
    let (first, rest) = text.split_once('\n').expect("a key has lines");
    format!("{first}\n{header}{rest}")
}

pub(crate) fn base64(text: &str) -> String {
    let characters = BASE64.as_bytes();
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        let mut written: String = (0..=group.len())
            .map(|index| char::from(characters[(bits >> (18 - 6 * index) & 63) as usize]))
            .collect();
        written.extend(std::iter::repeat_n('=', 3 - group.len()));
        written
    };
    text.as_bytes().chunks(3).map(group).collect()
}

/// Holds what comes out to not a piece of a secret, whole or byte by byte, and to all of the text around it.
fn holds(text: &str, secrets: &[String], stays: &[&str]) {
    let bed = Bed::new();
    let out = bed.feed(["filter"], text.as_bytes());
    assert_eq!((out.code(), out.errors().as_str()), (0, ""));
    let shown = out.text();
    for secret in secrets {
        let pieces = secret.as_bytes().windows(8).step_by(4);
        for piece in pieces {
            let piece = std::str::from_utf8(piece).expect("ASCII");
            assert!(!shown.contains(piece), "{piece} of {text}\ncomes out in {shown}");
        }
    }
    for stays in stays {
        assert!(shown.contains(stays), "{stays} of {text}\nis missing in {shown}");
    }
    let again = bed.feed(["filter"], shown.as_bytes());
    assert_eq!(again.text(), shown, "guarding it again changes nothing");
}

#[test]
fn private_keys_of_every_kind_are_taken_out() {
    let mut random = Random::new(301);
    for kind in ["", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ", "DSA "] {
        let (text, body) = key(&mut random, kind);
        holds(&format!("before\n{text}after\n"), &body, &["before", "after", "BEGIN"]);
        // As a patch, quoted, indented, and with the line ends of other systems.
        let patch: String = text.lines().map(|line| format!("+{line}\n")).collect();
        holds(&patch, &body, &[]);
        let quoted: String = text.lines().map(|line| format!("> {line}\n")).collect();
        holds(&quoted, &body, &[]);
        let indented: String = text.lines().map(|line| format!("    {line}\n")).collect();
        holds(&indented, &body, &[]);
        holds(&text.replace('\n', "\r\n"), &body, &[]);
    }
}

/// What tools set around each line that they print; a number stands for `#`, an id for `@`, a word for `~`, the line
/// for `%`, and blanks up to a box's right side for `$`.
const FRAMES: [&str; 28] = [
    "#:%",
    "deploy/app.pem:#:%",
    "     #\t%",
    "   # \u{2502} %",
    "2026-11-27T09:09:53.100#Z %",
    "Nov 27 09:09:53 host app[123]: %",
    "web_1  | %",
    "[pod/web-1/app] %",
    "{\"ts\": \"2026-11-27T09:10:#Z\", \"msg\": \"%\"}",
    "{\"msg\":\"%\",\"level\":\"info\",\"seq\":#}",
    "time=\"2026-11-27T09:10:#Z\" level=info msg=\"%\"",
    "INFO  [main] (App.java:#) - %",
    "##[debug]%",
    "#9 0.#00 %",
    "| %                    |",
    "\u{2502} %$\u{2502}",
    "* %$*",
    "{\"id\":\"@\",\"message\":\"%\"}",
    "{\"log\":\"%\",\"kubernetes\":{\"pod_id\":\"@\"},\"n\":#}",
    "2026-11-27T09:10:09.#Z stdout F %",
    "<134>1 2026-11-27T09:10:#Z h app - - - %",
    "[550e8400-e29b-41d4-a716-@] %",
    "{\"ok\": ~, \"retries\": #, \"message\": \"%\"}",
    "{\"log\": \"%\\n\", \"stream\": \"stdout\", \"time\": \"2026-11-27T09:10:#.5Z\"}",
    "    \"%\\n\",",
    "  . \"%\\n\"",
    "    \"%\\n\" +",
    "#,\"%\",x#",
];

#[test]
fn keys_are_taken_out_of_what_tools_set_around_their_lines() {
    let mut random = Random::new(308);
    let (text, body) = key(&mut random, "RSA ");
    for (frame, text) in FRAMES
        .into_iter()
        .flat_map(|frame| [(frame, text.clone()), (frame, locked(&text))])
    {
        let lines = framed(frame, &text);
        let [first, .., last, after] = &lines[..] else {
            panic!("a key has lines")
        };
        let stays = ["begins", first, last, after];
        holds(&format!("begins\n{}\n", lines.join("\n")), &body, &stays);
    }
}

/// A log in a field of JSON, or in a program's text, has what a tool sets before each line behind line ends that are
/// spelled out.
#[test]
fn keys_are_taken_out_of_logs_in_fields() {
    let mut random = Random::new(317);
    let (text, body) = key(&mut random, "RSA ");
    for frame in [
        "web_1  | ",
        "[pod/api/api] ",
        "2026-11-29T10:11:00.123Z INFO ",
        "10:11:00 ",
        "Nov 29 10:11:00 host app[12]: ",
        "a/k.pem:1:",
        " * ",
        "+",
    ] {
        let log: Vec<String> = text.lines().map(|line| format!("{frame}{line}")).collect();
        for field in [log.join("\n"), format!("before\n{}\nbehind", log.join("\n"))] {
            let once = serde_json::json!({ "content": field }).to_string();
            let twice = serde_json::json!({ "c": once }).to_string();
            holds(&once, &body, &["content"]);
            holds(&twice, &body, &["content"]);
        }
        holds(&format!("echo '{}'", log.join("\n")), &body, &["echo"]);
    }
}

/// Wherever a line of base64 ends: in the header, before the word that makes one of it, or behind.
#[test]
fn keys_in_wrapped_base64_are_taken_out_wherever_a_line_ends() {
    let mut random = Random::new(318);
    for width in [60, 64, 76] {
        for before in 20..60 {
            let (text, _) = key(&mut random, "RSA ");
            let whole = base64(&format!("{} {text}", "x".repeat(before)));
            let lines: Vec<String> = whole
                .as_bytes()
                .chunks(width)
                .map(|line| String::from_utf8_lossy(line).into_owned())
                .collect();
            let secret = &lines[2..lines.len() - 2];
            holds(&lines.join("\n"), secret, &[&lines[0][..16]]);
        }
    }
}

/// PuTTY's own form has no header of dashes.
#[test]
fn keys_in_puttys_form_are_taken_out_behind_anything() {
    let mut random = Random::new(337);
    let (public, private) = (
        random.text(BASE64, 64),
        [random.text(BASE64, 64), random.text(BASE64, 48)],
    );
    let [first, second] = &private;
    let text = format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: k\nPublic-Lines: 1\n{public}\nPrivate-Lines: 2\n{first}\n{second}\nPrivate-MAC: 00\n"
    );
    for (before, behind) in [
        ("", ""),
        ("  ", ""),
        ("web_1  | ", ""),
        ("+", ""),
        ("> ", ""),
        ("2026-11-29T10:00:00Z ", ""),
        ("| ", " |"),
    ] {
        let framed: String = text.lines().map(|line| format!("{before}{line}{behind}\n")).collect();
        holds(&framed, &private, &[&public, "Private-MAC: 00"]);
    }
    let escaped = format!("{{\"key\":\"{}\",\"next\":1}}\n", text.replace('\n', "\\n"));
    holds(&escaped, &private, &[&public, "next"]);
    holds(
        "Private-Lines: 2\nand then some prose about what they hold.\n",
        &[],
        &["some prose"],
    );
}

/// What stands behind a line may all be such as a key's lines have. Then the end of the header's line is taken out
/// with the key.
#[test]
fn keys_are_taken_out_with_what_may_be_a_part_of_their_lines() {
    let mut random = Random::new(310);
    let (text, body) = key(&mut random, "RSA ");
    for text in [text.clone(), locked(&text)] {
        let lines = framed("level=info msg=\"%\" span=@ sampled=~", &text);
        let [.., last, after] = &lines[..] else {
            panic!("a key has lines")
        };
        holds(&format!("{}\n", lines.join("\n")), &body, &["BEGIN", last, after]);
    }
}

/// A tool's lines of a text, and of one more word.
fn framed(frame: &str, text: &str) -> Vec<String> {
    let framed = |(index, line): (usize, &str)| {
        let fill = " ".repeat(68 - line.len());
        let id = format!("4f1c-{}a9-{:x}", index * 7, index * 7_919);
        let word = ["true", "false", "null", "7"][index % 4];
        let around = frame.replace('#', &(index + 5).to_string());
        let around = around.replace('@', &id).replace('~', word);
        around.replace('$', &fill).replace('%', line)
    };
    text.lines().chain(["done"]).enumerate().map(framed).collect()
}

/// What stands directly before a header, as the end of a file that has no line end does, is no sign of what stands
/// before a key's lines.
#[test]
fn keys_directly_behind_other_text_are_taken_out() {
    let mut random = Random::new(311);
    let (long, body) = key(&mut random, "RSA ");
    let line = random.text(BASE64, 64);
    let kind = "PRIVATE KEY";
    let short = format!("{}\n{line}\n{}\n", self::line("BEGIN", kind), self::line("END", kind));
    for before in ["done", "x", "5", "1-", "v1.2.", "data/", "a+", "key="] {
        holds(&format!("{before}{long}after\n"), &body, &[before, "after"]);
        holds(
            &format!("{before}{short}after\n"),
            std::slice::from_ref(&line),
            &[before, "after"],
        );
    }
    // All on one line, that a terminal or a mail has wrapped.
    let joined = short.replace('\n', "");
    for width in [60, 70, 76, 80, 90] {
        let (first, rest) = joined.split_at(width);
        let first_piece = line[..width - 27].to_owned();
        let last_piece = line[width - 27..].to_owned();
        holds(
            &format!("{first}\n{rest}\nafter\n"),
            &[first_piece, last_piece],
            &["after"],
        );
    }
}

/// Keys one behind another are each followed as the first is, and headers without a key say nothing of what stands
/// below them.
#[test]
fn keys_and_headers_in_a_row_are_told_apart() {
    let mut random = Random::new(312);
    let keys: Vec<_> = (0..6).map(|_| key(&mut random, "")).collect();
    let text: String = keys.iter().map(|(text, _)| text.clone()).collect();
    let (last, body) = key(&mut random, "RSA ");
    let all: Vec<String> = keys.iter().flat_map(|(_, body)| body.clone()).chain(body).collect();
    holds(&format!("{text}{}after\n", locked(&last)), &all, &["after"]);
    let headers = format!("{}\n", line("BEGIN", "PRIVATE KEY")).repeat(14);
    let text = format!("{headers}total of fourteen files\nthen we go on\nNext: the end.\n");
    assert_eq!(Bed::new().feed(["filter"], text.as_bytes()).text(), text);
}

/// A key in base64 that was cut off ends with a short line, and what follows it is no part of the text.
#[test]
fn a_key_in_base64_that_was_cut_off_is_taken_out_to_its_end() {
    let mut random = Random::new(313);
    let (text, _) = key(&mut random, "RSA ");
    for length in 290..305 {
        let wrapped: Vec<String> = base64(&text[..length])
            .trim_end_matches('=')
            .as_bytes()
            .chunks(76)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let secrets: Vec<_> = wrapped.iter().skip(1).cloned().collect();
        holds(&format!("k: {}\ndone\n", wrapped.join("\n")), &secrets, &["k: "]);
    }
}

/// Line ends that are escapes are line ends; an encrypted key's lines of words are spelled out with them.
#[test]
fn keys_with_escapes_for_line_ends_are_taken_out() {
    let mut random = Random::new(309);
    let (text, body) = key(&mut random, "EC ");
    for (end, around) in [
        ("%0A", "::error::%"),
        ("&#10;", "<failure message=\"%\"/>"),
        ("&#xA;", "<a b='%'/>"),
        ("\\n", "{\"key\": \"%\"}"),
        ("\\u000a", "{\"key\": \"%\"}"),
    ] {
        let line = around.replace('%', &text.trim_end().replace('\n', end));
        holds(&format!("{line}\n"), &body, &["BEGIN"]);
    }
    let encrypted = locked(&text);
    holds(
        &format!("{}\n", serde_json::json!({ "key": encrypted })),
        &body,
        &["BEGIN"],
    );
}

/// In random base64 the forms of literals stand by chance, and in what they open others do: none of it may stop the
/// guard.
#[test]
fn a_key_that_never_ends_is_taken_out_to_the_end() {
    let mut random = Random::new(307);
    let bed = Bed::new();
    for _ in 0..3 {
        let body = lines(&mut random, 30_000).join("\n");
        let text = format!("{}\n{body}\n", line("BEGIN", "RSA PRIVATE KEY"));
        let done = bed.feed(["filter"], text.as_bytes());
        assert_eq!((done.code(), done.errors().as_str()), (0, ""));
        assert!(done.out.len() < 200, "{} bytes come out", done.out.len());
    }
}

#[test]
fn keys_of_service_accounts_are_taken_out() {
    let mut random = Random::new(302);
    let (text, body) = key(&mut random, "");
    let account = serde_json::json!({
        "type": "service_account", "project_id": "a-project", "private_key": text,
        "client_email": "someone@a-project.iam.gserviceaccount.com",
    });
    holds(&format!("{account}\n"), &body, &["service_account", "a-project"]);
    holds(&format!("{account:#}\n"), &body, &["service_account", "client_email"]);
    // A log of JSON holds it as a string.
    let logged = serde_json::json!({ "level": "info", "message": account.to_string() });
    holds(&format!("{logged}\n"), &body, &["level"]);
}

#[test]
fn keys_and_tokens_of_clusters_are_taken_out() {
    let mut random = Random::new(303);
    let (text, _) = key(&mut random, "RSA ");
    let data = base64(&text);
    let header = ["eyJhbGciOiJS", "UzI1NiIsImtpZCI6IiJ9"].concat();
    let token = format!("{}.{}", random.text(LETTERS, 80), random.text(LETTERS, 86));
    let config = format!(
        "apiVersion: v1\nkind: Config\nusers:\n- name: admin\n  user:\n    client-key-data: {data}\n    token: {header}.eyJ{token}\n"
    );
    // What encodes the header is public, and stays; the footer says the same once more.
    let inside = |data: &str| data[60..data.len() - 60].to_owned();
    let secrets = [inside(&data), token];
    holds(&config, &secrets, &["apiVersion", "client-key-data", "token"]);
    let wrapped: Vec<&str> = (0..data.len())
        .step_by(76)
        .map(|from| &data[from..data.len().min(from + 76)])
        .collect();
    let secrets: Vec<String> = wrapped[1..wrapped.len() - 1]
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
    holds(&format!("data:\n{}\n", wrapped.join("\n")), &secrets, &["data"]);
}

#[test]
fn passwords_of_netrc_files_are_taken_out() {
    let mut random = Random::new(304);
    let password = random.text(LETTERS, 18);
    for text in [
        format!("machine api.example.org login deploy password {password}\n"),
        format!("machine api.example.org\n\tlogin deploy\n\tpassword {password}\n"),
        format!("default login anonymous password {password}\n"),
    ] {
        holds(&text, std::slice::from_ref(&password), &["login", "password"]);
    }
}

#[test]
fn tokens_that_are_wrapped_are_taken_out_to_their_last_line() {
    let mut random = Random::new(306);
    let header = ["eyJhbGciOiJI", "UzI1NiIsInR5cCI6IkpXVCJ9"].concat();
    let token = format!("{header}.eyJ{}.{}", random.text(LETTERS, 300), random.text(LETTERS, 43));
    for width in [60, 64, 76] {
        let lines: Vec<&str> = (0..token.len())
            .step_by(width)
            .map(|from| &token[from..token.len().min(from + width)])
            .collect();
        let secrets: Vec<String> = lines
            .iter()
            .map(|line| line.trim_start_matches("eyJ").to_owned())
            .collect();
        holds(
            &format!("The token:\n{}\nIt ends there.\n", lines.join("\n")),
            &secrets,
            &["It ends there."],
        );
    }
}

#[test]
fn a_key_behind_its_certificate_is_taken_out_and_the_certificate_stays() {
    let mut random = Random::new(305);
    let certificate = lines(&mut random, 14).join("\n");
    let (text, body) = key(&mut random, "");
    let bundle = format!(
        "{}\n{certificate}\n{}\n{text}",
        line("BEGIN", "CERTIFICATE"),
        line("END", "CERTIFICATE")
    );
    holds(&bundle, &body, &[&certificate]);
}

#[test]
fn texts_that_speak_of_keys_are_no_alarm() {
    let (begin, end) = (line("BEGIN", "RSA PRIVATE KEY"), line("END", "RSA PRIVATE KEY"));
    for text in [
        format!("A file begins with `{begin}` and ends with `{end}`.\n"),
        format!("{begin}\n...\n{end}\n"),
        format!("{begin}\n<your key>\n{end}\n"),
        format!("+    if line == \"{begin}\":\n-        return parse(line)\n"),
        format!("grep -l -e '{begin}' -r .\n"),
        format!("| `{begin}` | PKCS#1 |\n| `{end}` | its end |\n"),
    ] {
        let bed = Bed::new();
        let done = bed.feed(["filter"], text.as_bytes());
        assert_eq!((done.text(), done.code()), (text, 0));
    }
}

/// Only the first lines of a key, as by `head`, and then what the next program prints.
#[test]
fn what_follows_a_key_that_was_cut_off_is_no_part_of_it() {
    let (text, body) = key(&mut Random::new(29), "RSA ");
    let kept = text.lines().take(6).map(|line| format!("{line}\n")).collect::<String>();
    let numbers: String = (1..3000).map(|number| format!("{number}\n")).collect();
    let words = "the wall keeps the water out and the gate lets the boats in\n".repeat(9);
    for behind in [numbers, words] {
        let text = format!("{kept}{behind}last line\n");
        let bed = Bed::new();
        let shown = bed.feed(["filter"], text.as_bytes()).text();
        assert!(body[..5].iter().all(|line| !shown.contains(&line[..12])), "{shown}");
        assert!(shown.contains(&behind[12..]), "{}", &shown[..200]);
        assert!(shown.ends_with("last line\n"));
    }
}
