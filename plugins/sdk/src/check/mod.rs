//! Checks that detectors share. None panics on any input, and none allocates unless it says so.

mod base64;
mod checksum;
mod entropy;
mod placeholder;

pub use base64::decode_prefix;
pub use checksum::{base62_crc32, crc32, luhn, mod97_is_one};
pub use cofferdam_word::{sets_property, starts_token};
pub use entropy::shannon_bits;
pub use placeholder::{is_placeholder, is_reference, is_sequence, longest_repeat};
