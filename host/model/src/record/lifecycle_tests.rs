use proptest::prelude::*;

use super::super::samples::{any_event, entry, started};
use super::super::{Entry, Lifecycle, Manifest};

/// Takes from the events those that can follow one another, as a live run would make them, and folds on the way.
fn live(events: Vec<super::Event>) -> (Vec<Entry>, Manifest) {
    let first = entry(0, started());
    let mut manifest = Manifest::open(&first).expect("a run begins");
    let mut log = vec![first];
    for event in events {
        let next = entry(log.len() as u64, event);
        let before = manifest.clone();
        match manifest.apply(&next) {
            Ok(()) => log.push(next),
            Err(_) => assert_eq!(manifest, before, "what can't happen changes nothing"),
        }
    }
    (log, manifest)
}

/// Events in which all that must happen comes before what may happen at any time.
fn events() -> impl Strategy<Value = Vec<super::Event>> {
    let begin = Just(vec![super::Event::ProcessStarted { pid: 42 }]);
    (prop::option::of(begin), prop::collection::vec(any_event(), 0..40))
        .prop_map(|(begin, rest)| begin.into_iter().flatten().chain(rest).collect())
}

proptest! {
    #[test]
    fn there_are_never_two_terminal_events(events in events()) {
        let (log, manifest) = live(events);
        let ends = log.iter().filter(|entry| entry.event.is_terminal()).count();
        prop_assert!(ends <= 1);
        prop_assert_eq!(manifest.status.is_terminal(), ends == 1);
        prop_assert_eq!(log.last().is_some_and(|last| last.event.is_terminal()), ends == 1);
    }

    #[test]
    fn a_replay_equals_the_live_run(events in events()) {
        let (log, manifest) = live(events);
        // Replayed from text, as a record is.
        let mut replayed: Option<Manifest> = None;
        for entry in &log {
            let text = serde_json::to_string(entry).expect("JSON");
            let entry: Entry = serde_json::from_str(&text).expect("an entry");
            match &mut replayed {
                None => replayed = Some(Manifest::open(&entry).expect("a run begins")),
                Some(manifest) => manifest.apply(&entry).expect("it happened"),
            }
        }
        let replayed = replayed.expect("a run");
        prop_assert_eq!(replayed.to_text(), manifest.to_text());
        let back: Manifest = serde_json::from_str(&manifest.to_text()).expect("a manifest");
        prop_assert_eq!(back, manifest);
    }

    #[test]
    fn nothing_follows_a_terminal_state_and_nothing_precedes_the_start(event in any_event()) {
        prop_assert!(Lifecycle::Completed.next(&event).is_err());
        prop_assert!(Lifecycle::Failed.next(&event).is_err());
        let begins = matches!(event, super::Event::RunStarted(_));
        prop_assert_eq!(Lifecycle::Empty.next(&event).is_ok(), begins);
        for state in [Lifecycle::Started, Lifecycle::Running, Lifecycle::Exited] {
            prop_assert!(!begins || state.next(&event).is_err());
        }
    }
}
