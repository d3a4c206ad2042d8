use proptest::prelude::*;

use super::super::gather::PIECE;
use super::super::samples::{any_event, completed, decision, entry, exited, failed, started};
use super::super::{Outcome, SafeBytes, Seq};
use super::*;

fn at(elapsed_ms: u64) -> Stamp {
    Stamp {
        time: Timestamp::from_unix_millis(1_800_000_000_000 + elapsed_ms),
        elapsed_ms,
    }
}

/// Renders events and output in between, and answers with all lines.
fn show(events: Vec<Event>, output: &[u8]) -> Vec<External> {
    let mut view = JsonView::new();
    let mut lines = Vec::new();
    for (seq, event) in events.into_iter().enumerate() {
        let runs = matches!(event, Event::ProcessStarted { .. });
        lines.extend(view.render(&entry(seq as u64, event)));
        if runs {
            lines.extend(view.output(at(seq as u64), Channel::Stdout, 0, SafeBytes::vouched(output)));
        }
    }
    lines
}

fn command(item: &Item) -> &CommandExecution {
    let ItemBody::CommandExecution(command) = &item.body else {
        panic!("{item:?}")
    };
    command
}

fn kinds(lines: &[External]) -> Vec<String> {
    let kind = |line| {
        serde_json::to_value(line).expect("JSON")["type"]
            .as_str()
            .expect("a type")
            .to_owned()
    };
    lines.iter().map(kind).collect()
}

/// The command's item as it was completed.
fn end(lines: &[External]) -> &CommandExecution {
    lines
        .iter()
        .find_map(|line| match &line.kind {
            ExternalKind::ItemCompleted {
                item:
                    item @ Item {
                        body: ItemBody::CommandExecution(_),
                        ..
                    },
            } => Some(command(item)),
            _ => None,
        })
        .expect("a completed command")
}

#[test]
fn a_run_has_the_names_and_fields_of_its_counterpart() {
    let events = vec![
        started(),
        Event::ProcessStarted { pid: 42 },
        decision(),
        exited(3),
        completed(Outcome::Completed, 3),
    ];
    let lines = show(events, b"hello\n");
    let expected = [
        "thread.started",
        "turn.started",
        "item.started",
        "item.updated",
        "item.updated",
    ];
    let rest = ["item.completed", "item.completed", "turn.completed"];
    assert_eq!(kinds(&lines), [&expected[..], &rest[..]].concat());
    let json: Vec<_> = lines
        .iter()
        .map(|line| serde_json::to_value(line).expect("JSON"))
        .collect();
    assert_eq!(json[2]["item"]["type"], "command_execution");
    assert_eq!(json[2]["item"]["id"], "item_0");
    assert!(json[2]["item"]["exit_code"].is_null() && json[2]["item"]["status"] == "in_progress");
    assert_eq!(
        (&json[3]["item"]["pid"], &json[4]["item"]["delta"]),
        (&42.into(), &"hello\n".into())
    );
    assert_eq!(
        (&json[5]["item"]["id"], &json[5]["item"]["type"]),
        (&"item_1".into(), &"guard_decision".into())
    );
    assert_eq!(json[6]["item"]["aggregated_output"], "hello\n");
    assert_eq!(
        (&json[6]["item"]["exit_code"], &json[6]["item"]["status"]),
        (&3.into(), &"failed".into())
    );
    assert_eq!(json[7]["usage"]["decisions"], 1);
    assert_eq!(
        (json[0].as_object().expect("an object").keys().next()),
        Some(&"type".to_owned())
    );
    for (number, line) in lines.iter().enumerate() {
        assert_eq!(line.sequence, number as u64);
        let text = serde_json::to_string(line).expect("JSON");
        assert_eq!(&serde_json::from_str::<External>(&text).expect("a line"), line);
    }
    assert_eq!((lines[4].event, lines[5].event), (None, Some(Seq(2))));
}

