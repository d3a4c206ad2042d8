//! An evaluation as people read it: on a terminal, and as a page in a browser.

mod next;
mod page;
mod text;

pub(crate) use page::page;
pub(crate) use text::text;
