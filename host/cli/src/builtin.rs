//! The guards that the binary holds.

use cofferdam_runner::session::engine::{ComponentBytes, Digest};

/// A component that is part of the binary.
pub(crate) struct BuiltIn {
    /// What the configuration calls it.
    pub(crate) name: &'static str,
    /// The component.
    component: &'static [u8],
    /// Its digest.
    digest: &'static [u8; 32],
}

macro_rules! component {
    ($name:literal) => {
        BuiltIn {
            name: $name,
            component: include_bytes!(concat!(env!("COFFERDAM_GUESTS"), "/", $name, ".wasm")),
            digest: include_bytes!(concat!(env!("OUT_DIR"), "/", $name, ".sha256")),
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
pub(crate) fn component(name: &str) -> Option<ComponentBytes> {
    DETECTORS
        .iter()
        .chain(&POLICIES)
        .find(|built_in| built_in.name == name)
        .map(|built_in| ComponentBytes::built_in(built_in.component, Digest::from_bytes(*built_in.digest)))
}

#[cfg(test)]
mod tests {
    use super::{BuiltIn, DETECTORS, POLICIES};
    use cofferdam_runner::session::engine::Digest;

    #[test]
    fn digests_are_those_of_the_components() {
        for BuiltIn {
            name,
            component,
            digest,
        } in DETECTORS.into_iter().chain(POLICIES)
        {
            assert_eq!(Digest::from_bytes(*digest), Digest::of(component), "{name}");
        }
    }
}
