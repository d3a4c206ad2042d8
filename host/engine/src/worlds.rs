//! Which world a component is built for, and which adapter speaks with it.

use crate::describe::escape;
use crate::error::LoadReason;
use crate::info::Kind;
use crate::v0_1;
use wasmtime::component::types::Component;

/// The WIT version of an adapter. There is one for each track of versions that link with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Adapter {
    /// 0.1.x
    V0_1,
}

impl Adapter {
    /// The newest first.
    const ALL: [Self; 1] = [Self::V0_1];
    /// All of them, for people.
    const KNOWN: &'static str = "0.1";

    /// The one that speaks with components built for this version.
    pub(crate) fn of(version: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|adapter| adapter.speaks(version))
    }

    /// The version that the host speaks through it.
    pub(crate) fn version(self) -> &'static str {
        match self {
            Self::V0_1 => v0_1::VERSION,
        }
    }

    /// Whether a component built for this version links with it: the same track, and no pre-release.
    fn speaks(self, version: &str) -> bool {
        let track = match self {
            Self::V0_1 => "0.1.",
        };
        version
            .strip_prefix(track)
            .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|c| c.is_ascii_digit()))
    }
}

/// The interface that guards of each kind may export besides.
const RENEWAL: &str = "/renewal@";

/// Finds the export of a kind: the adapter, and the version that the component was built for.
pub(crate) fn find(
    engine: &wasmtime::Engine,
    component: &Component,
    kind: Kind,
) -> Result<(Adapter, String), LoadReason> {
    let exports: Vec<&str> = component.exports(engine).map(|(name, _)| name).collect();
    choose(&exports, kind)
}

fn choose(exports: &[&str], kind: Kind) -> Result<(Adapter, String), LoadReason> {
    let wanted = kind.interface();
    let versions: Vec<&str> = exports
        .iter()
        .filter_map(|name| match name.split_once('@') {
            Some((bare, version)) => (bare == wanted).then_some(version),
            None => (*name == wanted).then_some("no version"),
        })
        .collect();
    for adapter in Adapter::ALL {
        if let Some(version) = versions.iter().find(|version| adapter.speaks(version)) {
            return Ok((adapter, (*version).to_owned()));
        }
    }
    if let Some(version) = versions.first() {
        let found = escape(&format!("{wanted}@{version}"));
        return Err(LoadReason::Version {
            found,
            known: Adapter::KNOWN,
        });
    }
    let kind_name = match kind {
        Kind::Detector => "privacy detector",
        Kind::Policy => "guard policy",
    };
    // What a guard may export besides says nothing of its kind.
    let mut kinds = exports.iter().filter(|name| !name.contains(RENEWAL));
    let found = match kinds.next() {
        None => "it exports nothing; build it for the world of its kind".to_owned(),
        Some(first) => {
            let more = match kinds.count() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!(
                "it exports `{}`{more}; see whether it is configured as the right kind",
                escape(first)
            )
        }
    };
    Err(LoadReason::World {
        wanted,
        kind: kind_name,
        found,
    })
}

#[cfg(test)]
mod tests {
    use super::{Adapter, choose};
    use crate::error::LoadReason;
    use crate::info::Kind;

    #[test]
    fn a_later_patch_of_the_same_track_links() {
        for version in ["0.1.0", "0.1.7"] {
            let export = format!("cofferdam:detector/detector@{version}");
            assert_eq!(
                choose(&["other", &export], Kind::Detector),
                Ok((Adapter::V0_1, version.into()))
            );
        }
    }

    #[test]
    fn another_track_and_a_pre_release_do_not() {
        for version in ["0.2.0", "1.0.0", "0.1.0-rc.1", "0.10.0", "0.1."] {
            let export = format!("cofferdam:guard-policy/policy@{version}");
            let error = choose(&[&export], Kind::Policy).expect_err("it is refused");
            assert_eq!(
                error,
                LoadReason::Version {
                    found: export,
                    known: "0.1"
                }
            );
        }
    }

    #[test]
    fn another_kind_is_named() {
        let exports = [
            "cofferdam:guard-policy/policy@0.1.0",
            "cofferdam:guard-policy/renewal@0.1.0",
        ];
        let error = choose(&exports, Kind::Detector).expect_err("it is refused");
        let text = error.to_string();
        assert!(!text.contains("renewal") && !text.contains("more"), "{text}");
        assert!(
            text.contains("`cofferdam:detector/detector`") && text.contains("`cofferdam:guard-policy/policy@0.1.0`"),
            "{text}"
        );
    }
}
