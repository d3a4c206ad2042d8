//! Rule files as people write them.

use std::path::{Path, PathBuf};
use std::{fs, io};

use cofferdam_rules::pack::{Cards, Common, Mail, Names};
use cofferdam_rules::pattern::Kind;
use serde::Deserialize;

use crate::error::Problem;
use crate::tables::Tables;

/// A file of a pack.
#[derive(Debug, Clone)]
pub struct SourceFile {
    /// What messages call it.
    pub name: String,
    /// Its TOML.
    pub text: String,
}

/// The files of a pack's folder: `pack.toml`, where there is one, and then what lies in `rules`, by name.
///
/// # Errors
/// Where `rules` can't be read.
pub fn files_of(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder.join("rules"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            paths.push(path);
        }
    }
    paths.sort();
    let head = folder.join("pack.toml");
    if head.exists() {
        paths.insert(0, head);
    }
    Ok(paths)
}

/// What a file may hold.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    pub(crate) pack: Option<About>,
    pub(crate) allow: Option<AllowSource>,
    #[serde(default)]
    pub(crate) common: Common<String>,
    #[serde(default)]
    pub(crate) names: Names<String>,
    #[serde(default)]
    pub(crate) mail: Mail<String>,
    #[serde(default)]
    pub(crate) cards: Cards<String>,
    #[serde(default)]
    pub(crate) rule: Vec<RuleSource>,
}

/// Who the pack is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub(crate) id: String,
    pub(crate) version: String,
    pub(crate) title: String,
}

/// What is a placeholder by whatever rule.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct AllowSource {
    #[serde(default)]
    pub(crate) words: Vec<String>,
    #[serde(default)]
    pub(crate) values: Vec<String>,
    #[serde(default)]
    pub(crate) digests: Vec<String>,
    #[serde(default)]
    pub(crate) patterns: Vec<String>,
}

/// One rule.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleSource {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) category: String,
    pub(crate) severity: Grade,
    #[serde(default)]
    pub(crate) anchors: Vec<String>,
    #[serde(default)]
    pub(crate) keywords: Vec<String>,
    pub(crate) run: Option<RunSource>,
    pub(crate) pattern: Option<String>,
    pub(crate) check: Option<cofferdam_rules::check::Named>,
    pub(crate) extent: Option<ExtentSource>,
    pub(crate) lead: Option<LeadSource>,
    #[serde(default)]
    pub(crate) may_show: u16,
    #[serde(default)]
    pub(crate) word: bool,
    pub(crate) exact: Option<bool>,
    #[serde(default)]
    pub(crate) off: bool,
    #[serde(default)]
    pub(crate) low_entropy: bool,
    #[serde(default)]
    pub(crate) apart: bool,
    #[serde(default)]
    pub(crate) entropy: f32,
    #[serde(default)]
    pub(crate) needs: Vec<Kind>,
    /// Words, one of which must stand in the anchor or between it and the value of an assignment.
    #[serde(default)]
    pub(crate) name: Vec<String>,
    /// Texts that the secret must hold.
    #[serde(default)]
    pub(crate) holds: Vec<String>,
    pub(crate) checksum: Option<Checksum>,
    #[serde(default)]
    pub(crate) checksum_gates: bool,
    /// Whether the secret is base64 of `user:password`.
    #[serde(default)]
    pub(crate) login: bool,
    #[serde(default)]
    pub(crate) context: Vec<String>,
    #[serde(default)]
    pub(crate) not_before: Vec<String>,
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    #[serde(default)]
    pub(crate) stop: Vec<String>,
    #[serde(default)]
    pub(crate) facts: Vec<String>,
    pub(crate) longest: Option<u32>,
    /// Where the issuer documents the format; for readers of the file.
    #[serde(rename = "doc")]
    pub(crate) _doc: Option<String>,
    #[serde(default)]
    pub(crate) positive: Vec<String>,
    #[serde(default)]
    pub(crate) negative: Vec<String>,
}

