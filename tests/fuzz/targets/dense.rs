//! The law of cutting where what is read in several ways stands close together.
#![no_main]

use cofferdam_fuzz::Dense;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: Dense| input.chunking());
