use cofferdam_model::eval::{CorpusRule, Counts, Evaluation, Totals};
use cofferdam_model::record::SafeText;

use super::page;

/// An evaluation of nothing, as a program might have written it.
fn nothing() -> Evaluation {
    let score = serde_json::json!({
        "counts": { "found": 0, "missed": 0, "late": 0, "wrong": 0, "quiet": 0 },
        "precision": null, "recall": null, "recallOnTime": null, "f1": null, "falsePositives": null,
    });
    serde_json::from_value(serde_json::json!({
        "schema": "cofferdam.eval/v1", "host": "0.1.0", "made": "2026-01-01T00:00:00.000Z", "seed": 1,
        "plugins": [], "corpora": [],
        "totals": { "texts": 0, "positives": 0, "negatives": 0, "bytes": 0, "millis": 0, "failures": 0 },
        "found": score, "alarm": score, "bothWays": { "negatives": 0, "wrong": 0 }, "severities": {}, "spans": null, "sources": [], "corpusRules": [],
        "categories": [], "detectorRules": [], "guests": [], "clean": null, "comparison": null,
    }))
    .expect("it fits its schema")
}

#[test]
fn names_of_a_corpus_are_never_markup() {
    let name = "<img src=x onerror=\"alert(1)\">&'";
    let counts = Counts {
        found: 1,
        missed: 1,
        ..Counts::default()
    };
    let rule = CorpusRule {
        source: SafeText::vouched(name.to_owned()),
        rule: SafeText::vouched(name.to_owned()),
        found: counts,
        alarm: counts,
        recall: None,
        answered_by: Vec::new(),
    };
    let evaluation = Evaluation {
        totals: Totals {
            texts: 2,
            positives: 2,
            failures: 3,
            ..Totals::default()
        },
        corpus_rules: vec![rule],
        ..nothing()
    };
    let page = page(&evaluation);
    assert!(!page.contains("<img") && page.contains("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;"));
    assert!(page.contains("Guards failed on 3 suspects"));
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = page(&nothing());
    for word in ["http://", "https://", "<script", "<link", "<iframe", "url(", "@import"] {
        assert!(!page.contains(word), "{word}");
    }
    assert!(page.contains("default-src 'none'"));
}
