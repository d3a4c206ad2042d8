//! What a key is: its path, its class, its words of explanation, and how a written value reaches its place.

use super::layer::{Origin, Value};
use super::node::Node;
use super::table::{KEYS, Resolved};
use super::value::{Refusal, Setting};

/// Who may set a key, told with the key's type so that an order fits it.
#[derive(Debug, Clone, Copy)]
pub enum Class<T: 'static> {
    /// The operator alone.
    OperatorOnly,
    /// The operator as they like; a project only to a stronger value.
    TightenOnly(Order<T>),
    /// Anyone.
    Free,
}

/// A stated order of strictness.
#[derive(Debug, Clone, Copy)]
pub struct Order<T: 'static> {
    /// The order in words, weakest first.
    pub words: &'static str,
    /// How strict a value is: the larger, the less gets out.
    pub strength: fn(&T) -> u8,
}

/// Who may set a key, without its type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassWord {
    /// The operator alone.
    OperatorOnly,
    /// A project only to a stronger value, by this order.
    TightenOnly(&'static str),
    /// Anyone.
    Free,
}

impl<T> Class<T> {
    /// The class without its type.
    pub const fn word(&self) -> ClassWord {
        match self {
            Self::OperatorOnly => ClassWord::OperatorOnly,
            Self::TightenOnly(order) => ClassWord::TightenOnly(order.words),
            Self::Free => ClassWord::Free,
        }
    }
}

impl ClassWord {
    /// The class's name, as the documentation writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OperatorOnly => "operator-only",
            Self::TightenOnly(_) => "tighten-only",
            Self::Free => "free",
        }
    }
}

/// A key of the configuration.
pub struct Key {
    /// The dotted path. `<name>` stands for one part, a closing `<category>` for one or more.
    pub path: &'static str,
    /// Who may set it.
    pub class: ClassWord,
    /// What it does, a line each.
    pub doc: &'static [&'static str],
    /// What may be written, in words.
    pub expects: fn() -> String,
    /// What holds when nothing is written, in words.
    pub default: fn() -> String,
    pub(super) apply: fn(&mut Resolved, &str, &Node, &Origin) -> Result<(), Refusal>,
    pub(super) rows: fn(&Resolved, &Key, &mut Vec<Row>),
}

impl Key {
    /// All keys, in the order of their declaration.
    pub fn all() -> &'static [Key] {
        KEYS
    }

    /// The key that a path names, and what stands in its wildcard's place.
    pub(super) fn find(path: &[String]) -> Option<(&'static Key, String)> {
        KEYS.iter().find_map(|key| Some((key, key.capture(path)?)))
    }

    /// Whether keys lie below a path.
    pub(super) fn any_below(path: &[String]) -> bool {
        KEYS.iter().any(|key| {
            let parts: Vec<_> = key.parts().collect();
            path.len() < parts.len() && parts.iter().zip(path).all(|(part, given)| fits(part, given))
        })
    }

    /// Whether the last part stands for one or more parts of a path.
    pub(super) fn is_open(&self) -> bool {
        self.path.ends_with("<category>")
    }

    pub(super) fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('.')
    }

    fn capture(&self, path: &[String]) -> Option<String> {
        let parts: Vec<_> = self.parts().collect();
        let long_enough = if self.is_open() {
            path.len() >= parts.len()
        } else {
            path.len() == parts.len()
        };
        if !long_enough || !parts.iter().zip(path).all(|(part, given)| fits(part, given)) {
            return None;
        }
        let wild = parts.iter().position(|part| part.starts_with('<'));
        Some(match wild {
            Some(at) if self.is_open() => path[at..].join("."),
            Some(at) => path[at].clone(),
            None => String::new(),
        })
    }
}

fn fits(part: &str, given: &str) -> bool {
    part.starts_with('<') || part == given
}

/// A resolved key, as a report shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The path, with names in the place of wildcards.
    pub path: String,
    /// The value in words; of settings only the names.
    pub value: String,
    /// Where it was set.
    pub origin: Origin,
    /// Who may set it.
    pub class: ClassWord,
    /// How strict the value is, where its key is tighten-only.
    pub strength: Option<u8>,
}

impl Row {
    pub(super) fn new<T: Setting>(path: String, value: &Value<T>, class: &Class<T>) -> Self {
        let strength = match class {
            Class::TightenOnly(order) => Some((order.strength)(&value.value)),
            Class::OperatorOnly | Class::Free => None,
        };
        Self {
            path,
            value: value.value.show(),
            origin: value.origin.clone(),
            class: class.word(),
            strength,
        }
    }
}

/// Sets a value where the class allows it to who wrote it.
pub(super) fn assign<T: Setting>(
    slot: &mut Value<T>,
    class: &Class<T>,
    node: &Node,
    origin: &Origin,
) -> Result<(), Refusal> {
    let wanted = T::parse(node)?;
    if !origin.layer().is_operator() {
        match class {
            Class::OperatorOnly => return Err(Refusal::operator_only()),
            Class::TightenOnly(order) => {
                let (now, then) = ((order.strength)(&slot.value), (order.strength)(&wanted));
                if then <= now {
                    let same = wanted.show() == slot.value.show();
                    return if same {
                        Ok(())
                    } else {
                        Err(Refusal::loosens(&slot.origin, order.words))
                    };
                }
            }
            Class::Free => {}
        }
    }
    *slot = Value {
        value: wanted,
        origin: origin.clone(),
    };
    Ok(())
}

