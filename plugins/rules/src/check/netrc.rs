//! Passwords in the files that curl, ftp and git read: `machine HOST login NAME password <password>`.

use cofferdam_sdk::check::is_reference;
use cofferdam_sdk::{Verdict, Window};

use super::common;
use crate::placeholder::Placeholders;

/// The words of such a file, none of which is a host's or a user's name.
const KEYS: [&[u8]; 4] = [b"machine", b"login", b"password", b"account"];

/// Confirms a password behind the words that an entry of such a file begins with.
pub(crate) fn check(window: &Window<'_>, placeholders: &Placeholders) -> Option<Verdict> {
    let words = window.before().rsplit(u8::is_ascii_whitespace);
    let mut words = words.filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default();
    // They are read from the last to the first: `machine HOST login NAME account NAME`.
    let [mut value, mut key] = [next(), next()];
    if key == b"account" {
        [value, key] = [next(), next()];
    }
    let named = key == b"login";
    let user = value;
    if named {
        value = next();
        key = next();
    }
    let entry = key == b"machine" || (named && value == b"default");
    let body = window.body();
    // `machine login password account` names the words themselves.
    if !entry || is_reference(body) || KEYS.contains(&value) {
        return None;
    }
    let verdict = window.whole(90);
    // An anonymous user gives an address where a password would stand; where something else stands, it is one.
    if placeholders.common().is_anonymous(body, user) {
        return Some(common::lower(verdict));
    }
    Some(
        placeholders
            .common()
            .judged(verdict, body, if named { user } else { b"" }),
    )
}
