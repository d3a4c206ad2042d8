use cofferdam_model::record::SafeText;
use cofferdam_model::shadow::ShadowReport;

use super::page;

/// A report with one candidate, as a program might have written it.
fn report() -> ShadowReport {
    let none = serde_json::json!({
        "stricter": 1, "looser": 1, "same": 3, "error": 0, "stricterRate": null, "looserRate": null, "errorRate": null
    });
    let times = serde_json::json!({
        "calls": 3, "p50Micros": 1.0, "p95Micros": 2.0, "p99Micros": 3.0, "maxMicros": 4.0, "memoryBytes": 5, "cpuMs": 6
    });
    let reviewed = serde_json::json!({ "right": 0, "wrong": 0, "missed": 0, "precision": null, "recall": null });
    serde_json::from_value(serde_json::json!({
        "schema": "cofferdam.shadow-report/v1", "host": "0.1.0", "made": "2026-01-01T00:00:00.000Z", "tasks": [], "since": null,
        "runs": 2, "skipped": [], "candidates": [{
            "name": "next", "kind": "detector", "version": "2", "digest": null, "settingsDigest": "0".repeat(64), "incumbent": null,
            "coverage": {
                "runs": 1, "wholeRuns": 1, "absentRuns": 1, "interruptedRuns": 0, "days": 1, "bytes": 10, "droppedBytes": 0, "windows": 5,
                "incumbentWindows": 5, "droppedWindows": 0, "sampled": null, "droppedShare": 0.0, "uniqueFingerprints": 1
            },
            "places": {}, "effects": none, "nothingLooser": false,
            "rules": [{ "rule": "r", "category": "c", "severity": "p0", "windows": 5, "incumbentWindows": 5, "dropped": false, "droppedWindows": 0, "effects": none }],
            "categories": [], "cost": times, "incumbentCost": times, "failures": {},
            "periods": [{ "from": "2026-01-01T00:00:00.000Z", "seconds": 60, "runs": 1, "windows": 5, "effects": none, "p50Micros": 1.0, "p99Micros": 3.0 }],
            "labelled": { "places": 1, "stale": 0, "candidate": reviewed, "incumbent": reviewed }, "listed": []
        }]
    }))
    .expect("it fits its schema")
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = page(&report());
    for word in ["http://", "https://", "<script", "<link", "<iframe", "url(", "@import"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'") && page.contains("can&#39;t claim that nothing got looser"));
}

#[test]
fn one_stretch_of_time_is_no_drift_and_two_are() {
    let mut report = report();
    let one = page(&report);
    assert!(one.contains("there is no drift to be seen yet") && !one.contains("class=\"columns\""));
    let again = report.candidates[0].periods[0].clone();
    report.candidates[0].periods.push(again);
    let two = page(&report);
    assert!(!two.contains("no drift") && two.contains("class=\"columns\""));
}

#[test]
fn what_a_guard_says_of_itself_is_never_markup() {
    let mut report = report();
    report.candidates[0].version = Some(SafeText::vouched("<img src=x onerror=\"alert(1)\">".to_owned()));
    let page = page(&report);
    assert!(!page.contains("<img") && page.contains("&lt;img src=x"));
}
