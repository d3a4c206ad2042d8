//! What is done about a finding, and about a guard that failed.

use super::choice::choice;
use crate::config::Order;

choice! {
    /// What is done about a finding.
    Action {
        /// It gets out, and is counted.
        Allow = "allow",
        /// It is taken out, and a marker stands in its place; on a terminal a mask.
        Redact = "redact",
        /// It is taken out, and as many `*` stand in its place.
        RedactMask = "redact-mask",
        /// All from the first byte that isn't out yet to the line's end is taken out.
        WithholdLine = "withhold-line",
        /// The session ends.
        Block = "block",
    }
}

impl Action {
    /// By what gets out: the two ways to redact are equally strict.
    pub const ORDER: Order<Self> = Order {
        words: "allow < redact = redact-mask < withhold-line < block",
        strength: |action| action.strength(),
    };

    /// How little gets out: 0 for all, 3 for an ended session. Equal for the two ways to redact.
    pub const fn strength(self) -> u8 {
        match self {
            Self::Allow => 0,
            Self::Redact | Self::RedactMask => 1,
            Self::WithholdLine => 2,
            Self::Block => 3,
        }
    }

    /// The stricter of two; the first where they are equally strict.
    #[must_use]
    pub const fn at_least(self, least: Self) -> Self {
        if least.strength() > self.strength() {
            least
        } else {
            self
        }
    }
}

choice! {
    /// What is done to a suspect whose detector failed.
    FailureAction {
        /// Its native extent is taken out.
        Withhold = "withhold",
        /// The session ends.
        Block = "block",
        /// It gets out. Refused for a plugin that has a rule of severity P0.
        Pass = "pass",
    }
}

choice! {
    /// What is done to a finding whose policy failed. A policy can't be failed open.
    PolicyFailureAction {
        /// It is taken out.
        Withhold = "withhold",
        /// The session ends.
        Block = "block",
    }
    refused {
        "pass": ConfigPassRefused,
            "a policy that fails must not let findings pass; write \"withhold\" or \"block\"";
    }
}
