//! What bad input gets: one clear message with a code and a next step, no panic, no record that doesn't verify.

use std::fs;
use std::path::Path;
use std::process::Command;

use cofferdam_tests::plant::{Outlet, Text};
use cofferdam_tests::script::Line;

use crate::bed::{Bed, Done, cache, finish, guest, program, root};

/// Standard error of a refused session, with what differs from run to run taken out.
fn refused(bed: &Bed, config: &str, exit: i32) -> String {
    let config = bed.aside("bad.toml", config);
    let config = config.display().to_string();
    let done = bed.run(["--config", config.as_str(), "exec", "--", "echo", "never"]);
    assert_eq!((done.text().as_str(), done.code()), ("", exit), "{}", done.errors());
    assert_eq!(bed.runs().len(), 0, "nothing was begun");
    told(bed, &done)
}

/// What was said, checked to be a message and no panic.
fn told(bed: &Bed, done: &Done) -> String {
    let errors = done.errors();
    assert!(
        !errors.contains("panicked") && !errors.contains("RUST_BACKTRACE"),
        "{errors}"
    );
    let home = bed.home();
    let bed = home.parent().expect("the bed").display().to_string();
    let errors = errors
        .replace(&bed, "BED")
        .replace(&root().display().to_string(), "ROOT");
    let mut plain = String::new();
    for word in errors.split_inclusive([' ', ',', '\n']) {
        match word.split_once("sha256:") {
            Some((before, rest)) => {
                let digest = rest.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
                plain.push_str(&format!("{before}sha256:DIGEST{digest}"));
            }
            None => plain.push_str(word),
        }
    }
    plain.trim_end().to_owned()
}

/// The configuration of one plugin that is a file.
fn plugin(source: &Path) -> String {
    format!("[plugins.x]\nsource = \"{}\"\n", source.display())
}

#[test]
fn a_component_that_is_none_is_refused() {
    let bed = Bed::new();
    let file = bed.aside("text.wasm", "no component\n");
    insta::assert_snapshot!(refused(&bed, &plugin(&file), 125), @"error CFD-202: plugin `x`: the file is not a WebAssembly component; name the `.wasm` file of a component, such as wit-component or wasm-tools make it (declared by operator BED/aside/bad.toml:2)");
}

#[test]
fn a_core_module_is_refused() {
    let bed = Bed::new();
    let file = bed.aside("core.wasm", b"\0asm\x01\0\0\0");
    insta::assert_snapshot!(refused(&bed, &plugin(&file), 125), @"error CFD-203: plugin `x`: the file is a core module, not a component; wrap it with `wasm-tools component new` (declared by operator BED/aside/bad.toml:2)");
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let bed = Bed::new();
    insta::assert_snapshot!(refused(&bed, &plugin(Path::new("/nowhere/x.wasm")), 125), @"error CFD-201: plugins.x.source: the component /nowhere/x.wasm can't be read: there is no such file; mend its source");
}

#[test]
fn a_cut_component_is_refused() {
    let bed = Bed::new();
    let whole = fs::read(guest("personal")).expect("a guest");
    for part in [5, 8, 100, whole.len() / 2, whole.len() - 1] {
        let file = bed.aside("cut.wasm", &whole[..part]);
        let said = refused(&bed, &plugin(&file), 125);
        assert!(
            said.starts_with("error CFD-2") && said.lines().count() == 1,
            "{part}: {said}"
        );
    }
}

#[test]
fn a_world_that_does_not_match_is_refused() {
    let bed = Bed::new();
    insta::assert_snapshot!(refused(&bed, &plugin(&guest("standard")), 125), @"error CFD-204: plugin `x`: it does not export `cofferdam:detector/detector`, which a privacy detector needs; it exports `cofferdam:guard-policy/policy@0.1.0`; see whether it is configured as the right kind (declared by operator BED/aside/bad.toml:2)");
    let policy = format!("[policy]\nsource = \"{}\"\n", guest("personal").display());
    insta::assert_snapshot!(refused(&bed, &policy, 125), @"error CFD-204: plugin `policy`: it does not export `cofferdam:guard-policy/policy`, which a guard policy needs; it exports `cofferdam:detector/detector@0.1.0`; see whether it is configured as the right kind");
}

