//! Full-screen programs and prompts under `exec --pty`: what a person sees is what they would see without it, but for
//! mask cells.

use std::process::{Command, Stdio};

use cofferdam_tests::plant::{Plant, credentials};
use cofferdam_tests::random::Random;

use crate::bed::{Bed, program};
use crate::outer::{Pair, converse_with, is_installed};
use crate::screen::Screen;
use crate::search::Search;

fn token(seed: u64) -> Plant {
    credentials(&mut Random::new(seed)).swap_remove(0)
}

/// Sixty lines, two of which hold the token.
fn notes(token: &Plant) -> String {
    let line = |number: usize| match number {
        7 => format!("  7 the key of the gate is {}; keep it dry\n", token.text()),
        41 => format!("{:>3} TOKEN={} # for the pump\n", number, token.text()),
        _ => format!("{number:>3} the wall keeps the water out, see chapter {}\n", number % 9),
    };
    (1..=60).map(line).collect()
}

/// How the token looks where it was taken out.
fn masked(token: &Plant) -> String {
    format!("{}{}", token.shown, "*".repeat(token.secret.len()))
}

#[test]
fn a_full_screen_program_looks_the_same() {
    let token = token(51);
    let program = env!("CARGO_BIN_EXE_fullscreen");
    let words = [program, "notes.txt"];
    let mut pair = Pair::start(&words, &[("notes.txt", &notes(&token))], Search::of([&token]));
    let length = token.secret.len();
    assert_eq!(pair.step("", "line   1 of  60"), length);
    assert!(pair.guarded_row(&masked(&token)).is_some());
    assert_eq!(pair.step("jjj", "line   4 of  60"), length);
    // The bar goes over the line with the token and on.
    assert_eq!(pair.step("jjj", "line   7 of  60"), length);
    assert_eq!(pair.step("jk", "line   7 of  60"), length);
    assert_eq!(pair.step("ssss", "line  11 of  60"), length);
    assert_eq!(pair.step(" ", "line  31 of  60"), length);
    pair.step("ihelo\x7flo\r", "took   5");
    pair.step(&format!("i{}", token.text()), &token.text());
    assert!(pair.guarded_row(&masked(&token)).is_some(), "what is typed is seen too");
    pair.step("\r", "took  40");
    pair.end("q");
}

#[test]
fn vim_looks_the_same() {
    if !is_installed("vim") {
        return;
    }
    let token = token(52);
    let words = ["vim", "-u", "NONE", "-i", "NONE", "-N", "-n", "notes.txt"];
    let mut pair = Pair::start(&words, &[("notes.txt", &notes(&token))], Search::of([&token]));
    assert_eq!(pair.step("", "22 the wall"), token.secret.len());
    pair.step(":set hlsearch incsearch\r", "22 the wall");
    pair.step("/pump\r", "# for the pump");
    assert!(pair.guarded_row(&masked(&token)).is_some());
    pair.step("ggdd", "23 the wall");
    pair.step("Oan inserted line\x1b", "an inserted line");
    pair.step(":%s/wall/dam/\r", "substitutions");
    pair.step("gg:split\r\x06", "the dam keeps");
    pair.step(":only\rGonew ", "new ");
    pair.step(&token.text(), &token.text());
    assert!(pair.guarded_row(&masked(&token)).is_some(), "what is typed is seen too");
    pair.step("\x1b:w\r", "written");
    pair.end(":q\r");
}

#[test]
fn less_looks_the_same() {
    if !is_installed("less") {
        return;
    }
    let token = token(53);
    let words = ["less", "-N", "notes.txt"];
    let mut pair = Pair::start(&words, &[("notes.txt", &notes(&token))], Search::of([&token]));
    assert_eq!(pair.step("", "notes.txt"), token.secret.len());
    pair.step(" ", "45 the wall");
    assert!(pair.guarded_row(&masked(&token)).is_some());
    pair.step("b", "  1 the wall");
    pair.step("/TOKEN\r", "# for the pump");
    pair.step("kkk", "38 the wall");
    pair.step("?gate\r", "  7 the key");
    pair.step("G", "60 the wall");
    pair.end("q");
}

#[test]
fn top_looks_the_same() {
    // What the machine does, at the top, is different at each moment.
    const SUMMARY: u16 = 6;
    if !is_installed("top") {
        return;
    }
    let token = token(54);
    // A process that does nothing, and has a secret among its arguments.
    let mut idle = Command::new("sh")
        .args(["-c", "read line", &token.text()])
        .stdin(Stdio::piped())
        .spawn()
        .expect("started");
    let pid = idle.id().to_string();
    let words = ["top", "-d", "3600", "-p", &pid];
    let mut pair = Pair::start(&words, &[], Search::of([&token])).below(SUMMARY);
    pair.step("", "COMMAND");
    // The columns are moved out by the key to the right, until there is room for the arguments, which are shown only
    // then: nobody can tell a token of which a part doesn't fit.
    for column in [
        "USER", "PR", "NI", "VIRT", "RES", "SHR", "S", "%CPU", "%MEM", "TIME+", "COMMAND",
    ] {
        let is_first = |screen: &Screen| screen.row(SUMMARY).split_whitespace().next() == Some(column);
        pair.step_until("\x1bOC", column, is_first);
    }
    assert_eq!(pair.step("c", &token.text()), token.secret.len());
    pair.step("z", &token.text());
    assert!(pair.guarded_row(&masked(&token)).is_some());
    pair.step_until("c", "names alone", |screen| !screen.text().contains("read line"));
    pair.step("c", &token.text());
    assert!(pair.guarded_row(&masked(&token)).is_some());
    pair.end("q");
    drop(idle.stdin.take());
    idle.wait().expect("waited for");
}

