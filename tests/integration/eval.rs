//! `eval`: its figures are those of the texts, its reports fit what they promise, and none of them holds a secret.

use std::path::PathBuf;

use cofferdam_tests::random::Random;
use serde_json::{Value, json};

use crate::bed::{Bed, Done, root};

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const WORDS: [&str; 8] = ["the", "build", "of", "module", "core", "ended", "with", "notes"];

/// A corpus that was made up, and what is secret in it.
struct Made {
    corpus: PathBuf,
    secrets: Vec<String>,
}

fn token(random: &mut Random) -> String {
    ["ghp_", &random.text(LETTERS, 36)].concat()
}

fn words(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| *random.one(&WORDS)).collect::<Vec<_>>().join(" ")
}

/// Twenty tokens with their spans, four passwords that no rule looks for, two addresses; thirty texts without a
/// secret, of which three hold tokens all the same and one the example that a vendor prints in its documents.
fn made(bed: &Bed) -> Made {
    let mut random = Random::new(11);
    let (mut lines, mut secrets) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        let (before, secret) = (words(&mut random, 6), token(&mut random));
        let text = format!("{before} {secret} {}", words(&mut random, 3));
        // The beginning of a token names its issuer and stays.
        let span = [before.len() + 5, before.len() + 1 + secret.len()];
        lines.push(
            json!({ "text": text, "label": "positive", "source": "made", "rule": "token", "spans": [span], "note": 7 }),
        );
        secrets.push(secret[4..].to_owned());
    }
    for _ in 0..4 {
        let secret = random.text("bcdfghjklmnpqrstvwxz", 12);
        lines.push(
            json!({ "text": format!("she said {secret}"), "label": "positive", "source": "made", "rule": "spoken" }),
        );
        secrets.push(secret);
    }
    for _ in 0..2 {
        let secret = format!("{}@{}.org", random.text("abcdef", 9), random.text("ghijkl", 9));
        lines.push(json!({ "text": format!("write to {secret} now"), "label": "positive", "rule": "address" }));
        secrets.push(secret);
    }
    for _ in 0..26 {
        lines.push(json!({ "text": words(&mut random, 12), "label": "negative", "source": "made" }));
    }
    for _ in 0..3 {
        let secret = token(&mut random);
        lines.push(json!({ "text": format!("id {secret}"), "label": "negative", "source": "made", "rule": "token" }));
        secrets.push(secret[4..].to_owned());
    }
    let example = ["AKIA", "IOSFODNN7", "EXAMPLE"].concat();
    lines.push(json!({ "text": format!("id {example} "), "label": "negative", "source": "made" }));
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    Made {
        corpus: bed.aside("corpus.jsonl", text),
        secrets,
    }
}

/// Runs an evaluation with its report as JSON, which must fit its schema.
fn eval(bed: &Bed, arguments: &[&str]) -> (Done, Value) {
    let file = bed.home().join("report.json").display().to_string();
    let done = bed.run([&["eval", "--json", &file], arguments].concat());
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    let text = std::fs::read_to_string(&file).expect("a report");
    let report: Value = serde_json::from_str(&text).expect("JSON");
    let schema = std::fs::read_to_string(root().join("schemas/eval.v1.json")).expect("a schema");
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).expect("JSON")).expect("a sound schema");
    let errors: Vec<_> = schema.iter_errors(&report).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    (done, report)
}

/// No eight bytes of any secret in a row are in it.
fn holds_none(what: &str, text: &str, secrets: &[String]) {
    for secret in secrets {
        for part in secret.as_bytes().windows(8) {
            let part = std::str::from_utf8(part).expect("ASCII");
            assert!(!text.contains(part), "{what} holds a part of a secret");
        }
    }
}

fn path(path: &std::path::Path) -> String {
    path.display().to_string()
}

