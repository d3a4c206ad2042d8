//! `--json`: every line fits its schema, carries the names that codex gives, and every item that starts is completed.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::time::Duration;

use cofferdam_tests::plant::{Outlet, Text};
use cofferdam_tests::script::Line;
use jsonschema::Validator;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::bed::{Bed, Done, finish, finish_with, root};

/// The validator of one of the committed schemas.
fn schema(name: &str) -> Validator {
    let text = std::fs::read_to_string(root().join("schemas").join(name)).expect("a schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::validator_for(&schema).expect("a sound schema")
}

fn fits(schema: &Validator, line: &Value) {
    let errors: Vec<_> = schema.iter_errors(line).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{line}\ndoesn't fit: {errors:#?}");
}

/// The stream, each line checked by itself and all of them together.
fn stream(text: &str) -> Vec<Value> {
    let schema = schema("stream.v1.json");
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect();
    let mut open: BTreeMap<String, Value> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate() {
        fits(&schema, line);
        assert_eq!(line["sequence"], place, "no line is missing");
        let id = || line["item"]["id"].as_str().expect("an item has an id").to_owned();
        match kind(line) {
            "item.started" => assert_eq!(open.insert(id(), line["item"]["type"].clone()), None),
            "item.updated" => assert_eq!(open.get(&id()), Some(&line["item"]["type"])),
            "item.completed" => {
                open.remove(&id());
            }
            _ => {}
        }
    }
    assert!(open.is_empty(), "never completed: {open:?}\n{text}");
    assert_eq!((kind(&lines[0]), kind(&lines[1])), ("thread.started", "turn.started"));
    let last = kind(lines.last().expect("a last line"));
    assert!(matches!(last, "turn.completed" | "turn.failed"), "{last}");
    lines
}

fn kind(line: &Value) -> &str {
    line["type"].as_str().expect("a type")
}

/// The command's last state.
fn command(lines: &[Value]) -> &Value {
    let completed = |line: &&Value| kind(line) == "item.completed" && line["item"]["type"] == "command_execution";
    let mut found = lines.iter().filter(completed);
    let item = &found.next().expect("the command is completed")["item"];
    assert!(found.next().is_none(), "once");
    item
}

fn json(bed: &Bed, options: &[&str], lines: &[Line]) -> Done {
    let mut all = vec!["--json"];
    all.extend(options);
    finish(&mut bed.exec(&all, "script", lines))
}

#[test]
fn every_line_fits_its_schema_and_the_deltas_are_the_output() {
    let text = Text::with_everything(91);
    for (mode, outlet, channel) in [
        ("--pipe", Outlet::Pipe, "stdout"),
        ("--pty", Outlet::Terminal, "terminal"),
    ] {
        let bed = Bed::new();
        let mut script: Vec<Line> = text.chunks(&text.places()).into_iter().map(Line::Out).collect();
        script.push(Line::Exit(3));
        let done = json(&bed, &[mode], &script);
        assert_eq!((done.code(), done.errors().as_str()), (3, ""));
        let lines = stream(&done.text());
        let wanted = String::from_utf8(text.guarded(outlet, &[])).expect("text");
        let mut offset = 0;
        let mut output = String::new();
        for line in lines.iter().filter(|line| !line["item"]["delta"].is_null()) {
            let item = &line["item"];
            let delta = item["delta"].as_str().expect("text");
            assert!(delta.len() <= 64 * 1024);
            assert_eq!((&item["channel"], &item["offset"]), (&channel.into(), &offset.into()));
            offset += item["bytes"].as_u64().expect("a number");
            output.push_str(delta);
        }
        assert_eq!(output, wanted);
        let item = command(&lines);
        assert_eq!(item["aggregated_output"], wanted);
        assert_eq!((&item["exit_code"], &item["status"]), (&3.into(), &"failed".into()));
        assert!(item["pid"].is_u64() && item["duration_ms"].is_u64());
        let decided = |rule: &str| {
            lines.iter().any(|line| {
                let item = &line["item"];
                item["type"] == "guard_decision" && item["rule"] == rule && item["action"] == "redact"
            })
        };
        assert!(text.plants().all(|plant| decided(plant.rule)));
        assert_eq!(lines.last().expect("a line")["type"], "turn.completed");
    }
}

#[test]
fn names_and_fields_are_those_of_codex() {
    let bed = Bed::new();
    let lines = stream(&json(&bed, &[], &[Line::Out(b"hello\n".to_vec())]).text());
    assert!(lines[0]["thread_id"].is_string());
    let started = lines.iter().find(|line| kind(line) == "item.started").expect("an item");
    let item = &started["item"];
    assert_eq!(
        (&item["id"], &item["type"]),
        (&"item_0".into(), &"command_execution".into())
    );
    assert_eq!(
        (&item["status"], &item["exit_code"]),
        (&"in_progress".into(), &Value::Null)
    );
    assert!(item["command"].is_string() && item["aggregated_output"] == "");
    let item = command(&lines);
    assert_eq!((&item["status"], &item["exit_code"]), (&"completed".into(), &0.into()));
    assert_eq!(item["aggregated_output"], "hello\n");
    assert!(lines.last().expect("a line")["usage"].is_object());
}

#[test]
fn output_comes_while_the_command_runs() {
    let bed = Bed::new();
    let script = [
        Line::Out(b"first\n".to_vec()),
        Line::Read,
        Line::Out(b"second\n".to_vec()),
    ];
    let mut host = bed.exec(&["--json"], "script", &script);
    let mut host = host.stdin(std::process::Stdio::piped()).spawn().expect("started");
    let mut lines = BufReader::new(host.stdout.take().expect("piped")).lines();
    let first = lines
        .by_ref()
        .find(|line| line.as_ref().expect("text").contains("\"delta\":\"first\\n\""));
    assert!(first.is_some());
    // Only now may the command go on.
    drop(host.stdin.take());
    assert!(lines.any(|line| line.expect("text").contains("\"delta\":\"second\\n\"")));
    assert!(host.wait().expect("ended").success());
}

#[test]
fn every_item_is_completed_when_the_command_is_blocked_killed_or_not_found() {
    let bed = Bed::new();
    let config = bed.aside("block.toml", "[policy.at-least]\ncredential = \"block\"\n");
    let config = config.display().to_string();
    let text = Text::with_everything(92).chunks(&[]).concat();
    let for_ever = Line::Pause(Duration::from_secs(1_000));

    let done = json(&bed, &["--config", &config], &[Line::Out(text), for_ever.clone()]);
    let lines = stream(&done.text());
    assert_eq!(
        (done.code(), &lines[lines.len() - 1]["outcome"]),
        (121, &"blocked".into())
    );
    assert_eq!(lines[lines.len() - 1]["error"]["code"], "CFD-301");
    assert_eq!(command(&lines)["status"], "failed");

    let script = [Line::Out(b"ready\n".to_vec()), for_ever];
    let mut host = bed.exec(&["--json"], "script", &script).spawn().expect("started");
    let mut text = String::new();
    let mut reader = BufReader::new(host.stdout.take().expect("piped"));
    while !text.contains("ready") {
        assert!(reader.read_line(&mut text).expect("text") > 0, "{text}");
    }
    let pid = i32::try_from(host.id())
        .ok()
        .and_then(Pid::from_raw)
        .expect("a process");
    kill_process(pid, Signal::TERM).expect("sent");
    while reader.read_line(&mut text).expect("text") > 0 {}
    assert_eq!(crate::bed::code(host.wait().expect("ended")), 143);
    let lines = stream(&text);
    assert_eq!(lines[lines.len() - 1]["outcome"], "killed");
    assert_eq!(command(&lines)["exit_code"], 143);

    for (name, code) in [("there-is-no-such-command", 127), ("/", 126)] {
        let done = bed.run(["exec", "--json", "--", name]);
        let lines = stream(&done.text());
        assert_eq!(done.code(), code);
        assert_eq!(kind(&lines[lines.len() - 1]), "turn.failed");
        assert!(lines.iter().any(|line| kind(line) == "error"));
    }
}

#[test]
fn long_output_is_told_whole_in_deltas_and_by_its_ends_in_the_aggregate() {
    let bed = Bed::new();
    let line = "0123456789 abcdefghij klmnopqrst\n";
    let whole = line.repeat((3 << 20) / line.len());
    let mut command_line = bed.command(["exec", "--json", "--", "cat"]);
    let done = finish_with(&mut command_line, whole.as_bytes());
    let lines = stream(&done.text());
    let bytes: u64 = lines.iter().filter_map(|line| line["item"]["bytes"].as_u64()).sum();
    assert_eq!(bytes, whole.len() as u64);
    let aggregate = command(&lines)["aggregated_output"].as_str().expect("text");
    assert!(
        (1 << 20) - 100 < aggregate.len() && aggregate.len() <= (1 << 20) + 200,
        "{}",
        aggregate.len()
    );
    assert!(aggregate.starts_with(line) && aggregate.ends_with(line));
}

#[test]
fn what_is_written_down_fits_its_schemas() {
    let bed = Bed::new();
    let text = Text::with_everything(93).chunks(&[]).concat();
    json(&bed, &["--task", "one"], &[Line::Out(text), Line::Exit(1)]);
    bed.run(["exec", "--task", "one", "--", "there-is-no-such-command"]);
    let whole = |path: &Path, name: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        fits(&schema(name), &serde_json::from_str(&text).expect("JSON"));
    };
    let each = |path: &Path, name: &str| {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let schema = schema(name);
        assert!(text.lines().count() > 1, "{}", path.display());
        text.lines()
            .for_each(|line| fits(&schema, &serde_json::from_str(line).expect("JSON")));
    };
    for run in bed.runs() {
        each(&run.join("events.jsonl"), "event.v1.json");
        whole(&run.join("manifest.json"), "manifest.v1.json");
    }
    let task = bed.work().join(".runs/one");
    each(&task.join("events.jsonl"), "task-event.v1.json");
    whole(&task.join("metrics.json"), "metrics.v1.json");
    whole(&bed.work().join("out/one/state.json"), "state.v1.json");
    each(&bed.state().join("heads.jsonl"), "heads.v1.json");
}
