//! The words of `[cards]`: what the words around a number say of its being a card.

use cofferdam_rules::pack::Cards;
use serde::Deserialize;

use crate::list::{self, bytes};

/// The table as a file has it.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct CardsSource {
    words: Vec<String>,
    parts: Vec<String>,
    others: Vec<String>,
}

impl CardsSource {
    /// Says which entry never matches: the engine compares `words` and `others` with rows of letters.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (name, list) in [("words", &self.words), ("parts", &self.parts), ("others", &self.others)] {
            list::check("cards", name, list)?;
        }
        let is_letters = |entry: &str| entry.bytes().all(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        for (name, list) in [("words", &self.words), ("others", &self.others)] {
            if let Some(entry) = list.iter().find(|entry| !is_letters(entry)) {
                return Err(format!(
                    "`[cards]`: `{entry}` in `{name}`: an entry is one word, of letters alone"
                ));
            }
        }
        Ok(())
    }

    /// The lists of both.
    pub(crate) fn join(&mut self, more: CardsSource) {
        let CardsSource { words, parts, others } = more;
        self.words.extend(words);
        self.parts.extend(parts);
        self.others.extend(others);
    }

    /// What the engine reads.
    pub(crate) fn data(&self) -> Cards<'_> {
        Cards {
            words: bytes(&self.words),
            parts: bytes(&self.parts),
            others: bytes(&self.others),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{SourceFile, compile};

    /// A pack with one rule over cards that must not find `ticket: N`, and what `cards` says.
    fn pack(cards: &str) -> Result<crate::Compiled, crate::PackError> {
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
        pack("").expect("a pack may be without the table");
        pack("[cards]\nwords = [\"card\", \"карта\"]\nparts = [\"n_r\"]\nothers = [\"ticket\"]\n")
            .expect("words are taken");
    }

    #[test]
    fn entries_that_never_match_are_refused() {
        for (cards, told) in [
            ("words = [\"Card\"]\n", "`Card` in `words`"),
            ("parts = [\"\"]\n", "`` in `parts`"),
            ("others = [\"order_id\"]\n", "`order_id` in `others`"),
            ("word = [\"card\"]\n", "unknown field `word`"),
        ] {
            let refused = pack(&format!("[cards]\n{cards}"))
                .expect_err("it can't be packed")
                .to_string();
            assert!(refused.contains(told), "{refused}");
        }
    }
}
