//! An evaluation as people read it: on a terminal, and as a page in a browser.

mod chart;
mod page;
mod table;
mod text;
mod words;

pub(crate) use page::page;
pub(crate) use text::text;
