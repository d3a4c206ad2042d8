//! `cofferdam eval`: guards against texts whose secrets are known.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use cofferdam_model::Code;
use cofferdam_model::config::plain_path;
use cofferdam_model::eval::{Corpus, Evaluation};
use cofferdam_model::record::SafeText;
use cofferdam_runner::eval::{Evaluator, Place, Versus};
use cofferdam_runner::record::RunClock;

use super::exec::warn;
use crate::config::Surroundings;
use crate::corpus::{CorpusFile, unreadable};
use crate::failure::Failure;
use crate::guards::{in_force, on_trial, only, start_engine};
use crate::report::Verbosity;
use crate::report::eval::{page, text};

/// The arguments of `cofferdam eval`.
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("texts").args(["corpus", "clean"]).required(true).multiple(true))]
#[command(after_help = "\
Examples:
  cofferdam eval --corpus labelled.jsonl                      precision, recall and what is missed
  cofferdam eval --clean /var/log/syslog                      alarms in text that holds no secret
  cofferdam eval --corpus labelled.jsonl --html report.html   a page to show
  cofferdam eval --corpus labelled.jsonl --compare credentials,mine

Tables show their first 15 rows, the worst ones; --verbose shows all.

Exit codes: 0 the report was made, whatever it says; 122 or 141 it could not be written; 125 refused, nothing was evaluated.")]
pub(crate) struct EvalArgs {
    /// Files of labelled texts, one JSON object a line: text, label, and perhaps rule, source, spans
    #[arg(long, value_name = "FILE", num_args = 1..)]
    corpus: Vec<PathBuf>,
    /// Files of text that holds no secret, in which each alarm is a false one
    #[arg(long, value_name = "FILE", num_args = 1..)]
    clean: Vec<PathBuf>,
    /// Evaluate these configured plugins alone, even where their mode is `off`
    #[arg(long, value_name = "NAME", num_args = 1..)]
    plugin: Vec<String>,
    /// Set two configured plugins against each other over the same texts
    #[arg(long, value_name = "BASE,CANDIDATE", value_parser = pair, requires = "corpus")]
    compare: Option<[String; 2]>,
    /// Write all figures to this file, which is made or emptied
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write a page for a browser to this file, which is made or emptied
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// What the places are drawn from at which the streams are cut
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

/// Evaluates, and prints the report.
pub(crate) fn run(
    args: &EvalArgs,
    around: &Surroundings,
    verbosity: Verbosity,
    out: &mut dyn Write,
) -> Result<u8, Failure> {
    let quiet = verbosity == Verbosity::Quiet;
    let all = in_force(around)?;
    warn(&all, quiet);
    // What is wrong with a file is said before anything else takes time.
    let corpora: Vec<CorpusFile> = args
        .corpus
        .iter()
        .map(|path| CorpusFile::check_filled(path))
        .collect::<Result<_, _>>()?;
    let clean: Vec<(&PathBuf, File)> = args
        .clean
        .iter()
        .map(|path| Ok((path, open(path)?)))
        .collect::<Result<_, Failure>>()?;
    let mut warnings = Vec::new();
    let engine = start_engine(around, quiet, &mut warnings)?;
    let guards = if args.plugin.is_empty() {
        on_trial(&engine, &all)?
    } else {
        on_trial(&engine, &only(around, &all, &args.plugin)?)?
    };
    let alone = |name: &String| on_trial(&engine, &only(around, &all, std::slice::from_ref(name))?);
    let versus = match &args.compare {
        Some([base, candidate]) => Some(Versus {
            base: alone(base)?,
            candidate: alone(candidate)?,
        }),
        None => None,
    };
    let outputs = [("--json", &args.json), ("--html", &args.html)];
    let [json, html] = outputs.map(|(option, path)| path.as_ref().map(|path| Output::create(option, path)).transpose());
    let (json, html) = (json?, html?);
    if !quiet {
        warnings.iter().for_each(|warning| crate::say(warning));
    }

    let evaluation = evaluate(Evaluator::new(guards, args.seed, versus), corpora, clean)?;

    if let Some(json) = json {
        let mut text = serde_json::to_string_pretty(&evaluation).expect("an evaluation is made of text and numbers");
        text.push('\n');
        json.write(&text)?;
    }
    if let Some(html) = html {
        html.write(&page(&evaluation))?;
    }
    let told = text(&evaluation, verbosity == Verbosity::Verbose);
    out.write_all(told.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| Failure::output(&error))?;
    Ok(0)
}

fn evaluate(
    mut evaluator: Evaluator,
    corpora: Vec<CorpusFile>,
    clean: Vec<(&PathBuf, File)>,
) -> Result<Evaluation, Failure> {
    let mut told: Vec<Corpus> = Vec::new();
    for (file, mut corpus) in corpora.into_iter().enumerate() {
        corpus.examples(&mut |line, example| evaluator.example(Place { file, line }, example))?;
        told.push(corpus.told);
    }
    for (path, mut file) in clean {
        evaluator
            .clean(SafeText::vouched(plain_path(path)), &mut file)
            .map_err(|error| unreadable(path, &error))?;
    }
    let made = RunClock::start().now().time;
    Ok(evaluator.finish(env!("CARGO_PKG_VERSION"), made, told))
}

/// A file that a report goes to; made before the evaluation, so that nobody waits for a report that can't be written.
pub(crate) struct Output<'a> {
    option: &'static str,
    path: &'a Path,
    file: BufWriter<File>,
}

impl<'a> Output<'a> {
    pub(crate) fn create(option: &'static str, path: &'a Path) -> Result<Self, Failure> {
        if path == Path::new("-") {
            let message = format!("{option}: `-` is the name of no file here; give a path, such as /dev/stdout");
            return Err(Failure::before(Code::Usage, message));
        }
        match File::create(path) {
            Ok(file) => Ok(Self {
                option,
                path,
                file: BufWriter::new(file),
            }),
            Err(error) => Err(Failure::before(
                Code::EvaluationWrite,
                format!("{option}: {} can't be made: {error}", plain_path(path)),
            )),
        }
    }

    pub(crate) fn write(mut self, text: &str) -> Result<(), Failure> {
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.flush());
        written.map_err(|error| {
            let message = format!("{}: {} can't be written: {error}", self.option, plain_path(self.path));
            Failure::new(Code::EvaluationWrite, 122, message)
        })
    }
}

fn open(path: &Path) -> Result<File, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    if file.metadata().is_ok_and(|metadata| metadata.is_dir()) {
        return Err(unreadable(
            path,
            &std::io::Error::other("it is a folder; name its files"),
        ));
    }
    Ok(file)
}

fn pair(text: &str) -> Result<[String; 2], String> {
    match text.split(',').map(str::trim).collect::<Vec<_>>().as_slice() {
        [base, candidate] if !base.is_empty() && !candidate.is_empty() && base != candidate => {
            Ok([(*base).to_owned(), (*candidate).to_owned()])
        }
        _ => Err("name two different plugins, with a comma between them".to_owned()),
    }
}
