//! The one place where cleared bytes of the guard become text and bytes of a record.

use cofferdam_guard::{Cleared, ClearedText};
use cofferdam_model::record::{SafeBytes, SafeText};

/// Cleared bytes as text of a record; what isn't UTF-8 is replaced.
#[must_use]
pub fn safe_text(cleared: Cleared) -> SafeText {
    SafeText::vouched(ClearedText::from(cleared).as_str().to_owned())
}

/// Cleared bytes as bytes that a view may show.
#[must_use]
pub fn safe_bytes(cleared: &Cleared) -> SafeBytes<'_> {
    SafeBytes::vouched(cleared.as_bytes())
}
