//! The same word, two cuttings, two manners of answering: the same output and decisions.
#![no_main]

use cofferdam_fuzz::Operations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Operations, Vec<u8>)| input.0.chunking(&input.1));
