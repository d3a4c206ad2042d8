//! Generated corpora: labelled texts of every rule in every notation, and a text with secrets planted in it.

use std::fs::{self, File};
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use cofferdam_pack::{Labelled, corpus as labelled, secrets};
use serde_json::{Value, json};

use crate::base64;
use crate::guest::say;
use crate::packs::sources;

/// The detectors whose rules have values to plant and to label.
const PACKS: [&str; 2] = ["credentials", "personal"];
/// A planted text is evaluated in pieces of so many bytes, each with one secret.
const PIECE: usize = 100_000;
/// The most bytes of a planted text.
const PLANTED: usize = 64_000_000;

/// `corpus FOLDER [CLEAN…]`: writes `generated.jsonl`, and `planted.jsonl` where files of clean text are named.
pub(crate) fn corpus(root: &Path, arguments: &[String]) -> Result<(), String> {
    let (folder, clean) = match arguments {
        [folder, clean @ ..] => (PathBuf::from(folder), clean),
        [] => return Err("corpus needs a folder to write to".to_owned()),
    };
    fs::create_dir_all(&folder).map_err(|error| format!("`{}` can't be made: {error}", folder.display()))?;
    generated(root, &folder.join("generated.jsonl"))?;
    if clean.is_empty() {
        return Ok(());
    }
    planted(root, &folder.join("planted.jsonl"), clean)
}

fn generated(root: &Path, path: &Path) -> Result<(), String> {
    let mut out = create(path)?;
    let mut count = [0_usize; 2];
    for name in PACKS {
        let files = sources(root, &root.join("plugins").join(name)).map_err(|error| error.to_string())?;
        for text in labelled(&files, 1).map_err(|error| error.to_string())? {
            count[usize::from(text.secret.is_some())] += 1;
            line(&mut out, &entry(&text))?;
        }
    }
    say(format_args!(
        "{}: {} positives, {} near misses",
        path.display(),
        count[1],
        count[0]
    ));
    finish(out)
}

fn entry(text: &Labelled) -> Value {
    let label = if text.secret.is_some() { "positive" } else { "negative" };
    let spans: Vec<[usize; 2]> = text.secret.iter().map(|secret| [secret.start, secret.end]).collect();
    json!({
        "text_b64": base64::encode(&text.text),
        "label": label,
        "rule": text.rule,
        "source": text.source,
        "spans": spans,
    })
}

/// Pieces of the clean files, each with one secret of P0 on a line of its own.
fn planted(root: &Path, path: &Path, clean: &[String]) -> Result<(), String> {
    let files = sources(root, &root.join("plugins/credentials")).map_err(|error| error.to_string())?;
    let mut secrets = secrets(&files, 1).map_err(|error| error.to_string())?;
    let mut out = create(path)?;
    let mut written = 0;
    for name in clean {
        let mut file = File::open(name).map_err(|error| format!("`{name}` can't be opened: {error}"))?;
        loop {
            let mut piece = Vec::with_capacity(PIECE);
            let read = (&mut file).take(PIECE as u64).read_to_end(&mut piece);
            read.map_err(|error| format!("`{name}` can't be read: {error}"))?;
            if piece.len() < PIECE || written + PIECE > PLANTED {
                break;
            }
            let Some(secret) = secrets.next() else { break };
            // Not at the same place of each piece, and on a line of its own.
            let from = (written / PIECE * 7_919) % (PIECE - 1);
            let at = piece
                .iter()
                .skip(from)
                .position(|&byte| byte == b'\n')
                .map_or(0, |line| from + line + 1);
            let start = at + secret.secret.start;
            let end = at + secret.secret.end;
            let mut own = secret.text;
            if !own.ends_with(b"\n") {
                own.push(b'\n');
            }
            // Some pieces stand beside theirs without it, to tell what is found anyway.
            if (written / PIECE).is_multiple_of(4) {
                let entry = json!({"text_b64": base64::encode(&piece), "label": "negative", "rule": secret.rule, "source": "clean"});
                line(&mut out, &entry)?;
            }
            piece.splice(at..at, own);
            written += PIECE;
            let entry = json!({
                "text_b64": base64::encode(&piece),
                "label": "positive",
                "rule": secret.rule,
                "source": "planted",
                "spans": [[start, end]],
            });
            line(&mut out, &entry)?;
        }
    }
    say(format_args!(
        "{}: {} secrets, one in {} KB of {} MB",
        path.display(),
        written / PIECE,
        PIECE / 1000,
        written / 1_000_000
    ));
    finish(out)
}

fn create(path: &Path) -> Result<BufWriter<File>, String> {
    let file = File::create(path).map_err(|error| format!("`{}` can't be written: {error}", path.display()))?;
    Ok(BufWriter::new(file))
}

fn line(out: &mut impl Write, entry: &Value) -> Result<(), String> {
    writeln!(out, "{entry}").map_err(|error| format!("a corpus can't be written: {error}"))
}

fn finish(mut out: BufWriter<File>) -> Result<(), String> {
    out.flush()
        .map_err(|error| format!("a corpus can't be written: {error}"))
}