/// A severity.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) enum Grade {
    P0,
    P1,
    P2,
    P3,
}

/// A checksum.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Checksum {
    Base62Crc32,
    HexCrc32,
    Luhn,
    Mod97,
    /// A national identifier's, by the name that the engine gives it.
    #[serde(untagged)]
    National(cofferdam_rules::national::National),
}

/// A run of bytes as an anchor.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RunSource {
    pub(crate) set: String,
    pub(crate) at_least: u16,
}

/// Bytes of the secret before its literal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct LeadSource {
    pub(crate) set: String,
    pub(crate) at_least: u16,
    pub(crate) longest: u16,
}

/// What stands between an anchor and its body.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct OpenerSource {
    pub(crate) before: String,
    pub(crate) bytes: String,
    pub(crate) after: Option<String>,
}

/// How far a suspect of a check of the engine's own reaches.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ExtentSource {
    pub(crate) body: String,
    pub(crate) at_least: u16,
    /// A span's.
    pub(crate) longest: Option<u32>,
    #[serde(default)]
    pub(crate) gap: u16,
    pub(crate) filler: Option<String>,
    #[serde(default)]
    pub(crate) head: Vec<String>,
    pub(crate) opener: Option<OpenerSource>,
    /// One class, of which a byte stands behind the anchor of each secret.
    pub(crate) required: Option<String>,
    /// A block's.
    pub(crate) bound: Option<u32>,
    #[serde(default)]
    pub(crate) until: Vec<String>,
}

/// A rule with the file that it stands in.
#[derive(Debug)]
pub(crate) struct Placed {
    pub(crate) file: String,
    pub(crate) rule: RuleSource,
}

/// All files of a pack together.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) about: About,
    pub(crate) allow: AllowSource,
    pub(crate) tables: Tables,
    pub(crate) rules: Vec<Placed>,
}

impl Source {
    /// Reads all files. One of them says who the pack is; the lists of all are joined.
    pub(crate) fn read(files: &[SourceFile]) -> Result<Source, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut problem = |file: &SourceFile, what: String| {
            problems.push(Problem {
                file: file.name.clone(),
                rule: None,
                what,
            });
        };
        let mut about: Option<About> = None;
        let mut allow = AllowSource::default();
        let mut tables = Tables::default();
        let mut rules = Vec::new();
        for file in files {
            let parsed: File = match toml::from_str(&file.text) {
                Ok(parsed) => parsed,
                Err(error) => {
                    problem(file, error.to_string().trim_end().to_owned());
                    continue;
                }
            };
            match (parsed.pack, &about) {
                (Some(_), Some(_)) => problem(file, "a second `[pack]`: one file says who the pack is".to_owned()),
                (Some(found), None) => about = Some(found),
                (None, _) => {}
            }
            if let Some(more) = parsed.allow {
                allow.words.extend(more.words);
                allow.values.extend(more.values);
                allow.digests.extend(more.digests);
                allow.patterns.extend(more.patterns);
            }
            let more = Tables {
                common: parsed.common,
                names: parsed.names,
                mail: parsed.mail,
                cards: parsed.cards,
            };
            match more.check() {
                Ok(()) => tables.join(more),
                Err(what) => problem(file, what),
            }
            rules.extend(parsed.rule.into_iter().map(|rule| Placed {
                file: file.name.clone(),
                rule,
            }));
        }
        let first = files.first().map_or("", |file| file.name.as_str());
        let missing = |what: &str| Problem {
            file: first.to_owned(),
            rule: None,
            what: what.to_owned(),
        };
        if problems.is_empty() && rules.is_empty() {
            problems.push(missing("there is no `[[rule]]`"));
        }
        match about {
            Some(about) if problems.is_empty() => Ok(Source {
                about,
                allow,
                tables,
                rules,
            }),
            Some(_) => Err(problems),
            None => {
                if problems.is_empty() {
                    problems.push(missing("there is no `[pack]` with `id`, `version` and `title`"));
                }
                Err(problems)
            }
        }
    }
}