#[test]
fn eval_counts_what_was_found_missed_and_wrong() {
    let bed = Bed::new();
    let made = made(&bed);
    let (done, report) = eval(&bed, &["--corpus", &path(&made.corpus)]);
    assert_eq!(report["bothWays"], json!({ "negatives": 0, "wrong": 0 }));
    let totals = &report["totals"];
    assert_eq!(
        (&totals["texts"], &totals["positives"], &totals["negatives"]),
        (&json!(56), &json!(26), &json!(30))
    );
    assert_eq!(totals["failures"], 0);
    // Addresses are P2, which nothing holds back, and the vendor's example is a placeholder.
    let wanted = json!({ "found": 22, "missed": 4, "late": 2, "wrong": 3, "quiet": 27 });
    assert_eq!(report["found"]["counts"], wanted);
    let wanted = json!({ "found": 20, "missed": 6, "late": 0, "wrong": 3, "quiet": 27 });
    assert_eq!(report["alarm"]["counts"], wanted);
    let near = |value: &Value, wanted: f64| (value.as_f64().expect("a number") - wanted).abs() < 1e-3;
    // Wilson's interval of 22 of 26, worked out by hand.
    let recall = &report["found"]["recall"];
    assert!(
        near(&recall["value"], 0.8462) && near(&recall["low"], 0.6647) && near(&recall["high"], 0.9385),
        "{recall}"
    );
    assert!(near(&report["found"]["recallOnTime"]["value"], 20.0 / 26.0));
    assert!(near(&report["found"]["precision"]["value"], 22.0 / 25.0));
    assert!(near(&report["found"]["f1"]["value"], 44.0 / 51.0));
    assert!(near(&report["found"]["falsePositives"]["value"], 0.1));
    assert_eq!(
        report["severities"]["p0"],
        json!({ "inPositives": 20, "inNegatives": 3 })
    );
    assert_eq!(
        report["severities"]["p2"],
        json!({ "inPositives": 2, "inNegatives": 0 })
    );
    assert_eq!(
        report["severities"]["p3"],
        json!({ "inPositives": 0, "inNegatives": 1 })
    );
    assert_eq!(
        report["spans"],
        json!({ "texts": 20, "wanted": 720, "missed": 0, "surplus": 0 })
    );

    let worst = &report["corpusRules"][0];
    assert_eq!(
        (&worst["rule"], &worst["found"]["missed"]),
        (&json!("spoken"), &json!(4))
    );
    let rules = report["corpusRules"].as_array().expect("a list");
    let tokens = rules.iter().find(|rule| rule["rule"] == "token").expect("it is there");
    let answer = json!([{ "plugin": "credentials", "rule": "github-token", "texts": 20 }]);
    assert_eq!(tokens["answeredBy"], answer);
    let wrong = &report["detectorRules"][0];
    assert_eq!(
        (&wrong["rule"], &wrong["right"], &wrong["wrong"]),
        (&json!("github-token"), &json!(20), &json!(3))
    );
    assert_eq!(report["categories"][0]["category"], "credential.scm");
    let guests = report["guests"].as_array().expect("a list");
    assert_eq!(guests.len(), 3);
    assert!(
        guests
            .iter()
            .all(|guest| guest["calls"].as_u64() > Some(0) && guest["failures"] == 0),
        "{guests:?}"
    );

    holds_none("the report", &(done.text() + &report.to_string()), &made.secrets);
}

#[test]
fn eval_prints_a_report_that_fits_a_terminal() {
    let bed = Bed::new();
    let made = made(&bed);
    // A name without its folder, so that columns are as wide on every machine.
    std::fs::copy(&made.corpus, bed.work().join("corpus.jsonl")).expect("copied");
    let done = bed.run(["eval", "--corpus", "corpus.jsonl", "--compare", "credentials,personal"]);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    let text = done.text();
    assert!(text.lines().all(|line| line.chars().count() <= 100), "{text}");
    // Times differ from run to run; what stands around them doesn't.
    let (head, rest) = text.split_once(") in ").expect("how long it took");
    let rest = rest.split_once('\n').expect("more lines").1;
    let (rest, last) = rest.split_once("\nCalls into each guard").expect("the last table");
    let next = last.split_once("\nNext\n").expect("what to do with it").1;
    let settled = format!("{head}) in … ms\n{rest}\nNext\n{next}");
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("eval-report", settled);
    });
}

#[test]
fn eval_tells_the_line_of_an_alarm_and_no_rate_of_a_small_file() {
    let bed = Bed::new();
    let mut random = Random::new(12);
    let secret = token(&mut random);
    let page = bed.home().join("clean.html");
    std::fs::write(bed.work().join("clean.txt"), format!("one\ntwo\n id {secret} \n")).expect("written");
    let done = bed.run(["eval", "--clean", "clean.txt", "--html", &path(&page)]);
    assert_eq!((done.code(), done.errors().as_str()), (0, ""));
    let text = done.text();
    assert!(
        text.contains("clean.txt:3 (byte 16)") && !text.contains("per GB"),
        "{text}"
    );
    assert!(text.contains("too little to tell how many in a GB"), "{text}");
    let (_, last) = text.split_once("\nNext\n").expect("what to do with it");
    assert!(last.starts_with("  Look at each alarm"), "{text}");
    let page = std::fs::read_to_string(&page).expect("a page");
    assert!(page.contains("clean.txt:3 (byte 16)") && page.contains("Look at each alarm") && !page.contains("per GB"));
    holds_none("the report", &(text + &page), &[secret[4..].to_owned()]);
}

