//! From files to the bytes that the engine reads.

use std::collections::{BTreeMap, BTreeSet};

use cofferdam_rules::check::Named;
use cofferdam_rules::fact;
use cofferdam_rules::later::{self, Later, Shelf};
use cofferdam_rules::matcher::Matcher;
use cofferdam_rules::pack::{Allow, AnchorData, ExtentData, Pack, Proof, RuleData, Set, SpanData, Test};
use cofferdam_rules::pattern::{self as engine, Pattern};

use crate::error::{PackError, Problem};
use crate::pattern::Parts;
use crate::source::{About, Checksum, Grade, Placed, RuleSource, Source, SourceFile};
use crate::steps::{alphabet, anywhere, compile as nodes, lengths, set};
use crate::tables::bytes;
use crate::{examples, extent, required};

/// The most rules of a pack.
const RULES: usize = 4096;
/// The least that the longest window of a rule with `name` is.
const NAMED: u32 = 32;
/// The longest part of a name that the host takes, in bytes.
const PART: usize = 32;
/// The shortest literal that may lead a pattern anywhere; shorter ones are in every text.
const SHORTEST: usize = 3;
/// The most leading bytes of a P0 or P1 secret that a rule may show.
const MAY_SHOW: u16 = 8;
/// The most bytes of a lead.
const LEAD: u16 = 512;
/// Rules have at least so many examples of each kind.
const EXAMPLES: usize = 1;

/// A pack, compiled and checked.
#[derive(Debug, Clone)]
pub struct Compiled {
    /// The detector's id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// What the engine reads.
    pub bytes: Vec<u8>,
    /// What the pack holds.
    pub counts: Counts,
}

/// What a pack holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rules by severity, P0 first.
    pub rules: [usize; 4],
    /// Rules that a setting must enable.
    pub off: usize,
    /// Examples that were found as they should be.
    pub positive: usize,
    /// Examples in which nothing was found, as it should be.
    pub negative: usize,
}

/// Reads, checks and compiles a pack's files.
///
/// # Errors
/// All that is wrong, with file and rule.
pub fn compile(files: &[SourceFile]) -> Result<Compiled, PackError> {
    let source = Source::read(files).map_err(PackError)?;
    let mut problems = named_twice(&source);
    problems.extend(about(&source.about).into_iter().map(|what| Problem {
        file: files.first().map_or_else(String::new, |file| file.name.clone()),
        rule: None,
        what,
    }));
    let patterns = forms(&source.allow.patterns).unwrap_or_else(|what| {
        problems.push(Problem {
            file: String::new(),
            rule: None,
            what: format!("in `[allow]`: {what}"),
        });
        Vec::new()
    });
    let mut drafts = Vec::new();
    for placed in &source.rules {
        match Draft::of(&placed.rule) {
            Ok(draft) => drafts.push(draft),
            Err(what) => problems.push(problem(placed, what)),
        }
    }
    if source.rules.len() > RULES {
        problems.push(Problem {
            file: String::new(),
            rule: None,
            what: format!("a pack has {RULES} rules at most"),
        });
    }
    let mut digests = Vec::with_capacity(source.allow.digests.len());
    for text in &source.allow.digests {
        match u64::from_str_radix(text, 16) {
            Ok(digest) if text.len() == 16 => digests.push(digest),
            Ok(_) | Err(_) => problems.push(Problem {
                file: String::new(),
                rule: None,
                what: "`allow.digests`: an entry is FNV-1a of 64 bits, as 16 hexadecimal digits".to_owned(),
            }),
        }
    }
    if !problems.is_empty() {
        return Err(PackError(problems));
    }
    let words: Vec<Vec<u8>> = source
        .allow
        .words
        .iter()
        .map(|word| word.to_ascii_lowercase().into_bytes())
        .collect();
    let allow = Allow {
        words: words.iter().map(Vec::as_slice).collect(),
        values: source.allow.values.iter().map(String::as_bytes).collect(),
        digests,
        patterns,
    };
    let (rules, proofs): (Vec<_>, Vec<_>) = drafts.iter().map(Draft::data).unzip();
    let off = (0_u16..).zip(&source.rules).filter(|(_, placed)| placed.rule.off);
    let off = off.map(|(index, _)| index).collect();
    let bytes = written(&source, &allow, (&rules, &proofs), off).map_err(|error| {
        PackError(vec![Problem {
            file: String::new(),
            rule: None,
            what: format!("the pack can't be written: {error}"),
        }])
    })?;
    let mut counts = Counts::default();
    for placed in &source.rules {
        counts.rules[grade(placed.rule.severity) as usize] += 1;
        counts.off += usize::from(placed.rule.off);
        counts.positive += placed.rule.positive.len();
        counts.negative += placed.rule.negative.len();
    }
    let problems = examples::check(&source, &bytes);
    if !problems.is_empty() {
        return Err(PackError(problems));
    }
    Ok(Compiled {
        id: source.about.id.clone(),
        version: source.about.version.clone(),
        bytes,
        counts,
    })
}

