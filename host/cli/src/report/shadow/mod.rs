//! What candidates in shadow would have done, as people read it.

mod page;
mod place;
mod text;
mod words;

pub(crate) use page::page;
pub(crate) use place::{place, seen};
pub(crate) use text::text;
pub(crate) use words::failure;
pub(crate) use words::skipped;
