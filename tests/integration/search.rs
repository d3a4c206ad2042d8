//! Searching for secrets in everything that was written, in every form that could be read back.

use std::collections::HashSet;
use std::path::Path;

use cofferdam_tests::plant::{Plant, base64url};
use cofferdam_tests::script::hex;

/// How many bytes of a secret must not be found in a row.
const LENGTH: usize = 12;

/// Pieces of secrets: as they are, in hexadecimal and in base64.
pub(crate) struct Search {
    pieces: Vec<(usize, HashSet<Vec<u8>>)>,
}

impl Search {
    /// For every piece of these secrets.
    pub(crate) fn of<'a>(plants: impl IntoIterator<Item = &'a Plant>) -> Self {
        let mut plain = HashSet::new();
        let mut digits = HashSet::new();
        let mut base64 = HashSet::new();
        for plant in plants {
            let secret = plant.secret.as_bytes();
            assert!(secret.len() >= LENGTH, "too short to be searched for: {}", plant.rule);
            for piece in secret.windows(LENGTH) {
                plain.insert(piece.to_vec());
                digits.insert(hex(piece).into_bytes());
                digits.insert(hex(piece).to_ascii_uppercase().into_bytes());
                // Twelve bytes are sixteen characters, at whichever of the three places they begin.
                let letters = base64url(piece);
                base64.insert(letters.replace('-', "+").replace('_', "/").into_bytes());
                base64.insert(letters.into_bytes());
            }
        }
        Self {
            pieces: vec![(LENGTH, plain), (2 * LENGTH, digits), (LENGTH / 3 * 4, base64)],
        }
    }

    /// Where the first piece of a secret stands.
    pub(crate) fn find(&self, bytes: &[u8]) -> Option<usize> {
        self.pieces
            .iter()
            .find_map(|(length, pieces)| bytes.windows(*length).position(|window| pieces.contains(window)))
    }

    /// Fails where these bytes hold a piece of a secret.
    pub(crate) fn none_in(&self, what: &str, bytes: &[u8]) {
        if let Some(at) = self.find(bytes) {
            panic!("a piece of a secret is in {what}, at byte {at}");
        }
    }

    /// Fails where a file below this folder, or its name, holds a piece of a secret. Answers how many files there were.
    pub(crate) fn none_below(&self, folder: &Path) -> usize {
        let mut files = 0;
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("an entry has a name");
            self.none_in("a name", name.as_encoded_bytes());
            if path.is_dir() {
                files += self.none_below(&path);
            } else if path.is_file() {
                files += 1;
                self.none_in(&path.display().to_string(), &std::fs::read(&path).expect("read"));
            }
        }
        files
    }
}

#[test]
fn a_piece_is_found_in_each_form() {
    let mut random = cofferdam_tests::random::Random::new(3);
    let plants = cofferdam_tests::plant::credentials(&mut random);
    let search = Search::of(&plants);
    let secret = plants[0].secret.as_bytes();
    let piece = &secret[5..17];
    for found in [
        piece.to_vec(),
        hex(piece).into_bytes(),
        base64url(&secret[..15]).into_bytes(),
        base64url(&[b"x", &secret[..17]].concat()).into_bytes(),
    ] {
        assert!(search.find(&[b"--", found.as_slice()].concat()).is_some());
    }
    assert_eq!(search.find(b"nothing at all to be found here, whatever one does"), None);
    assert_eq!(search.find(&secret[..11]), None);
}