#[test]
fn an_import_that_was_not_granted_is_refused() {
    let bed = Bed::new();
    // A component of nothing but an import: `(component (import "wasi:clocks/monotonic-clock@0.2.0" (instance
    // (export "now" (func (result u64))))))`, in its binary form.
    let name = b"wasi:clocks/monotonic-clock@0.2.0";
    let instance = [b"\x42\x02\x01\x40\x00\x00\x77\x04\x00\x03now\x01\x00".as_slice()].concat();
    let mut types = vec![1];
    types.extend(&instance);
    let mut import = vec![1, 0, u8::try_from(name.len()).expect("short")];
    import.extend(name);
    import.extend([5, 0]);
    let section = |id: u8, body: &[u8]| [&[id, u8::try_from(body.len()).expect("short")], body].concat();
    let component = [b"\0asm\x0d\0\x01\0".to_vec(), section(7, &types), section(10, &import)].concat();
    let file = bed.aside("clock.wasm", component);
    insta::assert_snapshot!(refused(&bed, &plugin(&file), 125), @"error CFD-205: plugin `x`: it imports `wasi:clocks/monotonic-clock@0.2.0`, which it was not granted; grant it in the operator's configuration, or use another plugin (declared by operator BED/aside/bad.toml:2)");
}

#[test]
fn a_bad_digest_is_refused() {
    let bed = Bed::new();
    let config = format!("{}digest = \"sha256:{}\"\n", plugin(&guest("hostile")), "0".repeat(64));
    insta::assert_snapshot!(refused(&bed, &config, 125), @"error CFD-120: plugin `x`: its digest is sha256:DIGEST, and sha256:DIGEST is pinned; update the pin if the change is meant, else restore the file (declared by operator BED/aside/bad.toml:2)");
    let config = format!("{}digest = \"sha256:12\"\n", plugin(&guest("hostile")));
    insta::assert_snapshot!(refused(&bed, &config, 125), @r#"error CFD-107: operator BED/aside/bad.toml:3: plugins.x.digest: the value is out of its bounds; write "sha256:DIGEST" and 64 lower-case hexadecimal digits"#);
}

#[test]
fn a_changed_file_under_an_unchanged_lock_is_refused() {
    let bed = Bed::new();
    let file = bed.aside("mine.wasm", fs::read(guest("hostile")).expect("a guest"));
    let config = bed.aside("locked.toml", plugin(&file)).display().to_string();
    let words = ["--config", config.as_str()];
    let with = |rest: &[&str]| bed.run(words.iter().chain(rest));
    let done = with(&["plugin", "lock"]);
    assert_eq!(done.code(), 0, "{}", done.errors());
    assert_eq!(with(&["exec", "--", "true"]).code(), 0);
    fs::write(&file, fs::read(guest("personal")).expect("a guest")).expect("written");
    let done = with(&["exec", "--", "echo", "never"]);
    assert_eq!((done.text().as_str(), done.code()), ("", 125));
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-120: plugin `x`: its digest is sha256:DIGEST, and sha256:DIGEST is pinned; update the pin if the change is meant, else restore the file (declared by operator BED/aside/locked.toml:2)");
}

#[test]
fn a_policy_with_an_unknown_category_is_refused() {
    let bed = Bed::new();
    let config = "[[policy.settings.rules]]\ncategory = \"credentail\"\naction = \"block\"\n";
    insta::assert_snapshot!(refused(&bed, config, 125), @"error CFD-209: plugin `standard`: the policy refused its configuration, saying: unknown category `credentail` in `rules[0]`: no loaded rule is of it; change `settings` in the configuration");
}

#[test]
fn unknown_keys_and_values_are_refused_with_a_suggestion() {
    let bed = Bed::new();
    let config = "[gaurd]\nidle = 30\n\n[session]\nmode = \"terminal\"\n";
    insta::assert_snapshot!(refused(&bed, config, 125), @r#"
    error CFD-103: operator BED/aside/bad.toml:1: gaurd: no such key; did you mean guard?
    error CFD-107: operator BED/aside/bad.toml:5: session.mode: the value is out of its bounds; write "auto", "pty" or "pipe"
    "#);
    insta::assert_snapshot!(refused(&bed, "[session\n", 125), @"error CFD-102: operator BED/aside/bad.toml:1: not valid TOML: unclosed table, expected `]`");
    let missing = bed.run(["--config", "none.toml", "exec", "--", "true"]);
    assert_eq!(missing.code(), 125);
    insta::assert_snapshot!(told(&bed, &missing), @"error CFD-101: operator BED/work/none.toml: there is no such file; name one that is there");
}

#[test]
fn a_command_that_does_not_exist_is_told() {
    let bed = Bed::new();
    let done = bed.run(["exec", "--", "there-is-no-such-command"]);
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-401: `there-is-no-such-command`: the command was not found; check its spelling and PATH, or give its full path");
    fs::write(bed.work().join("plain"), "text").expect("written");
    let done = bed.run(["exec", "--", "./plain"]);
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-402: `./plain`: the command was found but may not be executed; check its permissions (chmod +x) and that it is no folder");
    bed.runs().iter().for_each(|run| assert_eq!(bed.verify(run).0, 0));
}

#[test]
fn a_wrong_command_line_is_told() {
    let bed = Bed::new();
    for words in [
        vec!["exec"],
        vec!["exce", "--", "true"],
        vec!["exec", "--pty", "--pipe", "--", "true"],
    ] {
        let done = bed.run(&words);
        assert_eq!((done.text().as_str(), done.code()), ("", 125), "{words:?}");
        told(&bed, &done);
    }
    let done = bed.run(["run", "show", "01"]);
    assert_eq!(done.code(), 125);
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-507: no run here has an id that begins so; `cofferdam run list` shows them");
}

#[test]
fn a_place_for_records_that_cannot_be_written_is_told() {
    let bed = Bed::new();
    // A file where the folder should be hinders root as well.
    fs::write(bed.work().join(".runs"), "").expect("written");
    let done = bed.run(["exec", "--", "echo", "never"]);
    assert_eq!((done.text().as_str(), done.code()), ("", 125));
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-501: .runs is a symbolic link or not a folder, and records are not written through one; move it elsewhere, or let records.folder name another folder");
}

#[test]
fn read_only_records_are_told() {
    let bed = Bed::new();
    fs::create_dir(bed.work().join(".runs")).expect("made");
    let Some(done) = mounted(&bed, "mount -t tmpfs -o ro none .runs", "\"$@\" exec -- echo never") else {
        return;
    };
    assert_eq!((done.text().as_str(), done.code()), ("", 125), "{}", done.errors());
    insta::assert_snapshot!(told(&bed, &done), @"error CFD-501: cannot create .runs: Read-only file system (os error 30); make the folder writable or have records kept elsewhere (records.folder)");
}

/// Runs a script behind a mount that only it sees; `None` where this machine lets no user mount.
fn mounted(bed: &Bed, mount: &str, script: &str) -> Option<Done> {
    let run = |script: &str| {
        let mut command = Command::new("unshare");
        command
            .args(["--map-root-user", "--mount", "sh", "-c", script, "sh"])
            .arg(program());
        bed.settle(&mut command);
        command
            .output()
            .is_ok_and(|output| output.status.success())
            .then(|| finish(&mut command))
    };
    run(mount)?;
    let mut command = Command::new("unshare");
    command.args([
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        &format!("{mount} && {script}"),
        "sh",
    ]);
    command.arg(program());
    bed.settle(&mut command);
    Some(finish(&mut command))
}

/// Much output with secrets in it, and what has to be seen of it.
fn much(bed: &Bed) -> (String, Vec<u8>) {
    let text = Text::with_everything(111);
    let clean = b"a line of public text, one of many of its kind\n".repeat(20_000);
    let raw = text.chunks(&[]).concat();
    let lines = [
        Line::Out(raw.clone()),
        Line::Out(clean.clone()),
        Line::Out(raw),
        Line::Err(b"to the other side\n".to_vec()),
    ];
    let words = bed.speaker("much", &lines);
    let words = words.map(|word| word.display().to_string()).join(" ");
    let guarded = text.guarded(Outlet::Pipe, &[]);
    (words, [guarded.as_slice(), &clean, &guarded].concat())
}

#[test]
fn a_full_disk_cuts_the_record_and_not_the_output() {
    let bed = Bed::new();
    let (words, wanted) = much(&bed);
    let script = format!(
        "cd .full && \"$@\" exec -- {words}; echo \"code $?\" >&2; \
         \"$@\" run verify $(ls .runs/default/cli) >&2; echo \"verdict $?\" >&2"
    );
    fs::create_dir(bed.work().join(".full")).expect("made");
    let Some(done) = mounted(&bed, "mount -t tmpfs -o size=512k none .full", &script) else {
        return;
    };
    assert!(done.out == wanted, "all is shown: {}", done.errors());
    check_cut(&done);
}

#[test]
fn a_limit_on_the_size_of_files_cuts_the_record_and_not_the_output() {
    let bed = Bed::new();
    let (words, wanted) = much(&bed);
    // Half a megabyte, or a quarter where a block is 512 bytes.
    let script = format!(
        "ulimit -f 512; \"$1\" exec -- {words}; echo \"code $?\" >&2; \
         \"$1\" run verify $(ls .runs/default/cli) >&2; echo \"verdict $?\" >&2"
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(program());
    bed.settle(&mut command);
    let done = finish(&mut command);
    assert!(done.out == wanted, "all is shown: {}", done.errors());
    check_cut(&done);
}

fn check_cut(done: &Done) {
    let said = done.errors();
    assert!(said.contains("CFD-502"), "{said}");
    assert!(said.contains("to the other side\n"), "{said}");
    assert!(said.contains("\ncode 0\n"), "{said}");
    assert!(said.contains("\nverdict 0\n"), "what is recorded verifies: {said}");
}

#[test]
fn a_disk_that_is_full_can_end_the_session() {
    let bed = Bed::new();
    let config = bed.aside("stop.toml", "[records]\non-full = \"stop\"\n");
    let lines = [Line::Out(b"public text, again and again\n".repeat(1_000)), Line::Again];
    let words = bed
        .speaker("ever", &lines)
        .map(|word| word.display().to_string())
        .join(" ");
    let script = format!(
        "ulimit -f 512; \"$1\" --config {} exec -- {words} > /dev/null; echo \"code $?\" >&2; \
         \"$1\" run verify $(ls .runs/default/cli) >&2; echo \"verdict $?\" >&2",
        config.display()
    );
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh"]).arg(program());
    bed.settle(&mut command);
    let said = finish(&mut command).errors();
    assert!(
        said.contains("\ncode 122\n") && said.contains("\nverdict 0\n"),
        "{said}"
    );
}

#[test]
fn a_cache_that_cannot_be_used_is_told_and_done_without() {
    let bed = Bed::new();
    let file = bed.aside("file", "");
    let mut command = bed.command(["exec", "--", "echo", "goes on"]);
    let done = finish(command.env("XDG_CACHE_HOME", file.join("below")));
    assert_eq!((done.text().as_str(), done.code()), ("goes on\n", 0));
    assert!(done.errors().starts_with("warning CFD-221: "), "{}", done.errors());
    assert!(cache().is_dir());
}

#[test]
fn a_log_that_can_take_no_more_is_a_right_beginning() {
    let bed = Bed::new();
    let text = Text::with_everything(113);
    // So many decisions that the log itself reaches the limit, and its closing entry has no room.
    let lines = vec![Line::Out(text.chunks(&[]).concat()); 400];
    let words = bed
        .speaker("many", &lines)
        .map(|word| word.display().to_string())
        .join(" ");
    let mut command = Command::new("sh");
    let script = format!("ulimit -f 512; exec \"$1\" exec -- {words}");
    command.args(["-c", &script, "sh"]).arg(program());
    bed.settle(&mut command);
    let done = finish(&mut command);
    assert!(done.out == text.guarded(Outlet::Pipe, &[]).repeat(400), "all is shown");
    assert!(done.errors().contains("CFD-502"), "{}", done.errors());
    assert_eq!((done.code(), bed.verify(&bed.run_folder()).0), (0, 3));
}