/// Declares the keys: for each its field, its name, its type, its default and its class, in this syntax and no other.
/// A key without a class matches no rule of the macro, so it doesn't build; neither does one without documentation.
macro_rules! keys {
    (
        $($(#[doc = $section_doc:literal])+ $section:ident: $Section:ident in $prefix:literal {
            $($(#[doc = $doc:literal])+ $field:ident $name:literal: $Type:ty = $default:expr, $Class:ident $(($order:expr))?;)+
        })+
        $(each $(#[doc = $each_doc:literal])+ $each:ident: $Each:ident in $each_prefix:literal by $EachName:ident {
            $($(#[doc = $doc2:literal])+ $field2:ident $name2:literal: $Type2:ty = $default2:expr, $Class2:ident $(($order2:expr))?;)+
        })+
        map $(#[doc = $map_doc:literal])+ $map:ident in $map_prefix:literal by $MapName:ident $wildcard:literal:
            $MapType:ty = $map_default:expr, $MapClass:ident $(($map_order:expr))?;
    ) => {
        $($(#[doc = $section_doc])+ #[derive(Debug, Clone, PartialEq)]
        pub struct $Section { $($(#[doc = $doc])+ pub $field: Value<$Type>,)+ }

        impl $Section {
            fn built_in() -> Self { Self { $($field: Value::built_in($default),)+ } }
        })+

        $($(#[doc = $each_doc])+ #[derive(Debug, Clone, PartialEq)]
        pub struct $Each { $($(#[doc = $doc2])+ pub $field2: Value<$Type2>,)+ }

        impl $Each {
            pub(super) fn built_in() -> Self { Self { $($field2: Value::built_in($default2),)+ } }
        })+

        /// The configuration in force: what every layer together says, each value with its origin.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Resolved {
            $($(#[doc = $section_doc])+ pub $section: $Section,)+
            $($(#[doc = $each_doc])+ pub $each: BTreeMap<$EachName, $Each>,)+
            $(#[doc = $map_doc])+ pub $map: BTreeMap<$MapName, Value<$MapType>>,
        }

        impl Resolved {
            /// The defaults, before the built-in guards are added.
            fn bare() -> Self {
                Self { $($section: $Section::built_in(),)+ $($each: BTreeMap::new(),)+ $map: BTreeMap::new() }
            }
        }

        pub(super) static KEYS: &[Key] = &[
            $($(Key {
                path: concat!($prefix, ".", $name),
                class: Class::<$Type>::$Class$(($order))?.word(),
                doc: &[$($doc),+],
                expects: <$Type as Setting>::expects,
                default: || <$Type as Setting>::show(&$default),
                apply: |resolved, _, node, origin| {
                    assign(&mut resolved.$section.$field, &Class::$Class$(($order))?, node, origin)
                },
                rows: |resolved, key, rows| {
                    rows.push(Row::new(key.path.to_owned(), &resolved.$section.$field, &Class::$Class$(($order))?));
                },
            },)+)+
            $($(Key {
                path: concat!($each_prefix, ".<name>.", $name2),
                class: Class::<$Type2>::$Class2$(($order2))?.word(),
                doc: &[$($doc2),+],
                expects: <$Type2 as Setting>::expects,
                default: || <$Type2 as Setting>::show(&$default2),
                apply: |resolved, name, node, origin| {
                    let entry = resolved.$each.entry($EachName::parse(name)?).or_insert_with($Each::built_in);
                    assign(&mut entry.$field2, &Class::$Class2$(($order2))?, node, origin)
                },
                rows: |resolved, _, rows| {
                    rows.extend(resolved.$each.iter().map(|(name, entry)| {
                        let path = format!(concat!($each_prefix, ".{}.", $name2), name);
                        Row::new(path, &entry.$field2, &Class::$Class2$(($order2))?)
                    }));
                },
            },)+)+
            Key {
                path: concat!($map_prefix, ".", $wildcard),
                class: Class::<$MapType>::$MapClass$(($map_order))?.word(),
                doc: &[$($map_doc),+],
                expects: <$MapType as Setting>::expects,
                default: || <$MapType as Setting>::show(&$map_default),
                apply: |resolved, name, node, origin| {
                    let entry = resolved.$map.entry($MapName::parse(name)?);
                    let entry = entry.or_insert_with(|| Value::built_in($map_default));
                    assign(entry, &Class::$MapClass$(($map_order))?, node, origin)
                },
                rows: |resolved, _, rows| {
                    rows.extend(resolved.$map.iter().map(|(name, value)| {
                        Row::new(format!(concat!($map_prefix, ".{}"), name), value, &Class::$MapClass$(($map_order))?)
                    }));
                },
            },
        ];
    };
}
pub(super) use keys;