/// The pack as bytes, of which each part can be read by itself.
fn written(
    source: &Source,
    allow: &Allow<'_>,
    (rules, proofs): (&[RuleData<'_>], &[Proof<'_>]),
    off: Vec<u16>,
) -> Result<Vec<u8>, later::Error> {
    let tables = &source.tables;
    let leads: Vec<&[u8]> = rules.iter().flat_map(RuleData::leads).collect();
    let names = proofs.iter().flat_map(|proof| proof.names().iter().copied());
    let parts: BTreeSet<&str> = names
        .map(part)
        .chain(engine::PARTS)
        .filter(|part| !part.is_empty())
        .collect();
    let parts: Vec<&str> = parts.into_iter().collect();
    let lists = [
        later::written(allow)?,
        later::written(&bytes(&tables.common))?,
        later::written(&bytes(&tables.names))?,
        later::written(&bytes(&tables.mail))?,
        later::written(&bytes(&tables.cards))?,
        later::written(&leads)?,
        later::written(&parts)?,
    ];
    let (rule_ends, rules) = later::shelved(rules)?;
    let (proof_ends, proofs) = later::shelved(proofs)?;
    let [allow, common, names, mail, cards, leads, names_parts] = &lists;
    let pack = Pack {
        id: &source.about.id,
        version: &source.about.version,
        title: &source.about.title,
        allow: Later::of(allow),
        common: Later::of(common),
        names: Later::of(names),
        mail: Later::of(mail),
        cards: Later::of(cards),
        leads: Later::of(leads),
        parts: Later::of(names_parts),
        off,
        rules: Shelf::of((&rule_ends, &rules)),
        proofs: Shelf::of((&proof_ends, &proofs)),
    };
    pack.check()?;
    pack.write()
}

/// The lower-case letters that begin a word of a name, as many as the host takes.
fn part(word: &[u8]) -> &str {
    let letters = word.iter().take(PART).take_while(|byte| byte.is_ascii_lowercase());
    let length = letters.count();
    std::str::from_utf8(&word[..length]).expect("letters of ASCII are text")
}

/// What is wrong with what a pack says of itself.
fn about(about: &About) -> Option<String> {
    if !is_id(&about.id) {
        return Some("the pack's id must be 1 to 64 lower-case letters, digits and dashes".to_owned());
    }
    (about.version.is_empty() || about.title.is_empty()).then(|| "the pack needs a version and a title".to_owned())
}

fn named_twice(source: &Source) -> Vec<Problem> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    let twice = source.rules.iter().filter_map(|placed| {
        let first = seen.insert(&placed.rule.id, &placed.file)?;
        Some(problem(placed, format!("this id is used before, in {first}")))
    });
    twice.collect()
}

pub(crate) fn problem(placed: &Placed, what: String) -> Problem {
    Problem {
        file: placed.file.clone(),
        rule: Some(placed.rule.id.clone()),
        what,
    }
}

fn forms(patterns: &[String]) -> Result<Vec<Matcher>, String> {
    patterns.iter().map(|pattern| anywhere(pattern)).collect()
}

pub(crate) fn grade(grade: Grade) -> u8 {
    match grade {
        Grade::P0 => 0,
        Grade::P1 => 1,
        Grade::P2 => 2,
        Grade::P3 => 3,
    }
}

/// A rule whose parts are compiled, and own their bytes.
struct Draft<'s> {
    rule: &'s RuleSource,
    how: How<'s>,
    run: Option<(Set, u16)>,
    context: Vec<Vec<u8>>,
    name: Vec<Vec<u8>>,
    stop: Vec<Vec<u8>>,
    facts: u64,
}

