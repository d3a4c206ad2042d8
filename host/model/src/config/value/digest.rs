//! The digest of a component's file, as a configuration and a lock write it: `sha256:` and 64 hexadecimal digits.

use super::{Refusal, Setting};
use crate::config::node::Node;
use crate::record::Digest;

const PREFIX: &str = "sha256:";

/// The digest that a text says, if it is one.
pub(in crate::config) fn digest(text: &str) -> Option<Digest> {
    text.strip_prefix(PREFIX)?.parse().ok()
}

impl Setting for Digest {
    fn parse(node: &Node) -> Result<Self, Refusal> {
        digest(node.text().ok_or_else(Refusal::kind::<Self>)?).ok_or_else(Refusal::bounds::<Self>)
    }

    fn show(&self) -> String {
        format!("{PREFIX}{self}")
    }

    fn expects() -> String {
        "\"sha256:\" and 64 lower-case hexadecimal digits".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_parsed() {
        let abc = Digest::of(b"abc");
        assert_eq!(
            abc.show(),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(digest(&abc.show()), Some(abc));
    }

    #[test]
    fn what_is_no_digest_is_refused() {
        for text in [
            "",
            "sha256:",
            "sha256:00",
            &"0".repeat(64),
            &format!("md5:{}", "0".repeat(64)),
        ] {
            assert_eq!(digest(text), None, "{text}");
        }
    }
}
