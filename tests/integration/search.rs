//! Searching for secrets in everything that was written, in every form that could be read back.

use std::collections::HashSet;
use std::path::Path;

use cofferdam_tests::plant::Plant;
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
                for url in [false, true] {
                    base64.insert(encoded(piece, url));
                }
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
            self.none_in("a name", path.as_os_str().as_encoded_bytes());
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

/// Base64 of whole groups of three bytes.
fn encoded(bytes: &[u8], url: bool) -> Vec<u8> {
    let alphabet: Vec<u8> = (b'A'..=b'Z')
        .chain(b'a'..=b'z')
        .chain(b'0'..=b'9')
        .chain(if url { *b"-_" } else { *b"+/" })
        .collect();
    let group = |bytes: &[u8]| {
        let bits = bytes.iter().fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        [18, 12, 6, 0].map(|shift| alphabet[bits >> shift & 63])
    };
    bytes.chunks_exact(3).flat_map(group).collect()
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
        encoded(&secret[..15], false),
        encoded(&[b"x", &secret[..14]].concat(), true),
    ] {
        assert_eq!(search.find(&[b"--", found.as_slice()].concat()).is_some(), true);
    }
    assert_eq!(search.find(b"nothing at all to be found here, whatever one does"), None);
    assert_eq!(search.find(&secret[..11]), None);
}