/// How its suspects are confirmed, and how far they reach.
enum How<'s> {
    Pattern(Compact),
    Check(Named, ExtentData<'s>, Option<Set>),
}

/// A pattern, compiled.
struct Compact {
    parts: Parts,
    before: Option<Matcher>,
    secret: Matcher,
    after: Option<Matcher>,
    allow: Vec<Matcher>,
    extent: SpanData,
    required: Option<Set>,
}

impl<'s> Draft<'s> {
    fn of(rule: &'s RuleSource) -> Result<Draft<'s>, String> {
        bounds(rule)?;
        let how = match (&rule.pattern, rule.check) {
            (Some(pattern), None) => How::Pattern(Compact::of(rule, pattern)?),
            (None, Some(named)) => {
                let extent = rule.extent.as_ref().ok_or("a `check` needs an `extent`")?;
                let required = extent.required.as_deref().map(set).transpose()?;
                How::Check(named, extent::declared(rule, extent)?, required)
            }
            (Some(_), Some(_)) | (None, None) => return Err("a rule has either a `pattern` or a `check`".to_owned()),
        };
        let run = match &rule.run {
            Some(run) => Some((set(&run.set)?, run.at_least)),
            None => None,
        };
        let mut facts = 0;
        for name in &rule.facts {
            let bit = fact::ALL.iter().position(|fact| fact == name);
            let bit = bit.ok_or_else(|| format!("`{name}` is no fact; there are {}", fact::ALL.join(", ")))?;
            facts |= 1 << bit;
        }
        let lower = |words: &[String]| {
            words
                .iter()
                .map(|word| word.to_ascii_lowercase().into_bytes())
                .collect()
        };
        Ok(Draft {
            rule,
            how,
            run,
            context: lower(&rule.context),
            name: lower(&rule.name),
            stop: lower(&rule.stop),
            facts,
        })
    }

    fn data(&self) -> (RuleData<'_>, Proof<'_>) {
        let rule = self.rule;
        let (extent, required, test) = match &self.how {
            How::Pattern(compact) => (
                ExtentData::Span(compact.extent.clone()),
                compact.required,
                Test::Pattern(Box::new(self.pattern(compact))),
            ),
            How::Check(named, extent, required) => (extent.clone(), *required, Test::Named(*named)),
        };
        let literals = rule.anchors.iter().map(|bytes| AnchorData::Literal(bytes.as_bytes()));
        let keywords = rule.keywords.iter().map(|bytes| AnchorData::Keyword(bytes.as_bytes()));
        let run = self.run.map(|(set, at_least)| AnchorData::Run(set, at_least));
        let proof = Proof {
            word: rule.word,
            facts: self.facts,
            test,
        };
        let data = RuleData {
            id: &rule.id,
            title: &rule.title,
            category: &rule.category,
            severity: grade(rule.severity),
            word: rule.word,
            low_entropy: rule.low_entropy,
            may_show: rule.may_show,
            required,
            is_named: !proof.names().is_empty(),
            anchors: literals.chain(keywords).chain(run).collect(),
            extent,
        };
        (data, proof)
    }

    fn pattern(&self, compact: &Compact) -> Pattern<'_> {
        let rule = self.rule;
        let parts = &compact.parts;
        let (least, _) = lengths(&parts.secret);
        let named = parts.assign || !parts.before.is_empty();
        Pattern {
            assign: parts.assign,
            before: compact.before.clone(),
            secret: compact.secret.clone(),
            after: compact.after.clone(),
            body: alphabet(&parts.secret),
            exact: rule.exact.unwrap_or(named || parts.bounded),
            nominal: u16::try_from(least).unwrap_or(u16::MAX),
            // Bits a byte are 8 at most, so that hundredths fit.
            entropy: (rule.entropy.clamp(0.0, 8.0) * 100.0) as u16,
            needs: rule.needs.clone(),
            name: self.name.iter().map(Vec::as_slice).collect(),
            holds: rule.holds.iter().map(String::as_bytes).collect(),
            checksum: rule.checksum.map(checksum),
            gates: rule.checksum_gates,
            login: rule.login,
            apart: rule.apart,
            context: self.context.iter().map(Vec::as_slice).collect(),
            not_before: rule.not_before.iter().map(String::as_bytes).collect(),
            allow: compact.allow.clone(),
            stop: self.stop.iter().map(Vec::as_slice).collect(),
        }
    }
}

