//! Layers into one configuration.

use super::input::{Assignment, Input};
use super::key::ClassWord;
use super::layer::{Layer, Origin};
use super::problem::{Gravity, Problem};
use super::table::Resolved;
use super::value::Refusal;

/// A configuration and what is wrong with it.
#[derive(Debug, Clone)]
pub struct Resolution {
    /// What holds, without the values that were refused. Not to be run with while [`Self::is_refused`].
    pub resolved: Resolved,
    /// What would hold without the project's layer: what the operator alone says.
    pub operators: Resolved,
    /// All problems of all layers, weakest layer first and in the order of each file.
    pub problems: Vec<Problem>,
}

impl Resolution {
    /// Whether the configuration must not be used.
    pub fn is_refused(&self) -> bool {
        self.problems.iter().any(Problem::is_error)
    }

    /// The configuration and its warnings.
    ///
    /// # Errors
    ///
    /// All problems, where one refuses the configuration.
    pub fn accept(self) -> Result<(Resolved, Vec<Problem>), Vec<Problem>> {
        if self.is_refused() {
            Err(self.problems)
        } else {
            Ok((self.resolved, self.problems))
        }
    }
}

/// Merges layers, which may come in any order: the stronger layer's value holds, and a project only tightens. Of two
/// inputs of one layer the later is the stronger.
pub fn resolve(inputs: impl IntoIterator<Item = Input>) -> Resolution {
    let mut inputs: Vec<_> = inputs.into_iter().collect();
    inputs.sort_by_key(|input| input.layer);
    let mut resolved = Resolved::built_in();
    let mut operators = resolved.clone();
    let mut problems = Vec::new();
    for mut input in inputs {
        for assignment in std::mem::take(&mut input.set) {
            if input.layer.is_operator() {
                // What is wrong with it is told below, once.
                set(&mut operators, &assignment, input.layer).ok();
            }
            if let Err(refusal) = set(&mut resolved, &assignment, input.layer) {
                input.problem(told(refusal, &assignment));
            }
        }
        problems.extend(input.told());
    }
    // Where all that was said of a plugin is refused, its place is told with that, and that it has no source is no news.
    let between: Vec<_> = resolved
        .check()
        .into_iter()
        .filter(|problem| problem.origin != Some(Origin::BuiltIn) || !is_told(problem, &problems))
        .collect();
    problems.extend(between);
    Resolution {
        resolved,
        operators,
        problems,
    }
}

/// Whether an error of a key beneath this problem's own is among these.
fn is_told(problem: &Problem, problems: &[Problem]) -> bool {
    let beneath = problem.key.as_ref().map(|key| format!("{key}."));
    let is_beneath = |other: &Problem| {
        let key = beneath.as_ref().zip(other.key.as_ref());
        other.is_error() && key.is_some_and(|(beneath, key)| key.starts_with(beneath.as_str()))
    };
    problems.iter().any(is_beneath)
}

fn set(resolved: &mut Resolved, assignment: &Assignment, layer: Layer) -> Result<(), Refusal> {
    let key = assignment.key;
    // Before the name is looked up: a project must not even declare a plugin.
    if key.class == ClassWord::OperatorOnly && !layer.is_operator() {
        return Err(Refusal::operator_only());
    }
    (key.apply)(resolved, &assignment.name, &assignment.node, &assignment.origin)
}

fn told(refusal: Refusal, assignment: &Assignment) -> Problem {
    let gravity = if refusal.mild { Gravity::Warning } else { Gravity::Error };
    let problem = Problem {
        gravity,
        ..Problem::error(refusal.code, refusal.why)
    };
    problem.at(&assignment.origin).of(&assignment.path)
}
