//! The guard's laws as properties over random words of bytes and marks.

mod again;
mod chunking;
mod colours;
mod crowds;
mod encoded;
mod events;
mod fail;
mod frame;
mod hold;
mod json;
mod lists;
mod margin;
mod promise;
mod reference;
mod required;
pub(crate) mod rig;
mod rows;
mod screens;
mod shell;
mod spoken;
mod swallow;
mod words;
mod work;
