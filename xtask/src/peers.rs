//! Other scanners over the same corpora, where they are installed. None is ever installed from here.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::base64;
use crate::guest::say;

/// A scanner of folders, whose report names the files in which it found something.
struct Peer {
    name: &'static str,
    program: &'static str,
    /// Its arguments; the folder's files are the working directory's.
    arguments: &'static [&'static str],
    /// A file that it needs beside them.
    needs: Option<(&'static str, &'static str)>,
}

const PEERS: [Peer; 7] = [
    Peer {
        name: "Kingfisher",
        program: "kingfisher",
        arguments: &[
            "scan",
            "--no-validate",
            "--no-update-check",
            "--no-dedup",
            "--jobs",
            "1",
            "--format",
            "jsonl",
            ".",
        ],
        needs: None,
    },
    Peer {
        name: "detect-secrets",
        program: "detect-secrets",
        arguments: &["-c", "1", "scan", "--all-files", "."],
        needs: None,
    },
    Peer {
        name: "secretlint",
        program: "secretlint",
        arguments: &["--format", "unix", "--no-color", "t*.txt"],
        needs: Some((
            ".secretlintrc.json",
            r#"{"rules":[{"id":"@secretlint/secretlint-rule-preset-recommend"}]}"#,
        )),
    },
    Peer {
        name: "CredSweeper",
        program: "credsweeper",
        arguments: &["--path", ".", "--jobs", "1", "--no-color", "--stdout"],
        needs: None,
    },
    Peer {
        name: "Presidio's patterns",
        program: "python3",
        arguments: &["presidio.py"],
        needs: Some(("presidio.py", PRESIDIO)),
    },
    Peer {
        name: "gitleaks",
        program: "gitleaks",
        arguments: &[
            "dir",
            "--no-banner",
            "--report-format",
            "json",
            "--report-path",
            "-",
            ".",
        ],
        needs: None,
    },
    Peer {
        name: "Nosey Parker",
        program: "noseyparker",
        arguments: &["scan", "--jobs", "1", "--datastore", ":memory:", "."],
        needs: None,
    },
];

/// The recognizers that are patterns and sums; the others need a language model.
const PRESIDIO: &str = "
import glob, inspect
from presidio_analyzer import PatternRecognizer, predefined_recognizers as all
made = [make() for _, make in inspect.getmembers(all, inspect.isclass)
        if issubclass(make, PatternRecognizer) and make is not PatternRecognizer]
made = [one for one in made if one.supported_language == 'en']
for name in sorted(glob.glob('t*.txt')):
    text = open(name, encoding='utf-8', errors='replace').read()
    if any(found.score >= 0.4 for one in made for found in one.analyze(text, one.supported_entities)):
        print(name)
";

/// The most bytes of a corpus that are shown to the scanners: some read less than a MB a second.
const MOST: usize = 4_000_000;
/// The longest that one scanner may take.
const PATIENCE: Duration = Duration::from_secs(900);

/// A corpus as files, one for each text.
struct Texts {
    folder: PathBuf,
    positive: BTreeSet<usize>,
    negative: BTreeSet<usize>,
    bytes: usize,
}

/// `peers CORPUS…`: a table of what each scanner that is installed finds.
pub(crate) fn peers(root: &Path, corpora: &[String]) -> Result<(), String> {
    if corpora.is_empty() {
        return Err("peers needs corpora, as `eval` reads them".to_owned());
    }
    for corpus in corpora {
        let texts = texts(root, Path::new(corpus))?;
        let name = Path::new(corpus)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        say(format_args!(
            "{name}: {} positives, {} negatives, {} kB",
            texts.positive.len(),
            texts.negative.len(),
            texts.bytes / 1000
        ));
        let ours = root.join("target/release/cofferdam");
        for (label, grades) in [
            ("Cofferdam", &["p0", "p1", "p2"][..]),
            ("Cofferdam, P0 and P1", &["p0", "p1"]),
        ] {
            let begun = Instant::now();
            let found = own(&ours, &texts, grades)?;
            row(label, &texts, &found, begun.elapsed());
        }
        for peer in &PEERS {
            match run(peer, &texts)? {
                Some((found, took)) => row(peer.name, &texts, &found, took),
                None => say(format_args!(
                    "| {} | not installed here, or it did not end |",
                    peer.name
                )),
            }
        }
        fs::remove_dir_all(&texts.folder)
            .map_err(|error| format!("the files of a corpus can't be removed: {error}"))?;
    }
    Ok(())
}

