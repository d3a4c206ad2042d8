//! The ways to misbehave.

/// What the guest does wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    /// Nothing.
    Honest,
    /// `scan` traps.
    Trap,
    /// `scan` never ends.
    Loop,
    /// `scan` takes memory until there is none.
    Memory,
    /// Findings reach beyond their windows.
    Range,
    /// Findings are out of order.
    Unsorted,
    /// A million findings.
    Million,
    /// No findings where a call has more than one suspect.
    Differs,
    /// An error code in place of findings.
    Error,
    /// `describe` traps once the guest is configured.
    DescribeTrap,
    /// `configure` refuses.
    ConfigureError,
    /// `configure` traps.
    ConfigureTrap,
    /// `configure` never ends.
    SlowConfigure,
    /// `scan` is right, and takes its time.
    Slow,
}

impl Mode {
    /// The mode that settings call by this name.
    pub(crate) fn from_name(name: &str) -> Option<Mode> {
        Some(match name {
            "honest" => Mode::Honest,
            "trap" => Mode::Trap,
            "loop" => Mode::Loop,
            "memory" => Mode::Memory,
            "range" => Mode::Range,
            "unsorted" => Mode::Unsorted,
            "million" => Mode::Million,
            "differs" => Mode::Differs,
            "error" => Mode::Error,
            "describe-trap" => Mode::DescribeTrap,
            "configure-error" => Mode::ConfigureError,
            "configure-trap" => Mode::ConfigureTrap,
            "slow" => Mode::Slow,
            "slow-configure" => Mode::SlowConfigure,
            _ => return None,
        })
    }
}
