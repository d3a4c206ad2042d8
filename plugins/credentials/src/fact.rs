//! What a finding of this detector can say of itself, as bits.

/// The token's own checksum is right.
pub(crate) const CHECKSUM_VALID: u8 = 0;
/// It is wrong, as in most published examples and in tokens that a terminal mangled.
pub(crate) const CHECKSUM_INVALID: u8 = 1;
/// It only stands where a token would.
pub(crate) const PLACEHOLDER: u8 = 2;
/// It stands in an authorization header.
pub(crate) const HEADER: u8 = 3;
/// It stands in a cookie.
pub(crate) const COOKIE: u8 = 4;
/// The issuer's test mode.
pub(crate) const TEST_MODE: u8 = 5;

/// The names of the facts, in the order of their bits.
pub(crate) const ALL: &[&str] = &[
    "checksum-valid",
    "checksum-invalid",
    "placeholder",
    "header",
    "cookie",
    "test-mode",
];
