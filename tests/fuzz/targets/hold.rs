//! What no suspect holds is not held, and what one holds has a bound.
#![no_main]

use cofferdam_fuzz::Operations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (Operations, u8)| input.0.hold(input.1));
