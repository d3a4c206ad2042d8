//! Passwords in connection strings of the form `Server=host;User Id=name;Password=<password>;`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use crate::placeholder::Placeholders;

/// One of these, lower case, stands before the password of a real connection string.
const KEYS: [&[u8]; 10] = [
    b"server=",
    b"data source=",
    b"uid=",
    b"user id=",
    b"user=",
    b"username=",
    b"host=",
    b"database=",
    b"initial catalog=",
    b"driver=",
];

pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let before = window.before();
    let line = before.rsplit(|&byte| byte == b'\n').next().unwrap_or_default();
    let named = |key: &&[u8]| line.windows(key.len()).any(|part| part.eq_ignore_ascii_case(key));
    let value = window.body();
    if !KEYS.iter().any(named) || is_reference(value) || value.starts_with(b"#{") {
        return None;
    }
    Some(placeholders.common().judged(window.whole(85), value, b""))
}
