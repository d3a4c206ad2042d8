//! The guard's laws as properties over random words of bytes and marks.

mod again;
mod chunking;
mod fail;
mod hold;
mod reference;
mod rig;
mod swallow;
