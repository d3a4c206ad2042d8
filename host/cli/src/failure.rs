//! An error on its way to a person.

use std::fmt;
use std::io;

use cofferdam_model::Code;
use cofferdam_model::config::Problem;

/// What went wrong, with its stable code and the exit code that says so.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The lines to print, each a whole message.
    lines: Vec<String>,
    /// The code of the first of them that is an error.
    pub(crate) code: Code,
    /// The exit code.
    pub(crate) exit: u8,
}

impl Failure {
    /// One error.
    pub(crate) fn new(code: Code, exit: u8, message: impl fmt::Display) -> Self {
        Self {
            lines: vec![format!("error {code}: {message}")],
            code,
            exit,
        }
    }

    /// An error from before anything was started.
    pub(crate) fn before(code: Code, message: impl fmt::Display) -> Self {
        Self::new(code, 125, message)
    }

    /// Errors from before anything was started, all with one code, each in a line of its own.
    pub(crate) fn all_before<M: fmt::Display>(code: Code, messages: &[M]) -> Self {
        Self {
            lines: messages
                .iter()
                .map(|message| format!("error {code}: {message}"))
                .collect(),
            code,
            exit: 125,
        }
    }

    /// The output could not be written: 141 where its reader left, as in any pipeline, else 122.
    pub(crate) fn output(error: &io::Error) -> Self {
        let (code, exit) = if error.kind() == io::ErrorKind::BrokenPipe {
            (Code::OutputClosed, 141)
        } else {
            (Code::StreamFailed, 122)
        };
        Self::new(code, exit, format!("the output could not be written ({error})"))
    }

    /// Whether nothing is said of it: who stops reading knows that they did.
    pub(crate) fn is_silent(&self) -> bool {
        self.code == Code::OutputClosed && self.exit == 141
    }

    /// Problems of a configuration, of which at least one is an error.
    pub(crate) fn problems(problems: &[Problem]) -> Self {
        Self {
            lines: problems.iter().map(ToString::to_string).collect(),
            code: problems
                .iter()
                .find(|problem| problem.is_error())
                .map_or(Code::Internal, |problem| problem.code),
            exit: 125,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}
