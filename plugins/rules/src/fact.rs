//! What a finding can say of itself, as bits.

/// The value's own checksum is right.
pub const CHECKSUM_VALID: u8 = 0;
/// It is wrong, as in most published examples and in tokens that a terminal mangled.
pub const CHECKSUM_INVALID: u8 = 1;
/// It only stands where a secret would.
pub const PLACEHOLDER: u8 = 2;
/// It stands in an authorization header.
pub const HEADER: u8 = 3;
/// It stands in a cookie.
pub const COOKIE: u8 = 4;
/// The issuer's test mode.
pub const TEST_MODE: u8 = 5;
/// It says of itself that it had expired on the given day.
pub const EXPIRED: u8 = 6;
/// The issuer publishes it as an example.
pub const PUBLISHED: u8 = 7;
/// Nothing but its name and its looks speaks for it.
pub const GENERIC: u8 = 8;
/// People and documentation use it as a password.
pub const COMMON: u8 = 9;

/// The names of the facts, in the order of their bits.
pub const ALL: &[&str] = &[
    "checksum-valid",
    "checksum-invalid",
    "placeholder",
    "header",
    "cookie",
    "test-mode",
    "expired",
    "published",
    "generic",
    "common",
];
