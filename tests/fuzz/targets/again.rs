//! Guarding guarded output changes nothing.
#![no_main]

use cofferdam_fuzz::Operations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|operations: Operations| operations.again());
