//! Runs of one task side by side.

use cofferdam_model::record::{ChainReader, Genesis, Metrics, TaskEntry, TaskManifest};

use super::super::Verdict;
use super::{Home, close, fill};

const RUNS: u8 = 8;

#[test]
fn runs_side_by_side_lose_nothing() {
    let home = Home::new();
    let folders: Vec<_> = std::thread::scope(|scope| {
        let home = &home;
        let threads: Vec<_> = (0..RUNS)
            .map(|number| {
                scope.spawn(move || {
                    let mut recorder = home.record(number);
                    fill(&mut recorder);
                    close(recorder)
                })
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a thread"))
            .collect()
    });
    for folder in folders {
        assert_eq!(home.verify(&folder), Verdict::Valid);
    }
    let log = std::fs::read(home.base().join(".runs/demo/events.jsonl")).expect("a file");
    let mut chain = ChainReader::new(Genesis::task(&"demo".parse().expect("a task id")));
    let mut fold = TaskManifest::default();
    for line in log
        .strip_suffix(b"\n")
        .expect("whole lines")
        .split(|byte| *byte == b'\n')
    {
        fold.apply(&chain.read::<TaskEntry>(line).expect("the next line"))
            .expect("the next event");
    }
    assert_eq!((fold.runs.len(), fold.events), (usize::from(RUNS), 2 * u64::from(RUNS)));
    assert!(fold.runs.values().all(|run| run.closed.is_some()));
    let metrics = std::fs::read(home.base().join(".runs/demo/metrics.json")).expect("a file");
    let metrics: Metrics = serde_json::from_slice(&metrics).expect("metrics");
    assert_eq!(
        (metrics.log, metrics.privacy_events.total),
        (chain.head(), u64::from(RUNS))
    );
}

#[test]
fn a_torn_line_of_the_task_is_cut_and_a_changed_one_stops_the_next_run() {
    use std::io::Write as _;
    let home = Home::new();
    drop(home.record(1));
    let path = home.base().join(".runs/demo/events.jsonl");
    let right = std::fs::read(&path).expect("a file");
    let mut file = std::fs::File::options().append(true).open(&path).expect("a file");
    file.write_all(b"{\"seq\":1,\"ti").expect("written");
    drop(home.record(2));
    let healed = std::fs::read(&path).expect("a file");
    assert!(healed.starts_with(&right) && healed.ends_with(b"\n") && !healed.contains(&b'\0'));
    assert_eq!(healed.iter().filter(|byte| **byte == b'\n').count(), 2);
    let mut changed = healed.clone();
    let last = changed.len() - 100;
    changed[last] ^= 1;
    std::fs::write(&path, changed).expect("written");
    let error = super::RunRecorder::create(home.base(), super::started(3), home.options(), super::at(0))
        .err()
        .expect("an error");
    assert_eq!(error.code(), cofferdam_model::Code::RecordTampered);
}

#[test]
fn metrics_that_are_no_fold_of_the_log_are_made_again() {
    let home = Home::new();
    for number in 0..3 {
        let mut recorder = home.record(number);
        fill(&mut recorder);
        close(recorder);
        if number == 1 {
            std::fs::write(home.base().join(".runs/demo/metrics.json"), b"{}").expect("written");
        }
    }
    let metrics = std::fs::read(home.base().join(".runs/demo/metrics.json")).expect("a file");
    let metrics: Metrics = serde_json::from_slice(&metrics).expect("metrics");
    assert_eq!((metrics.instance_stats.opened, metrics.privacy_events.total), (3, 3));
}
