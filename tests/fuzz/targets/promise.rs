//! What the reference calls secret is not in the output, what it calls plain is, and escapes and cells stay.
#![no_main]

use cofferdam_fuzz::Operations;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|operations: Operations| operations.promise());
