//! Values that are one of a few words.

use crate::config::Order;

/// Declares an enum of words. What a word stands for is its documentation. Words after `refused` are known and answered
/// with a reason of their own.
macro_rules! choice {
    (
        $(#[doc = $doc:literal])+
        $Name:ident { $($(#[doc = $word_doc:literal])+ $Variant:ident = $word:literal,)+ }
        $(refused { $($refused:literal: $code:ident, $why:literal;)+ })?
    ) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $Name { $($(#[doc = $word_doc])+ #[serde(rename = $word)] $Variant,)+ }

        impl $Name {
            /// All words, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$Variant,)+];

            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$Variant => $word,)+ }
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl $crate::config::Setting for $Name {
            fn parse(
                node: &$crate::config::node::Node,
            ) -> Result<Self, $crate::config::value::Refusal> {
                use $crate::config::value::Refusal;
                let text = node.text().ok_or_else(Refusal::kind::<Self>)?;
                $($(if text == $refused {
                    return Err(Refusal { code: $crate::Code::$code, why: $why.to_owned(), mild: false });
                })+)?
                Self::ALL.iter().copied().find(|word| word.as_str() == text).ok_or_else(Refusal::bounds::<Self>)
            }

            fn show(&self) -> String { self.as_str().to_owned() }

            fn expects() -> String { $crate::config::value::choice::one_of(&[$($word),+]) }
        }
    };
}
pub(super) use choice;

/// Words as a person lists them.
pub(in crate::config) fn one_of(words: &[&str]) -> String {
    match words {
        [] => String::new(),
        [one] => format!("\"{one}\""),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|word| format!("\"{word}\"")).collect();
            format!("{} or \"{last}\"", first.join(", "))
        }
    }
}

choice! {
    /// How a child is attached.
    SessionMode {
        /// A terminal where standard input and output are terminals, else pipes.
        Auto = "auto",
        /// A terminal of its own.
        Pty = "pty",
        /// Pipes, its two outputs apart.
        Pipe = "pipe",
    }
}

choice! {
    /// When a session that succeeded is told to have failed.
    FailOn {
        /// The child's own code stands.
        Never = "never",
        /// When something was withheld.
        Withheld = "withheld",
        /// When something was redacted or withheld.
        Redacted = "redacted",
    }
}

impl FailOn {
    /// By how much makes a session fail.
    pub const ORDER: Order<Self> = Order {
        words: "never < withheld < redacted",
        strength: |word| match word {
            Self::Never => 0,
            Self::Withheld => 1,
            Self::Redacted => 2,
        },
    };
}

choice! {
    /// Whether messages are coloured.
    Color {
        /// Where standard error is a terminal and `NO_COLOR` isn't set.
        Auto = "auto",
        /// Always.
        Always = "always",
        /// Never.
        Never = "never",
    }
}

choice! {
    /// What takes the place of a span in a pipe.
    PipeStyle {
        /// A marker that names the rule.
        Marker = "marker",
        /// As many `*` as were taken.
        Mask = "mask",
    }
}

choice! {
    /// What is done when records can't be written.
    OnFull {
        /// Cleared output is still shown, and the record says that it is cut.
        Continue = "continue",
        /// The session ends.
        Stop = "stop",
    }
}

impl OnFull {
    /// By what goes on without a record.
    pub const ORDER: Order<Self> = Order {
        words: "continue < stop",
        strength: |word| match word {
            Self::Continue => 0,
            Self::Stop => 1,
        },
    };
}

/// The order of `records.durable`.
pub(in crate::config) const fn durable_order() -> Order<bool> {
    Order {
        words: "false < true",
        strength: |durable| if *durable { 1 } else { 0 },
    }
}

choice! {
    /// Whether a plugin is used.
    Mode {
        /// Not loaded.
        Off = "off",
        /// On trial: it runs beside what is in force and changes nothing, and what it would have done is recorded.
        Shadow = "shadow",
        /// In force in a share of runs or in some tasks, and on trial elsewhere.
        Limited = "limited",
        /// Its findings are decided and acted on.
        Enforce = "enforce",
    }
}

choice! {
    /// What a plugin is.
    Kind {
        /// Finds what should not get out.
        PrivacyDetector = "privacy-detector",
    }
    refused {
        "guard-policy": ConfigValue, "a guard policy isn't a plugin of this table; set it as policy.source";
        "dispatch-policy": ConfigValue, "this version has no dispatch policies yet; write \"privacy-detector\"";
        "instruction-resolver": ConfigValue,
            "this version has no instruction resolvers yet; write \"privacy-detector\"";
    }
}
