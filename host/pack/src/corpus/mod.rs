//! Labelled texts that a pack's own examples generate: every rule's values in every notation that people write them
//! in, and what merely looks like them.
//!
//! A rule's examples say what its values are and how its name is written. Both are taken out of them and put into the
//! notations of [`notation`], so that a rule which is found in three ways of writing is measured in all of them.
//! Nothing is listed: values come out of the patterns of the examples, another one for each text.

mod example;
mod near;
mod notation;

use std::ops::Range;

use crate::error::PackError;
use crate::source::{Grade, RuleSource, Source, SourceFile};
use example::Example;
use notation::NOTATIONS;

/// A text, and what a detector should find in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The text.
    pub text: Vec<u8>,
    /// The secret's bytes; `None` where the text holds none.
    pub secret: Option<Range<usize>>,
    /// The rule whose values it was made of.
    pub rule: String,
    /// The rule's severity, and how the value is written or what it is instead: `P0 json`.
    pub source: String,
}

/// A secret as it is written in one notation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The rule whose value it is.
    pub rule: String,
    /// What is written, on one line or several.
    pub text: Vec<u8>,
    /// The secret's bytes in it.
    pub secret: Range<usize>,
}

/// Every rule that is on, in every notation, and the near misses of each. The same seed gives the same texts.
///
/// # Errors
/// The files are no pack, or a part of an example can't be generated.
pub fn corpus(files: &[SourceFile], seed: u64) -> Result<Vec<Labelled>, PackError> {
    let source = Source::read(files).map_err(PackError)?;
    let mut texts = Vec::new();
    for placed in source.rules.iter().filter(|placed| !placed.rule.off) {
        let rule = &placed.rule;
        let problem = |what| PackError(vec![crate::compile::problem(placed, what)]);
        for (number, template) in rule.positive.iter().enumerate() {
            let name = format!("{seed} {} {number}", rule.id);
            let (text, parts) = crate::template::expand_with_parts(template, &name).map_err(problem)?;
            if let (Some(first), Some(last)) = (parts.first(), parts.last()) {
                texts.push(labelled(rule, "as in the rule", text, Some(first.start..last.end)));
            }
        }
        let Some(example) = examples(rule).next() else {
            continue;
        };
        for (number, notation) in NOTATIONS.iter().enumerate() {
            let name = format!("{seed} {} in {number}", rule.id);
            let (value, secret) = example.value(&name).map_err(problem)?;
            let (text, at) = notation.write(&example.name, &value);
            texts.push(labelled(
                rule,
                notation.name,
                text,
                Some(at + secret.start..at + secret.end),
            ));
        }
        for (what, text) in near::misses(rule, &example, seed).map_err(problem)? {
            texts.push(labelled(rule, what, text, None));
        }
    }
    Ok(texts)
}

/// A secret of each P0 rule whose values stand by themselves, in a notation that changes from one to the next, for as
/// long as one asks. The same seed gives the same secrets.
///
/// # Errors
/// The files are no pack, or hold no such rule.
pub fn secrets(files: &[SourceFile], seed: u64) -> Result<impl Iterator<Item = Written> + use<>, PackError> {
    let source = Source::read(files).map_err(PackError)?;
    // A rule with an assignment needs a name and a sign behind it, so that its values don't stand by themselves.
    let alone = |rule: &RuleSource| {
        rule.pattern
            .as_deref()
            .is_some_and(|pattern| !pattern.contains("{{assign}}"))
    };
    let strict = |rule: &&RuleSource| matches!(rule.severity, Grade::P0) && !rule.off && alone(rule);
    let all: Vec<(String, Example)> = source
        .rules
        .iter()
        .map(|placed| &placed.rule)
        .filter(strict)
        .filter_map(|rule| Some((rule.id.clone(), examples(rule).next()?)))
        .collect();
    if all.is_empty() {
        return Err(PackError(vec![crate::error::Problem {
            file: String::new(),
            rule: None,
            what: "no rule of P0 has an example with a generated value".to_owned(),
        }]));
    }
    // Neighbours are of different kinds, and a rule meets another notation in each round.
    Ok((0_usize..).filter_map(move |turn| {
        let (rule, example) = all.get(turn * 7_919 % all.len())?;
        let notation = NOTATIONS.get((turn / all.len() + turn * 5) % NOTATIONS.len())?;
        let (value, secret) = example.value(&format!("{seed} planted {turn}")).ok()?;
        let (text, at) = notation.write(&example.name, &value);
        Some(Written {
            rule: rule.clone(),
            text,
            secret: at + secret.start..at + secret.end,
        })
    }))
}

/// The examples of a rule whose value can be written in another notation.
fn examples(rule: &RuleSource) -> impl Iterator<Item = Example> + '_ {
    let free = rule.check.is_none() && rule.context.is_empty();
    rule.positive
        .iter()
        .filter(move |_| free)
        .filter_map(|template| Example::of(rule, template))
}

fn labelled(rule: &RuleSource, how: &str, text: Vec<u8>, secret: Option<Range<usize>>) -> Labelled {
    Labelled {
        text,
        secret,
        rule: rule.id.clone(),
        source: format!("{:?} {how}", rule.severity),
    }
}
