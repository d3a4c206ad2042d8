//! Mutants: small faults, kept as patches, each of which breaks an invariant that a named test must see broken.
//!
//! A test that nothing can fail proves nothing. Each patch in `tests/mutants` is put on a copy of the sources, and
//! the test that its first line names is run there: it must pass without the patch, and fail with it.

mod patch;
mod tree;
mod trial;

use std::fs;
use std::path::Path;

use self::patch::Mutant;
use self::tree::Tree;
use self::trial::{Trial, Verdict};
use crate::guest;

/// Tries every mutant, or those whose name holds one of the filters, the cheapest to build first.
///
/// # Errors
/// A mutant survived, a patch doesn't apply any more, or a test fails without any patch.
pub(crate) fn mutants(root: &Path, filters: &[String]) -> Result<(), String> {
    let mut chosen = all(root)?;
    chosen.retain(|mutant| filters.is_empty() || filters.iter().any(|filter| mutant.name.contains(filter)));
    if chosen.is_empty() {
        return Err("no mutant has such a name; `ls tests/mutants` shows them all".to_owned());
    }
    let tree = Tree::prepare(root)?;
    if chosen.iter().any(|mutant| mutant.kills.needs_guests()) {
        guest::build_guests(tree.path()).map_err(|problem| problem.to_string())?;
    }
    let mut verdicts = Vec::with_capacity(chosen.len());
    let mut tried = None;
    let mut sound = Ok(());
    for mutant in &chosen {
        // Neighbours in the list share their test, so its run without a patch is made once.
        if tried.as_ref() != Some(&mutant.kills) {
            tree.restore()?;
            say(format_args!("without a patch: {}", mutant.kills));
            sound = Trial::new(&tree, &mutant.kills).passes()?;
            tried = Some(mutant.kills.clone());
        }
        let verdict = match &sound {
            Ok(()) => try_out(&tree, mutant)?,
            Err(problem) => Verdict::Unsound(problem.clone()),
        };
        say(format_args!("{verdict:<10} {}", mutant.name));
        verdicts.push(verdict);
    }
    tree.restore()?;
    tell(&chosen, &verdicts)
}

fn try_out(tree: &Tree, mutant: &Mutant) -> Result<Verdict, String> {
    tree.restore()?;
    if let Err(problem) = tree.apply(&mutant.path) {
        return Ok(Verdict::Stale(problem));
    }
    Trial::new(tree, &mutant.kills).fails()
}

/// Every mutant, in the order in which they are tried.
fn all(root: &Path) -> Result<Vec<Mutant>, String> {
    let folder = root.join("tests/mutants");
    let problem = |error| format!("{} can't be read: {error}", folder.display());
    let mut found = Vec::new();
    for entry in fs::read_dir(&folder).map_err(problem)? {
        let path = entry.map_err(problem)?.path();
        if path.extension().is_some_and(|extension| extension == "patch") {
            found.push(Mutant::read(&path)?);
        }
    }
    found.sort_by(|a, b| a.order().cmp(&b.order()));
    Ok(found)
}

/// Prints the table, and answers with an error where one was not killed.
fn tell(mutants: &[Mutant], verdicts: &[Verdict]) -> Result<(), String> {
    let width = mutants.iter().map(|mutant| mutant.name.len()).max().unwrap_or(0);
    say(format_args!(""));
    for (mutant, verdict) in mutants.iter().zip(verdicts) {
        say(format_args!("{verdict:<10} {:<width$}  {}", mutant.name, mutant.kills));
    }
    for (mutant, verdict) in mutants.iter().zip(verdicts) {
        if let Some(hint) = verdict.hint() {
            say(format_args!("\n{}: {hint}", mutant.name));
        }
    }
    let killed = verdicts.iter().filter(|verdict| **verdict == Verdict::Killed).count();
    say(format_args!("\n{killed} of {} mutants killed", mutants.len()));
    if killed == mutants.len() {
        Ok(())
    } else {
        Err("not every mutant was killed; what to do stands above".to_owned())
    }
}

#[allow(clippy::print_stdout, reason = "xtask talks to a person")]
fn say(line: std::fmt::Arguments<'_>) {
    println!("{line}");
}

#[cfg(test)]
mod tests {
    use super::{Path, all, tree};

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("xtask lies in the workspace")
    }

    #[test]
    fn each_invariant_has_a_mutant() {
        let mutants = all(root()).expect("mutants");
        for invariant in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] {
            let begin = format!("{invariant}-");
            assert!(
                mutants.iter().any(|mutant| mutant.name.starts_with(&begin)),
                "no mutant breaks invariant {invariant}"
            );
        }
    }

    #[test]
    fn each_mutant_applies_to_the_sources() {
        for mutant in all(root()).expect("mutants") {
            let applies = tree::git_apply(root(), &["--check"], &mutant.path);
            assert_eq!(applies, Ok(()), "{}: make the patch anew", mutant.name);
        }
    }
}