#[test]
fn eval_says_the_same_however_streams_are_cut() {
    let bed = Bed::new();
    let made = made(&bed);
    let counts = |seed: &str| {
        let (_, mut report) = eval(&bed, &["--corpus", &path(&made.corpus), "--seed", seed]);
        assert_eq!(report["seed"].to_string(), seed);
        let report = report.as_object_mut().expect("an object");
        // What is a time differs; and how many suspects are ready for one call depends on the cuts.
        for key in ["made", "seed", "guests"] {
            report.remove(key);
        }
        report["totals"]["millis"] = Value::Null;
        Value::Object(report.clone())
    };
    let first = counts("1");
    for seed in ["1", "2", "77"] {
        assert_eq!(first, counts(seed), "{seed}");
    }
}

#[test]
fn eval_refuses_a_corpus_with_a_line_that_is_wrong() {
    let bed = Bed::new();
    let good = r#"{"text":"a","label":"negative"}"#;
    let corpus = bed.aside(
        "corpus.jsonl",
        format!("{good}\n{{\"text\":\"canary-7391\n{good}\n{{\"text\":\"canary-7391\",\"label\":\"canary-7391\"}}\n"),
    );
    let json = bed.home().join("never.json");
    let done = bed.run(["eval", "--corpus", &path(&corpus), "--json", &path(&json)]);
    assert_eq!((done.code(), done.text().as_str()), (125, ""));
    let errors = done.errors();
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 2, "{errors}");
    assert!(
        lines[0].starts_with("error CFD-604: ") && lines[0].contains("corpus.jsonl:2: "),
        "{errors}"
    );
    assert!(lines[1].contains("corpus.jsonl:4: `label` must be"), "{errors}");
    assert!(!errors.contains("canary") && !json.exists());

    // What is no corpus at all is told in one line, and none of it is shown.
    let log = bed.aside("build.log", "canary-7391 of a log\n".repeat(40));
    let done = bed.run(["eval", "--corpus", &path(&log)]);
    let errors = done.errors();
    assert_eq!((done.code(), errors.lines().count()), (125, 1), "{errors}");
    assert!(
        errors.contains("none of its 40 lines") && errors.contains("--clean") && !errors.contains("canary"),
        "{errors}"
    );

    let done = bed.run(["eval", "--corpus", "nowhere.jsonl"]);
    assert_eq!(done.code(), 125);
    assert!(done.errors().contains("CFD-603"), "{}", done.errors());
    let corpus = bed.aside("good.jsonl", good);
    let done = bed.run(["eval", "--corpus", &path(&corpus), "--plugin", "nobody"]);
    assert_eq!(done.code(), 125);
    assert!(
        done.errors().contains("CFD-212") && done.errors().contains("credentials"),
        "{}",
        done.errors()
    );
    let done = bed.run(["eval", "--corpus", &path(&corpus), "--html", "no/such/folder.html"]);
    assert_eq!(done.code(), 125);
    assert!(done.errors().contains("CFD-605"), "{}", done.errors());
    assert_eq!(bed.run(["eval"]).code(), 125, "there must be something to evaluate");
}

#[test]
fn eval_sets_two_plugins_against_each_other() {
    let bed = Bed::new();
    let made = made(&bed);
    let config = "[plugins.candidate]\nsource = \"builtin:personal\"\nmode = \"off\"\n";
    let config = path(&bed.aside("operator.toml", config));
    let corpus = path(&made.corpus);
    let compare = [
        "--config",
        &config,
        "--corpus",
        &corpus,
        "--compare",
        "credentials,candidate",
    ];
    let (_, report) = eval(&bed, &compare);
    assert_eq!(
        report["found"]["counts"]["found"], 22,
        "what is off is still off for all others"
    );
    let compared = &report["comparison"];
    assert_eq!(
        (&compared["base"], &compared["candidate"]),
        (&json!("credentials"), &json!("candidate"))
    );
    let pair = json!({ "both": 0, "onlyBase": 20, "onlyCandidate": 2, "neither": 4 });
    assert_eq!(compared["positives"], pair);
    // Twice the chance of at most two heads in 22 tosses: 2 * (1 + 22 + 231) / 2^22.
    let p = compared["positivesP"].as_f64().expect("a number");
    assert!((p - 508.0 / 4_194_304.0).abs() < 1e-9, "{p}");
    assert_eq!(compared["oneSided"].as_array().map(Vec::len), Some(25));
    assert_eq!(
        (&compared["oneSided"][0]["line"], &compared["oneSided"][0]["foundBy"]),
        (&json!(1), &json!("base"))
    );
    assert_eq!(compared["rules"][0]["rule"], "token");

    let (_, report) = eval(
        &bed,
        &["--config", &config, "--corpus", &corpus, "--plugin", "candidate"],
    );
    assert_eq!(report["found"]["counts"]["found"], 2);
    assert_eq!(report["guests"][0]["guest"], "candidate");
}

