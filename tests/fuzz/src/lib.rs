//! The inputs of the fuzz targets. The laws and the reference are those of the guard's own tests, compiled from the
//! same files.

#[path = "../../../host/guard/src/laws/promise/coat.rs"]
mod coat;
#[path = "../../../host/guard/src/laws/promise/decode.rs"]
mod decode;
#[path = "../../../host/guard/src/laws/promise/drive.rs"]
mod drive;
#[path = "../../../host/guard/src/laws/promise/law.rs"]
mod law;
#[path = "../../../host/guard/src/laws/promise/proof.rs"]
mod proof;
#[path = "../../../host/guard/src/laws/promise/screen.rs"]
mod screen;
#[path = "../../../host/guard/src/laws/promise/script.rs"]
mod script;
#[path = "../../../host/guard/src/laws/promise/secret.rs"]
mod secret;
#[path = "../../../host/guard/src/laws/promise/table.rs"]
mod table;
#[path = "../../../host/guard/src/laws/promise/view.rs"]
mod view;

use std::time::Duration;

use arbitrary::Arbitrary;
// The shared modules name the guard so, both here and in its own tests.
use cofferdam_guard as guard;
use cofferdam_guard::{FailureMatrix, FingerprintKey, Settings, Size};

use self::script::{Bed, Mark, Script, Secret};

fn settings(bed: Bed) -> Settings {
    Settings {
        channel: 1,
        outlet: bed.outlet(),
        replacement: bed.replacement(),
        idle: Duration::from_millis(25),
        stall: Duration::from_secs(1),
        size: Size::default(),
        key: Some(FingerprintKey::new(&[7; 32])),
        policy_failure: FailureMatrix::default(),
        shapes: false,
    }
}

/// The longest text worth running: the reference takes time in proportion to its square, and laws break on short texts.
const LONGEST: usize = 2000;

/// A list of operations.
#[derive(Debug, Arbitrary)]
pub struct Operations(Script);

impl Operations {
    fn is_short(&self) -> bool {
        self.0.ops.len() <= 64 && self.0.text().len() <= LONGEST
    }

    /// Output and decisions are the same for another cutting.
    pub fn chunking(&self, cuts: &[u8]) {
        if self.is_short() {
            law::chunking(&self.0, cuts);
        }
    }

    /// The reference's promise.
    pub fn promise(&self) {
        if self.is_short() {
            law::promise(&self.0);
        }
    }

    /// No more is held than has to be.
    pub fn hold(&self, repeat: u8) {
        if self.is_short() {
            law::hold(&self.0, repeat);
        }
    }

    /// Guarding again changes nothing.
    pub fn again(&self) {
        if self.is_short() {
            law::again(&self.0);
        }
    }
}

/// A secret that is hidden in encodings and between what has no cell.
#[derive(Debug, Arbitrary)]
pub struct Hidden {
    bed: Bed,
    secret: Secret,
    around: (u8, u8),
    cuts: Vec<u8>,
    marks: Vec<Mark>,
}

impl Hidden {
    /// It is not in the output.
    pub fn projection(&self) {
        if self.secret.bytes().len() <= LONGEST {
            law::projection(self.bed, &self.secret, self.around, &self.cuts, &self.marks);
        }
    }
}

/// Blocks, escapes and parts of strings close together, which are read in several ways at once.
#[derive(Debug, Arbitrary)]
pub struct Dense {
    bed: Bed,
    pieces: Vec<u8>,
    cuts: Vec<u8>,
}

impl Dense {
    /// The most pieces worth running.
    const MOST: usize = 64;

    /// Output and decisions are the same for another cutting.
    pub fn chunking(&self) {
        if self.pieces.len() <= Self::MOST {
            law::chunking(&Script::dense(self.bed, &self.pieces), &self.cuts);
        }
    }
}
