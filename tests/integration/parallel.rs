//! Runs of one task side by side.

use std::collections::BTreeSet;

use cofferdam_tests::script::Line;
use serde_json::Value;

use crate::bed::Bed;

#[test]
fn runs_of_one_task_side_by_side_lose_nothing_in_its_log() {
    const RUNS: usize = 8;
    let bed = Bed::new();
    // All of them are held until each has begun, so that they really run at the same time.
    let script = [
        Line::Out(b"begun\n".to_vec()),
        Line::Read,
        Line::Out(b"ended\n".to_vec()),
    ];
    let words = bed.speaker("script", &script);
    let mut hosts: Vec<_> = (0..RUNS)
        .map(|_| {
            let mut host = bed.command(["exec", "--task", "shared", "--"]);
            host.args(&words)
                .stdin(std::process::Stdio::piped())
                .spawn()
                .expect("started")
        })
        .collect();
    for host in &mut hosts {
        let mut begun = [0; 6];
        std::io::Read::read_exact(host.stdout.as_mut().expect("piped"), &mut begun).expect("it begins");
    }
    hosts.iter_mut().for_each(|host| drop(host.stdin.take()));
    for host in hosts {
        let output = host.wait_with_output().expect("ended");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let log = std::fs::read_to_string(bed.work().join(".runs/shared/events.jsonl")).expect("a log");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for (place, line) in lines.iter().enumerate() {
        assert_eq!(line["seq"], place, "no entry is missing, and none is there twice");
        if place > 0 {
            assert_eq!(line["prev"], lines[place - 1]["hash"], "the chain holds");
        }
    }
    let told: BTreeSet<String> = lines
        .iter()
        .filter_map(|line| line["run"].as_str().map(str::to_owned))
        .collect();
    let runs: BTreeSet<String> = bed
        .runs()
        .iter()
        .map(|run| run.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!((told.len(), &told), (RUNS, &runs));
    for kind in ["run.opened", "run.closed"] {
        let of_kind = lines.iter().filter(|line| line["type"] == kind).count();
        assert_eq!(of_kind, RUNS, "{kind}: {log}");
    }
    for run in bed.runs() {
        assert_eq!(bed.verify(&run).0, 0);
    }
    let heads = std::fs::read_to_string(bed.state().join("heads.jsonl")).expect("heads");
    assert_eq!(heads.lines().count(), RUNS);
}
