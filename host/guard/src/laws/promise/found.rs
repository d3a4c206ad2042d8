//! What broke a law once: each text by itself, however it is cut.

use super::law;
use super::script::{Bed, Op, Piece, Script};
use super::table::Judge;

/// Where a text came to light.
const TERMINAL: Bed = Bed {
    terminal: true,
    marker: true,
    judge: Judge::All,
    blocks: false,
};

const TEXTS: &[(Bed, &str)] = &[
    // What a line withholds has a mark without a cell in it, which a terminal puts into the cell that a tab left empty.
    (TERMINAL, "pass=810le4m2iwuBe3w0uqa_ \t\u{202e}\u{301}\u{feff}"),
];

#[test]
fn what_broke_a_law_once_keeps_them_all() {
    for (bed, text) in TEXTS {
        let script = Script {
            bed: *bed,
            ops: vec![Op::Push(vec![Piece::Bytes(text.as_bytes().to_vec())])],
        };
        law::promise(&script);
        law::again(&script);
        law::hold(&script, 1);
        [&[][..], &[1], &[2, 3], &[5, 1, 7]]
            .iter()
            .for_each(|cuts| law::chunking(&script, cuts));
    }
}
