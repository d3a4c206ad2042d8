//! Stable error codes.
//!
//! Every error that a person can see carries one. A code never changes its meaning and is never used again. The page
//! `docs/errors.md` lists them all, and a test holds the two together.

use serde::{Deserialize, Serialize};

/// Declares the codes once: variant, number, and the one-line meaning that the docs repeat.
macro_rules! codes {
    ($($variant:ident = $number:literal, $meaning:literal;)*) => {
        /// A stable error code. Hundreds group by area: 1 configuration, 2 plugins, 3 guard, 4 processes, 5 records, 6 command line,
        /// 7 approvals and overrides.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $(#[doc = $meaning] $variant,)* }

        impl Code {
            /// All codes, in the order of their numbers.
            pub const ALL: &'static [Code] = &[$(Code::$variant,)*];

            /// The number behind `CFD-`.
            pub const fn number(self) -> u16 { match self { $(Code::$variant => $number,)* } }

            /// What the code means, in one line.
            pub const fn meaning(self) -> &'static str { match self { $(Code::$variant => $meaning,)* } }
        }
    };
}

codes! {
    ConfigRead = 101, "A configuration file could not be read.";
    ConfigSyntax = 102, "A configuration file is not valid TOML, or a value has the wrong type.";
    ConfigUnknownKey = 103, "A configuration file holds a key that does not exist.";
    ConfigClass = 104, "A layer sets a key that only the operator may set.";
    ConfigLoosens = 105, "A layer tries to loosen what a stronger layer set.";
    ConfigUntrusted = 106, "A project's file has not been trusted, or changed since.";
    ConfigValue = 107, "A configuration value is out of its bounds.";
    ConfigPassRefused = 108, "The failure action `pass` is refused for this plugin.";
    KnownUnread = 109, "A file of known values could not be read.";
    KnownLimit = 110, "There are more known values than the host searches for.";
    KnownLeftOut = 111, "A known value is not searched for.";
    LockMismatch = 120, "A plugin's file differs from the digest in the lock file or in the configuration.";
    LockRead = 121, "The lock file could not be read or written.";
    PluginRead = 201, "A plugin's file could not be read.";
    PluginNotComponent = 202, "The file is not a WebAssembly component.";
    PluginCoreModule = 203, "The file is a core WebAssembly module, not a component.";
    PluginWorld = 204, "The component does not export the world of its kind, or for a version that this host lacks.";
    PluginImports = 205, "The component imports more than it was granted.";
    PluginResources = 206, "The component needs more memory, tables or instances than its limits allow.";
    PluginConfigure = 207, "The plugin refused its settings.";
    PluginRules = 208, "The plugin declared rules that the host cannot accept.";
    PluginPolicy = 209, "The policy refused its configuration.";
    PluginFailed = 210, "The plugin failed while it was loaded.";
    PluginCompile = 211, "The component could not be compiled.";
    PluginUnknown = 212, "No plugin of this name is configured or built in.";
    PackUnread = 213, "A rule file could not be read.";
    PackRefused = 214, "A rule pack was refused.";
    PackUnwritten = 215, "What was made of a rule file could not be written.";
    NoDetector = 216, "No detector is in force, so that nothing is searched for but known values.";
    EngineStart = 220, "The WebAssembly engine could not be started.";
    CacheUnusable = 221, "The folder for compiled plugins cannot be used; plugins are compiled at each start.";
    GuardBlocked = 301, "The guard blocked the session.";
    GuardFailure = 302, "A guard failed on a suspect, and its failure action was taken.";
    CommandNotFound = 401, "The command was not found.";
    CommandNotExecutable = 402, "The command was found but cannot be executed.";
    SpawnFailed = 403, "The command could not be started.";
    TerminalFailed = 404, "The terminal could not be set up.";
    OutputClosed = 405, "Whoever reads the output closed it.";
    StreamFailed = 406, "A stream of the session failed.";
    RecordCreate = 501, "The folder for records could not be created.";
    RecordWrite = 502, "A record could not be written; the record of this run is cut.";
    RecordRead = 503, "A record could not be read.";
    RecordTampered = 504, "A record was changed after it was written.";
    RecordInterrupted = 505, "A record ends without its closing entry.";
    RecordUnanchored = 506, "A record verifies, but its head is not kept in the state folder.";
    RecordUnknown = 507, "No run of this id exists here.";
    KeyUnusable = 508, "A key in the state folder could not be read, or others may read it.";
    ShadowPlace = 509, "No such place of a shadow record can be shown or labelled.";
    Usage = 601, "The command line is not valid.";
    Internal = 602, "The host failed in a way that it should not.";
    CorpusRead = 603, "A file to be evaluated could not be read.";
    CorpusLine = 604, "A line of a corpus is not valid; nothing was evaluated.";
    EvaluationWrite = 605, "The report of an evaluation could not be written.";
    PolicyUnapproved = 701, "Nobody approved the guard policy in force.";
    SignedUnread = 702, "A signed document could not be read: it is broken, unsigned, or open to others.";
    SignerUnknown = 703, "A document is signed by nobody whom the configuration lets say so.";
    SignatureForged = 704, "A signature does not fit what the document says.";
    SignatureExpired = 705, "A signed document holds no longer, or does not hold yet.";
    InsideSession = 706, "The command is refused inside a session.";
    SigningKeyUnusable = 707, "A signing key could not be used.";
    OverrideRefused = 708, "An override was refused.";
    SignedUnwritten = 709, "A signed document could not be written.";
    ClockBack = 710, "The clock stands before the newest record.";
    GateClosed = 711, "A promotion was refused: the gate does not hold.";
    RolloutRefused = 712, "A candidate can't be moved so.";
    RolloutStale = 713, "A promotion is for another component or other settings than those that are there.";
    RolledBack = 714, "A promoted plugin failed or was too slow, and the version before is in force again.";
    ActsBroken = 715, "The log of what was granted and taken back is not whole.";
    Unpromoted = 716, "A version is in force in another's place that no gate let through.";
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CFD-{}", self.number())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.to_string() == text)
            .ok_or_else(|| serde::de::Error::custom("no such error code"))
    }
}

impl schemars::JsonSchema for Code {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^CFD-[1-7][0-9][0-9]$" })
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn numbers_are_unique_and_ascend() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }
}