#[test]
fn a_python_prompt_looks_the_same() {
    if !is_installed("python3") {
        return;
    }
    let token = token(55);
    let mut pair = Pair::start(&["python3", "-q"], &[], Search::of([&token]));
    let is_prompt = |row: u16| move |screen: &Screen| screen.cursor() == (row, 4);
    pair.step_until("", "a prompt", is_prompt(0));
    pair.step_until("x = 6 * 8\x7f7\r", "a prompt", is_prompt(1));
    pair.step_until("x\r", "a prompt", is_prompt(3));
    let typed = format!("'{}'", token.text());
    pair.step(&typed, &typed);
    assert!(pair.guarded_row(&masked(&token)).is_some(), "what is typed is seen too");
    pair.step_until("\r", "a prompt", is_prompt(5));
    // Out of the history, and back to an empty line.
    pair.step_until("\x1b[A", "a longer line", |screen| screen.cursor().1 == 46);
    pair.step_until("\x1b[B", "a prompt", is_prompt(5));
    pair.step_until("1 / 0\r", "a prompt", |screen| {
        screen.text().contains("division by zero") && screen.cursor().1 == 4
    });
    pair.end("exit()\r");
}

/// What only begins as a name with a value does shows at each pause, until something separates a value from it.
#[test]
fn a_name_shows_as_it_is_typed() {
    let token = token(56);
    let mut pair = Pair::start(&["sh", "-c", "echo begun; exec cat"], &[], Search::of([&token]));
    pair.step("", "begun");
    let names = [
        "$ AWS_SECRET_ACCESS_KEY",
        "$ STRIPE_SECRET_KEY",
        "$ export DATADOG_API_KEY=",
        "$ aws secret access key",
        "$ a secret of theirs",
    ];
    for (number, name) in (0_u16..).zip(names) {
        for end in 1..=name.len() {
            let masked = pair.step(&name[end - 1..end], &name[..end]);
            assert_eq!(masked, 0, "{:?}", &name[..end]);
        }
        let written = (3 + 2 * number, 0);
        pair.step_until("\r", "the line once more", |screen| screen.cursor() == written);
    }
    pair.end("\x04");
}

/// A shell that has its own prompt again has all that its job said before it stopped.
#[test]
fn a_childs_last_words_are_out_before_the_host_stops_with_it() {
    let bed = Bed::new();
    let host = program().display().to_string();
    let counting = "i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo \"word $i\"; done; printf last; kill";
    // In a pipe it is the host that is asked to stop, as by a key.
    for (mode, stop) in [("--pty", "-STOP $$"), ("--pipe", "-TSTP $PPID; sleep 1")] {
        let script = format!(
            "set -m; \"$0\" exec --quiet {mode} -- sh -c '{counting} {stop}; echo again'; echo; echo the shell; fg; echo end"
        );
        let (shown, _) = converse_with(&bed, &["sh", "-c", &script, &host], &[]);
        let place = |word: &str| shown.find(word).unwrap_or_else(|| panic!("no {word:?} in {shown:?}"));
        assert!(place("word 400") < place("last"), "{shown}");
        assert!(
            place("last") < place("the shell") && place("the shell") < place("again"),
            "{mode}: {shown}"
        );
    }
}

/// What the guard ends in the midst can't give the terminal back: the host does, and says what happened on the screen
/// that the shell has.
#[test]
fn a_full_screen_program_that_is_blocked_leaves_the_terminal_as_a_shell_needs_it() {
    let bed = Bed::new();
    let config = bed.aside("block.toml", "[policy.at-least]\n\"credential.package\" = \"block\"\n");
    let host = program().display().to_string();
    let token = credentials(&mut Random::new(91))
        .into_iter()
        .find(|plant| plant.rule == "npm-token")
        .expect("it is planted");
    let written = bed.aside("token.txt", format!("token {}\n", token.text()));
    let painted = "\\033[?1049h\\033[?1h\\033=\\033[?25l\\033[?1006h\\033[2;5Hthe screen";
    let script = format!(
        "\"$0\" --config '{}' exec --pty -- sh -c 'printf \"{painted}\"; sleep 0.2; cat {}; sleep 1000'; echo \"code $?\"",
        config.display(),
        written.display()
    );
    let (shown, _) = converse_with(&bed, &["sh", "-c", &script, &host], &[]);
    let mut screen = Screen::new();
    screen.write(shown.as_bytes());
    let text = screen.text();
    assert!(!text.contains("the screen") && text.contains("code 121"), "{shown:?}");
    for reset in ["\x1b[?1l", "\x1b>", "\x1b[?25h", "\x1b[?1006l", "\x1b[?1049l"] {
        assert!(shown.contains(reset), "{reset:?} in {shown:?}");
    }
    let place = |word: &str| shown.rfind(word).unwrap_or_else(|| panic!("no {word:?} in {shown:?}"));
    assert!(
        place("\x1b[?1049l") < place("cofferdam: blocked: npm-token"),
        "{shown:?}"
    );
    assert!(place("cofferdam: blocked") < place("code 121"), "{shown:?}");
}
