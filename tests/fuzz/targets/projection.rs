//! A secret in any encodings, with escapes and zero-width characters inside of it, is not in the output.
#![no_main]

use cofferdam_fuzz::Hidden;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|hidden: Hidden| hidden.projection());