impl Compact {
    fn of(rule: &RuleSource, pattern: &str) -> Result<Compact, String> {
        if rule.run.is_some() {
            return Err("a `run` goes with a `check`; a pattern needs anchors or keywords".to_owned());
        }
        let parts = Parts::of(pattern)?;
        if !rule.name.is_empty() && !parts.assign {
            return Err("`name` goes with `{{assign}}`, whose name it is about".to_owned());
        }
        if !rule.name.is_empty() && rule.longest.is_some_and(|longest| longest < NAMED) {
            return Err(format!(
                "a rule with `name` has a window of {NAMED} bytes at least; raise `longest`"
            ));
        }
        let optional = |items: &[regex_syntax::hir::Hir]| (!items.is_empty()).then(|| nodes(items)).transpose();
        Ok(Compact {
            before: optional(&parts.before)?,
            secret: nodes(&parts.secret)?,
            after: optional(&parts.after)?,
            allow: forms(&rule.allow)?,
            extent: extent::of_pattern(rule, &parts)?,
            required: required::of_pattern(rule, &parts),
            parts,
        })
    }
}

/// Whether this can name a pack or a rule.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(fits_id)
}

fn fits_id(c: u8) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-'
}

/// Holds a rule against the bounds of the contract.
fn bounds(rule: &RuleSource) -> Result<(), String> {
    if !is_id(&rule.id) {
        return Err("the id must be 1 to 64 lower-case letters, digits and dashes".to_owned());
    }
    if rule.category.is_empty() || rule.category.len() > 128 || !rule.category.bytes().all(|c| fits_id(c) || c == b'.')
    {
        return Err("the category must be dotted lower-case words".to_owned());
    }
    if rule.title.is_empty() || rule.title.chars().count() > 128 {
        return Err("the title must have 1 to 128 characters".to_owned());
    }
    let strict = matches!(rule.severity, Grade::P0 | Grade::P1);
    if strict && rule.may_show > MAY_SHOW {
        return Err(format!("a P0 or P1 rule may show {MAY_SHOW} bytes at most"));
    }
    match &rule.lead {
        Some(lead) if lead.at_least == 0 || lead.at_least > lead.longest || lead.longest > LEAD => {
            return Err(format!(
                "a lead has 1 to {LEAD} bytes, and no more at the least than at the most"
            ));
        }
        None if rule.apart => return Err("`apart` goes with a `lead`, whose secret ends before the literal".to_owned()),
        None if rule.may_show > 0 && rule.run.is_none() => {
            return Err("a rule whose literal leads shows nothing: leave `may-show` out".to_owned());
        }
        Some(_) | None => {}
    }
    let literals = || rule.anchors.iter().chain(&rule.keywords);
    let count = literals().count() + usize::from(rule.run.is_some());
    if !(1..=64).contains(&count) {
        return Err("a rule has 1 to 64 anchors".to_owned());
    }
    if let Some(bad) = literals().find(|bytes| bytes.is_empty() || bytes.len() > 64) {
        return Err(format!("the anchor `{bad}` must have 1 to 64 bytes"));
    }
    let short = |bytes: &&String| bytes.len() < SHORTEST && !(rule.word && bytes.len() + 1 >= SHORTEST);
    if let (Some(bad), Some(_)) = (literals().find(short), &rule.pattern) {
        return Err(format!(
            "the anchor `{bad}` can be slow: it stands in every text. Give it {SHORTEST} bytes, or {} and `word = true`",
            SHORTEST - 1
        ));
    }
    if rule.positive.len() < EXAMPLES || rule.negative.len() < EXAMPLES {
        return Err("a rule needs at least one positive and one negative example".to_owned());
    }
    Ok(())
}

fn checksum(checksum: Checksum) -> engine::Checksum {
    match checksum {
        Checksum::Base62Crc32 => engine::Checksum::Base62Crc32,
        Checksum::HexCrc32 => engine::Checksum::HexCrc32,
        Checksum::Luhn => engine::Checksum::Luhn,
        Checksum::Mod97 => engine::Checksum::Mod97,
        Checksum::National(national) => engine::Checksum::National(national),
    }
}
