//! The lists of words in a pack. Each table is declared once: with texts as a file has it, and with bytes as the
//! engine reads it.

use serde::{Deserialize, Serialize};

/// Lists, or tables of them.
pub trait Lists<W>: Default {
    /// The same with other words.
    type Of<V>;

    /// Adds the words of `more` to the lists of the same names.
    fn join(&mut self, more: Self);

    /// Calls `visit` with each list and its name, that of its table before it: `login.users`.
    ///
    /// # Errors
    /// The first that `visit` answers.
    fn visit<E>(&self, name: &str, visit: &mut impl FnMut(&str, &[W]) -> Result<(), E>) -> Result<(), E>;

    /// The same with what `make` makes of each word.
    fn map<'l, V>(&'l self, make: &impl Fn(&'l W) -> V) -> Self::Of<V>
    where
        W: 'l;
}

impl<W> Lists<W> for Vec<W> {
    type Of<V> = Vec<V>;

    fn join(&mut self, more: Self) {
        self.extend(more);
    }

    fn visit<E>(&self, name: &str, visit: &mut impl FnMut(&str, &[W]) -> Result<(), E>) -> Result<(), E> {
        visit(name, self)
    }

    fn map<'l, V>(&'l self, make: &impl Fn(&'l W) -> V) -> Vec<V>
    where
        W: 'l,
    {
        self.iter().map(make).collect()
    }
}

/// Declares tables, each with its lists and tables of lists.
macro_rules! tables {
    ($($(#[$about:meta])* $table:ident { $($(#[$what:meta])* $name:ident: $kind:ident,)+ })+) => {$(
        $(#[$about])*
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default, bound(deserialize = "W: Deserialize<'de>"))]
        pub struct $table<W> {
            $($(#[$what])* pub $name: $kind<W>,)+
        }

        impl<W> Default for $table<W> {
            fn default() -> Self {
                Self { $($name: $kind::default(),)+ }
            }
        }

        impl<W> Lists<W> for $table<W> {
            type Of<V> = $table<V>;

            fn join(&mut self, more: Self) {
                $(self.$name.join(more.$name);)+
            }

            fn visit<E>(&self, name: &str, visit: &mut impl FnMut(&str, &[W]) -> Result<(), E>) -> Result<(), E> {
                $(self.$name.visit(&below(name, stringify!($name)), visit)?;)+
                Ok(())
            }

            fn map<'l, V>(&'l self, make: &impl Fn(&'l W) -> V) -> $table<V>
            where
                W: 'l,
            {
                $table { $($name: self.$name.map(make),)+ }
            }
        }
    )+};
}

/// The name of a list in a table.
fn below(table: &str, list: &str) -> String {
    if table.is_empty() {
        list.to_owned()
    } else {
        format!("{table}.{list}")
    }
}

tables! {
    /// What people and documentation write where a password would stand, and the hosts that they write. All of it is
    /// in lower case.
    Common {
        /// Words that people take for a password.
        passwords: Vec,
        /// Words that name a secret: what ends with one behind other words names itself.
        named: Vec,
        /// Words that forms, types and schemas write as a value.
        forms: Vec,
        /// Words that make a name or nothing of a value that holds one of them.
        holds: Vec,
        /// Users and passwords that stand for themselves everywhere.
        login: Logins,
        /// The same in manuals of commands.
        command: Logins,
        /// Users that anybody may be, who give an address where a password would stand.
        anonymous: Vec,
        /// Domains that are set apart for documentation.
        domains: Vec,
        /// Hosts that are this machine, or what manuals call a service.
        hosts: Vec,
        /// Words for any host.
        nowhere: Vec,
    }

    /// Names of users and passwords that together are a placeholder.
    Logins {
        /// The users.
        users: Vec,
        /// The passwords, each of which goes with each user.
        passwords: Vec,
        /// What is a placeholder where it is the user as well as the password.
        same: Vec,
    }

    /// Words that tell the name of a secret from that of something else. All of them are in lower case.
    Names {
        /// What a name goes on with, behind the word of a secret, that is one of something else: `token_type`.
        others: Vec,
        /// What stands before the word in such a name: `csrf_token`.
        foreign: Vec,
        /// What stands before a bare `key` that names an entry, a place, a button: `partition_key`.
        entries: Vec,
        /// The last words of names of places.
        places: Vec,
    }

    /// What tells an address of nobody, and what only looks like one. All of it is in lower case.
    Mail {
        /// Names that no person has.
        nobody: Vec,
        /// Domains that are set apart for documentation and tests, with those below them.
        domains: Vec,
        /// Last labels of what is a file's name, or a unit's.
        files: Vec,
    }

    /// Words that tell a card's number from another. All of them are in lower case.
    Cards {
        /// Words of cards and payments, whole.
        words: Vec,
        /// Parts of a name that may be a card's or an account's.
        parts: Vec,
        /// The last words of names whose numbers are something else.
        others: Vec,
    }
}
