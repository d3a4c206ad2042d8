//! The guards that the binary holds.

/// A component that is part of the binary.
pub(crate) struct BuiltIn {
    /// What the configuration calls it.
    pub(crate) name: &'static str,
    /// The component.
    pub(crate) component: &'static [u8],
}

macro_rules! component {
    ($name:literal) => {
        BuiltIn {
            name: $name,
            component: include_bytes!(concat!(env!("COFFERDAM_GUESTS"), "/", $name, ".wasm")),
        }
    };
}

/// The detectors.
const DETECTORS: [BuiltIn; 2] = [component!("credentials"), component!("personal")];

/// The policies.
const POLICIES: [BuiltIn; 1] = [component!("standard")];

/// The rule engine without rules, of which `plugin pack` makes detectors.
pub(crate) const RULE_ENGINE: &[u8] = include_bytes!(concat!(env!("COFFERDAM_GUESTS"), "/rule-engine.wasm"));

/// The settings of the standard policy where the configuration gives none.
pub(crate) const STANDARD_SETTINGS: &str = include_str!("../../../policies/standard.toml");

/// The built-in component of this name.
pub(crate) fn component(name: &str) -> Option<&'static [u8]> {
    DETECTORS
        .iter()
        .chain(&POLICIES)
        .find(|built_in| built_in.name == name)
        .map(|built_in| built_in.component)
}
