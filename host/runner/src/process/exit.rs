//! How a process ended, and the exit code that says so.

use signal_hook::consts::SIGINT;
use signal_hook::low_level::emulate_default_handler;

/// Ends this process by SIGINT, as it ended its child. An interactive shell goes by that, and not by a code of 130, where it decides
/// whether a loop goes on. Answers where the system doesn't let it: the first process of a container dies of no signal.
pub fn die_of_interrupt() {
    if std::process::id() != 1 {
        emulate_default_handler(SIGINT).ok();
    }
}

/// The end of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It exited by itself, with this code.
    Exited(u8),
    /// A signal of this number ended it.
    Signaled(i32),
}

impl Ended {
    /// Whether SIGINT ended it, as Ctrl-C does.
    pub fn is_interrupt(self) -> bool {
        self == Self::Signaled(SIGINT)
    }

    /// The exit code as shells give it: the process's own, or 128 and the signal's number (at most 255).
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Exited(code) => code,
            Self::Signaled(signal) => u8::try_from(128 + signal.clamp(0, 127)).unwrap_or(u8::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Ended;

    #[test]
    fn a_code_is_its_own() {
        assert_eq!(
            (0..=255)
                .map(|code| Ended::Exited(code).exit_code())
                .collect::<Vec<_>>(),
            (0..=255).collect::<Vec<_>>()
        );
    }

    #[test]
    fn a_signal_is_added_to_128() {
        assert_eq!(Ended::Signaled(2).exit_code(), 130);
        assert_eq!(Ended::Signaled(9).exit_code(), 137);
        assert_eq!(Ended::Signaled(64).exit_code(), 192);
    }
}
