//! `cofferdam plugin pack` and `import-gitleaks`: detectors from rule files, without a toolchain.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

use cofferdam_model::Code;
use cofferdam_model::config::plain_path;
use cofferdam_model::record::Digest;
use cofferdam_pack::{Compiled, SourceFile, compile, embed, files_of, gitleaks, is_id};

use crate::builtin::RULE_ENGINE;
use crate::config::replace;
use crate::failure::Failure;
use crate::hint;
use crate::report::words::of as counted;

/// Arguments of `plugin pack`.
#[derive(Debug, clap::Args)]
pub(crate) struct PackArgs {
    /// Rule files, or a folder with `pack.toml` and `rules/*.toml`
    #[arg(required = true, value_name = "RULES.toml")]
    rules: Vec<PathBuf>,
    /// Where to write the component; without it the rules are only checked
    #[arg(long, short, value_name = "NAME.wasm")]
    output: Option<PathBuf>,
}

/// Arguments of `plugin import-gitleaks`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The gitleaks configuration
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where to write the rule file; without it, to standard output
    #[arg(long, short, value_name = "RULES.toml")]
    output: Option<PathBuf>,
    /// What the pack calls itself
    #[arg(long, default_value = "gitleaks", value_name = "NAME")]
    id: String,
}

/// Checks rule files and packs them into a component.
pub(crate) fn pack(args: &PackArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let started = Instant::now();
    let mut files = Vec::new();
    for path in &args.rules {
        sources(path, &mut files)?;
    }
    let compiled = compile(&files).map_err(|error| Failure::all_before(Code::PackRefused, &error.0))?;
    let mut lines = summary(&compiled);
    if let Some(path) = &args.output {
        let component =
            embed(RULE_ENGINE, &compiled.bytes).map_err(|error| Failure::before(Code::PackRefused, error))?;
        write(path, &component)?;
        lines.push(format!("  digest    sha256:{}", Digest::of(&component)));
        lines.push(format!("  size      {} bytes", component.len()));
        lines.push(format!(
            "  written   {} in {} ms",
            plain_path(path),
            started.elapsed().as_millis()
        ));
    }
    lines
        .iter()
        .try_for_each(|line| writeln!(out, "{line}"))
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}

/// Converts a gitleaks configuration, and says what it could not carry over.
pub(crate) fn import<'w>(args: &ImportArgs, out: &'w mut dyn Write, err: &'w mut dyn Write) -> Result<u8, Failure> {
    if !is_id(&args.id) {
        let message = "--id: a pack's id is 1 to 64 lower-case letters, digits and dashes";
        return Err(Failure::before(Code::Usage, message));
    }
    let file = read(&args.file)?;
    let imported = gitleaks(&file, &args.id).map_err(|error| Failure::all_before(Code::PackRefused, &error.0))?;
    let (report, to_file): (&mut dyn Write, bool) = match &args.output {
        Some(path) => {
            write(path, imported.text.as_bytes())?;
            (out, true)
        }
        None => {
            out.write_all(imported.text.as_bytes())
                .map_err(|error| Failure::output(&error))?;
            (err, false)
        }
    };
    let whole = imported.left.iter().filter(|left| left.whole).count();
    let mut lines = vec![format!(
        "{} carried over, {whole} left behind",
        counted(imported.rules as u64, "rule")
    )];
    lines.extend(imported.left.iter().map(|left| {
        let word = if left.whole { "left behind" } else { "in part" };
        format!("  {word:11}  {}: {}", left.rule, left.what)
    }));
    if let (true, Some(path)) = (to_file, &args.output) {
        lines.push(format!(
            "Written to {}; `{}` makes a detector of it.",
            plain_path(path),
            hint::command("plugin pack")
        ));
    }
    lines
        .iter()
        .try_for_each(|line| writeln!(report, "{line}"))
        .map(|()| 0)
        .map_err(|error| Failure::output(&error))
}

fn summary(compiled: &Compiled) -> Vec<String> {
    let counts = &compiled.counts;
    let all: usize = counts.rules.iter().sum();
    let grades = ["P0", "P1", "P2", "P3"];
    let graded: Vec<String> = grades
        .iter()
        .zip(counts.rules)
        .filter(|(_, count)| *count > 0)
        .map(|(grade, count)| format!("{count} {grade}"))
        .collect();
    let off = if counts.off > 0 {
        format!("; {} off until enabled", counts.off)
    } else {
        String::new()
    };
    vec![
        format!(
            "{} {}: {} ({}{off})",
            compiled.id,
            compiled.version,
            counted(all as u64, "rule"),
            graded.join(", ")
        ),
        format!(
            "  examples  {} found, {} passed by, as they should",
            counts.positive, counts.negative
        ),
    ]
}

/// A file, or the files of a folder.
fn sources(path: &Path, files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    if !path.is_dir() {
        files.push(read(path)?);
        return Ok(());
    }
    let rules = path.join("rules");
    let found = files_of(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Failure::before(
            Code::PackUnread,
            format!(
                "{} is no folder of a pack: its rule files lie in a folder `rules` beneath it, beside `pack.toml`, and there is none; \
                 name the files themselves where they lie elsewhere",
                plain_path(path)
            ),
        ),
        _ => unread(&rules, &error),
    })?;
    if found.is_empty() {
        let message = format!("{} holds no rule file, such as `rules/mine.toml`", plain_path(path));
        return Err(Failure::before(Code::PackUnread, message));
    }
    for path in found {
        files.push(read(&path)?);
    }
    Ok(())
}

fn read(path: &Path) -> Result<SourceFile, Failure> {
    let text = fs::read_to_string(path).map_err(|error| unread(path, &error))?;
    Ok(SourceFile {
        name: plain_path(path),
        text,
    })
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    Failure::before(
        Code::PackUnread,
        format!("{} could not be read: {error}", plain_path(path)),
    )
}

/// Puts a whole file in its place, or leaves what is there.
fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    replace(path, bytes, 0o644).map_err(|error| {
        Failure::before(
            Code::PackUnwritten,
            format!("{} could not be written: {error}", plain_path(path)),
        )
    })
}