#[test]
fn the_command_is_completed_however_the_run_ends() {
    let run = |events: Vec<Event>| show([vec![started()], events].concat(), b"");
    let declined = run(vec![decision(), completed(Outcome::Blocked, 121)]);
    assert_eq!(
        (end(&declined).status, end(&declined).exit_code),
        (ItemStatus::Declined, Some(121))
    );
    assert_eq!(kinds(&declined).last().map(String::as_str), Some("turn.failed"));
    let missing = run(vec![failed()]);
    assert_eq!(
        (end(&missing).status, end(&missing).exit_code),
        (ItemStatus::Failed, Some(127))
    );
    assert_eq!(kinds(&missing)[4..], ["error", "turn.failed"]);
    let begin = Event::ProcessStarted { pid: 42 };
    let signal = Event::ProcessExited(ProcessExited {
        code: None,
        signal: Some(9),
    });
    for outcome in [Outcome::Blocked, Outcome::Killed, Outcome::Failed] {
        let lines = run(vec![begin.clone(), signal.clone(), completed(outcome, 121)]);
        assert_eq!(
            (end(&lines).status, end(&lines).exit_code),
            (ItemStatus::Failed, Some(137))
        );
        assert_eq!(kinds(&lines).last().map(String::as_str), Some("turn.failed"));
    }
    let mut view = JsonView::new();
    view.render(&entry(0, started()));
    let Event::RunFailed(why) = failed() else {
        panic!("a failure")
    };
    let lines = view.abandon(at(9), &why);
    assert_eq!(
        (kinds(&lines), end(&lines).duration_ms),
        (kinds(&missing[3..]), Some(9))
    );
    assert!(view.render(&entry(1, failed())).is_empty() && view.abandon(at(9), &why).is_empty());
}

#[test]
fn deltas_are_bounded_and_add_up_to_the_output() {
    let output: Vec<u8> = "aé€😀\n".repeat(20_000).bytes().chain([0xe2, 0x82]).collect();
    let lines = show(
        vec![
            started(),
            Event::ProcessStarted { pid: 42 },
            exited(0),
            completed(Outcome::Completed, 0),
        ],
        &output,
    );
    let (mut text, mut offset) = (String::new(), 0);
    for line in &lines {
        if let ExternalKind::ItemUpdated { item } = &line.kind
            && let Some(update) = &command(item).update
        {
            assert!(update.delta.as_str().len() <= PIECE && update.offset == offset);
            offset += update.bytes;
            text.push_str(update.delta.as_str());
        }
    }
    assert_eq!(
        (text.as_str(), offset),
        (&*String::from_utf8_lossy(&output), output.len() as u64)
    );
    assert_eq!(end(&lines).aggregated_output.as_str(), text);
}

proptest! {
    #[test]
    fn every_item_that_starts_is_completed_once(events in prop::collection::vec(any_event(), 0..20), last: bool) {
        let end = if last { failed() } else { completed(Outcome::Killed, 130) };
        let begun = std::iter::once(started());
        let events = events.into_iter().filter(|event| !matches!(event, Event::RunStarted(_)));
        let lines = show(begun.chain(events).chain([end]).collect(), b"x");
        let mut open = Vec::new();
        let mut done = Vec::new();
        for line in &lines {
            match &line.kind {
                ExternalKind::ItemStarted { item } => open.push(item.id),
                ExternalKind::ItemUpdated { item } => prop_assert!(open.contains(&item.id)),
                ExternalKind::ItemCompleted { item } => {
                    prop_assert!(!done.contains(&item.id));
                    open.retain(|id| *id != item.id);
                    done.push(item.id);
                }
                _ => {}
            }
        }
        prop_assert!(open.is_empty());
        let ends = kinds(&lines).iter().filter(|kind| kind.starts_with("turn.") && *kind != "turn.started").count();
        prop_assert_eq!(ends, 1);
        prop_assert!(kinds(&lines).last().is_some_and(|kind| kind == "turn.failed" || kind == "turn.completed"));
    }
}