/// Writes the texts of a corpus into files, as far as they are shown: of a larger corpus every n-th.
fn texts(root: &Path, corpus: &Path) -> Result<Texts, String> {
    let whole = fs::read_to_string(corpus).map_err(|error| format!("`{}` can't be read: {error}", corpus.display()))?;
    let folder = root.join("target/peers");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(|error| format!("`{}` can't be emptied: {error}", folder.display()))?;
    }
    fs::create_dir_all(&folder).map_err(|error| format!("`{}` can't be made: {error}", folder.display()))?;
    let mut texts = Texts {
        folder,
        positive: BTreeSet::new(),
        negative: BTreeSet::new(),
        bytes: 0,
    };
    let every = whole.len() / MOST + 1;
    for (number, line) in whole.lines().enumerate().filter(|(number, _)| number % every == 0) {
        let entry: Value = serde_json::from_str(line).map_err(|error| format!("line {}: {error}", number + 1))?;
        let bytes = match (entry["text"].as_str(), entry["text_b64"].as_str()) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(coded)) => base64::decode(coded),
            (None, None) => continue,
        };
        texts.bytes += bytes.len();
        fs::write(texts.folder.join(name(number)), bytes)
            .map_err(|error| format!("a text can't be written: {error}"))?;
        let positive = entry["label"] == "positive";
        if positive {
            &mut texts.positive
        } else {
            &mut texts.negative
        }
        .insert(number);
    }
    Ok(texts)
}

fn name(number: usize) -> String {
    format!("t{number:07}.txt")
}

/// Runs a scanner over the files; `None` where it isn't there, or takes too long.
fn run(peer: &Peer, texts: &Texts) -> Result<Option<(BTreeSet<usize>, Duration)>, String> {
    if let Some((file, content)) = peer.needs {
        fs::write(texts.folder.join(file), content).map_err(|error| format!("`{file}` can't be written: {error}"))?;
    }
    let report = texts.folder.with_extension("report");
    let out = fs::File::create(&report).map_err(|error| format!("a report can't be written: {error}"))?;
    let begun = Instant::now();
    let child = Command::new(peer.program)
        .args(peer.arguments)
        .current_dir(&texts.folder)
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return Ok(None) };
    loop {
        match child
            .try_wait()
            .map_err(|error| format!("{} can't be waited for: {error}", peer.name))?
        {
            Some(_) => break,
            None if begun.elapsed() > PATIENCE => {
                child
                    .kill()
                    .map_err(|error| format!("{} can't be ended: {error}", peer.name))?;
                child
                    .wait()
                    .map_err(|error| format!("{} can't be waited for: {error}", peer.name))?;
                return Ok(None);
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    }
    let took = begun.elapsed();
    let report = fs::read(&report).map_err(|error| format!("a report can't be read: {error}"))?;
    let found = named(&report);
    // A program that ended at once with nothing to say found nothing, or isn't set up.
    Ok((!report.is_empty() || took > Duration::from_secs(2)).then_some((found, took)))
}

/// The files that a report names.
fn named(report: &[u8]) -> BTreeSet<usize> {
    let digits = |part: &[u8]| std::str::from_utf8(part).ok()?.parse().ok();
    report
        .windows(12)
        .filter(|part| part.starts_with(b"t") && part.ends_with(b".txt"))
        .filter_map(|part| digits(part.get(1..8)?))
        .collect()
}

/// What this project finds in the same files, of the named grades: one evaluation with a rule for each text.
fn own(program: &Path, texts: &Texts, grades: &[&str]) -> Result<BTreeSet<usize>, String> {
    let corpus = texts.folder.with_extension("jsonl");
    let report = texts.folder.with_extension("json");
    let mut lines = String::new();
    for number in texts.positive.union(&texts.negative) {
        let text =
            fs::read(texts.folder.join(name(*number))).map_err(|error| format!("a text can't be read: {error}"))?;
        let line = serde_json::json!({"text_b64": base64::encode(&text), "label": "positive", "rule": name(*number)});
        lines.push_str(&format!("{line}\n"));
    }
    fs::write(&corpus, lines).map_err(|error| format!("a corpus can't be written: {error}"))?;
    let status = Command::new(program)
        .arg("eval")
        .arg("--corpus")
        .arg(&corpus)
        .arg("--json")
        .arg(&report)
        .arg("--quiet")
        .stdout(Stdio::null())
        .status();
    crate::task::succeeded("cofferdam eval", status)?;
    let report = fs::read(&report).map_err(|error| format!("a report can't be read: {error}"))?;
    let report: Value = serde_json::from_slice(&report).map_err(|error| format!("the report of `eval`: {error}"))?;
    let which = if grades.contains(&"p2") { "found" } else { "alarm" };
    let rules = report["corpusRules"].as_array().cloned().unwrap_or_default();
    let hit = |rule: &&Value| rule[which]["found"].as_u64().unwrap_or(0) > 0;
    let number = |rule: &Value| rule["rule"].as_str()?.get(1..8)?.parse().ok();
    Ok(rules.iter().filter(hit).filter_map(number).collect())
}

fn row(label: &str, texts: &Texts, found: &BTreeSet<usize>, took: Duration) {
    let share = |part: usize, whole: usize| {
        if whole == 0 {
            "–".to_owned()
        } else {
            format!("{:.1}", part as f64 * 100.0 / whole as f64)
        }
    };
    let right = texts.positive.intersection(found).count();
    let wrong = texts.negative.intersection(found).count();
    say(format_args!(
        "| {label} | {} | {} | {} | {:.2} |",
        share(right, texts.positive.len()),
        share(right, right + wrong),
        share(wrong, texts.negative.len()),
        texts.bytes as f64 / 1e6 / took.as_secs_f64()
    ));
}