#[test]
fn eval_lists_alarms_in_clean_text_as_shapes() {
    let bed = Bed::new();
    let mut random = Random::new(12);
    let mut text = String::new();
    let (mut secrets, mut offsets) = (Vec::new(), Vec::new());
    for round in 0..40_000 {
        text.push_str(&words(&mut random, 12));
        if round % 16_000 == 900 {
            let secret = token(&mut random);
            text.push(' ');
            offsets.push(text.len() + 4);
            text.push_str(&secret);
            secrets.push(secret[4..].to_owned());
        }
        text.push('\n');
    }
    let file = bed.aside("clean.txt", &text);
    let (done, report) = eval(&bed, &["--clean", &path(&file), "--seed", "5"]);
    let clean = &report["clean"];
    assert_eq!((&clean["bytes"], &clean["alarms"]), (&json!(text.len()), &json!(3)));
    let listed = clean["listed"].as_array().expect("a list");
    let found: Vec<_> = listed
        .iter()
        .map(|alarm| alarm["offset"].as_u64().expect("a number"))
        .collect();
    assert_eq!(found, offsets.iter().map(|offset| *offset as u64).collect::<Vec<_>>());
    for alarm in listed {
        assert_eq!(
            (&alarm["rule"], &alarm["lengthClass"]),
            (&json!("github-token"), &json!("32-63"))
        );
        let shape = alarm["shape"].as_str().expect("text");
        assert!(
            !shape.is_empty() && shape.bytes().all(|byte| b"aA9{}0123456789~".contains(&byte)),
            "{shape}"
        );
    }
    assert!(clean["alarmsPerGigabyte"]["low"].as_f64() > Some(0.0));
    assert!(
        done.text().lines().all(|line| line.chars().count() <= 100),
        "{}",
        done.text()
    );
    holds_none("the report", &(done.text() + &report.to_string()), &secrets);
}

#[test]
fn eval_makes_a_page_that_is_well_formed_and_holds_no_secret() {
    let bed = Bed::new();
    let mut made = made(&bed);
    let secret = token(&mut Random::new(13));
    let clean = bed.aside("clean <b>&.txt", format!("id {secret}\n"));
    made.secrets.push(secret[4..].to_owned());
    let html = bed.home().join("report.html");
    let arguments = ["--compare", "credentials,personal", "--html", &path(&html)];
    eval(
        &bed,
        &[
            &["--corpus", &path(&made.corpus), "--clean", &path(&clean)][..],
            &arguments,
        ]
        .concat(),
    );
    let page = std::fs::read_to_string(&html).expect("a page");
    for title in [
        "Guard evaluation",
        "By category",
        "Missed most",
        "Confusion between rules",
        "Latency",
        "credentials against personal",
    ] {
        assert!(page.contains(title), "{title}");
    }
    assert!(page.contains("clean &lt;b&gt;&amp;.txt") && !page.contains("<b>&.txt"));
    let open = well_formed(&page);
    assert!(open > 200, "{open} elements");
    holds_none("the page", &page, &made.secrets);
}

/// Holds a page to be XML behind its first line, and answers how many elements it has.
fn well_formed(page: &str) -> usize {
    let mut open = Vec::new();
    let mut elements = 0;
    let mut rest = page.strip_prefix("<!DOCTYPE html>").expect("a page");
    while let Some(start) = rest.find('<') {
        assert!(!rest[..start].contains('>'), "text with a bracket: {}", &rest[..start]);
        let end = start + rest[start..].find('>').expect("a tag ends");
        let tag = &rest[start + 1..end];
        assert!(
            !tag.contains('<') && tag.matches('"').count().is_multiple_of(2),
            "{tag}"
        );
        for entity in rest[..start].split('&').skip(1) {
            let name = entity.split_once(';').expect("an entity ends").0;
            assert!(["amp", "lt", "gt", "quot", "#39"].contains(&name), "{name}");
        }
        let name = |tag: &str| tag.split([' ', '/']).next().unwrap_or_default().to_owned();
        if let Some(closed) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(closed));
        } else {
            elements += 1;
            if !tag.ends_with('/') {
                open.push(name(tag));
            }
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    elements
}

/// The development corpus lies beside the repository, where it is there at all.
#[test]
fn eval_reads_the_development_corpus() {
    let corpus = root().join("../shared/corpora/examples.jsonl");
    if !corpus.exists() {
        return;
    }
    let bed = Bed::new();
    let (_, report) = eval(&bed, &["--corpus", &path(&corpus)]);
    assert_eq!(
        (&report["totals"]["texts"], &report["totals"]["failures"]),
        (&json!(873), &json!(0))
    );
    let recall = report["found"]["recall"]["value"].as_f64().expect("a number");
    assert!(recall > 0.3, "{recall}");
}
