//! Imports against grants: one layer, below the adapters of all WIT versions.

use crate::describe::escape;
use crate::error::LoadReason;
use crate::info::Import;
use serde::{Deserialize, Serialize};
use wasmtime::component::types::{Component, ComponentInstance, ComponentItem};

/// The interfaces that this host can give to a guest, without versions. A world that offers one names it here.
const OFFERED: &[&str] = &[];

/// What a component imports, by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wanted {
    name: String,
    authority: bool,
}

/// What a component imports.
pub(crate) fn list(engine: &wasmtime::Engine, component: &Component) -> Vec<Wanted> {
    component
        .imports(engine)
        .map(|(name, item)| Wanted {
            name: escape(name),
            authority: is_authority(engine, &item.ty),
        })
        .collect()
}

/// Each import held against the grants.
pub(crate) fn held_against(wanted: Vec<Wanted>, grants: &[String]) -> Vec<Import> {
    wanted
        .into_iter()
        .map(|Wanted { name, authority }| Import {
            granted: grants.iter().any(|grant| grant == bare(&name)),
            name,
            authority,
        })
        .collect()
}

/// Refuses authority that wasn't granted, or that nobody offers.
pub(crate) fn check(imports: &[Import]) -> Result<(), LoadReason> {
    check_offered(imports, OFFERED)
}

fn check_offered(imports: &[Import], offered: &[&str]) -> Result<(), LoadReason> {
    let names = |wrong: &dyn Fn(&Import) -> bool| {
        let wrong: Vec<_> = imports
            .iter()
            .filter(|import| import.authority && wrong(import))
            .collect();
        let more = wrong.len().saturating_sub(8);
        let mut names: Vec<_> = wrong
            .iter()
            .take(8)
            .map(|import| format!("`{}`", import.name))
            .collect();
        if more > 0 {
            names.push(format!("{more} more"));
        }
        (!names.is_empty()).then(|| names.join(", "))
    };
    if let Some(names) = names(&|import| !import.granted) {
        return Err(LoadReason::NotGranted(names));
    }
    match names(&|import| !offered.contains(&bare(&import.name))) {
        Some(names) => Err(LoadReason::NotOffered(names)),
        None => Ok(()),
    }
}

/// Whether what is imported can do anything: types alone can't.
fn is_authority(engine: &wasmtime::Engine, item: &ComponentItem) -> bool {
    match item {
        ComponentItem::Type(_) => false,
        ComponentItem::ComponentInstance(instance) => instance_is_authority(engine, instance),
        ComponentItem::ComponentFunc(_)
        | ComponentItem::CoreFunc(_)
        | ComponentItem::Module(_)
        | ComponentItem::Component(_)
        | ComponentItem::Resource(_) => true,
    }
}

fn instance_is_authority(engine: &wasmtime::Engine, instance: &ComponentInstance) -> bool {
    instance.exports(engine).any(|(_, item)| is_authority(engine, &item.ty))
}

/// The name without its version.
fn bare(name: &str) -> &str {
    name.split_once('@').map_or(name, |(bare, _)| bare)
}

#[cfg(test)]
mod tests {
    use super::{check_offered, held_against, list};
    use crate::error::LoadReason;
    use crate::info::Import;
    use crate::tests::binary;

    fn import(name: &str, authority: bool, granted: bool) -> Import {
        Import {
            name: name.into(),
            authority,
            granted,
        }
    }

    #[test]
    fn invariant_6_types_need_no_grant_and_functions_do() {
        assert_eq!(check_offered(&[import("a:b/types@0.1.0", false, false)], &[]), Ok(()));
        let error = check_offered(&[import("a:b/c@0.1.0", true, false)], &["a:b/c"]);
        assert_eq!(error, Err(LoadReason::NotGranted("`a:b/c@0.1.0`".into())));
        assert_eq!(check_offered(&[import("a:b/c@0.1.0", true, true)], &["a:b/c"]), Ok(()));
        let error = check_offered(&[import("a:b/c@0.1.0", true, true)], &[]);
        assert_eq!(error, Err(LoadReason::NotOffered("`a:b/c@0.1.0`".into())));
    }

    #[test]
    fn a_long_list_is_cut() {
        let imports: Vec<_> = (0..20).map(|n| import(&format!("a:b/c{n}"), true, false)).collect();
        let Err(LoadReason::NotGranted(names)) = check_offered(&imports, &[]) else {
            panic!("it is refused")
        };
        assert!(names.ends_with("12 more"), "{names}");
    }

    #[test]
    fn invariant_6_authority_is_read_from_the_component_itself() {
        let engine = wasmtime::Engine::default();
        let listed = |bytes: Vec<u8>, grants: &[String]| {
            let component = wasmtime::component::Component::new(&engine, bytes).expect("a component");
            held_against(list(&engine, &component.component_type()), grants)
        };
        let name = "wasi:clocks/wall-clock@0.2.0";
        assert_eq!(
            listed(binary::importing_function(name), &[]),
            [import(name, true, false)]
        );
        assert_eq!(
            listed(binary::importing_function(name), &["wasi:clocks/wall-clock".into()]),
            [import(name, true, true)]
        );
        assert_eq!(listed(binary::importing_type(name), &[]), [import(name, false, false)]);
        assert_eq!(
            listed(binary::importing_resource(name), &[]),
            [import(name, true, false)]
        );
    }
}
