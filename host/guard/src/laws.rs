//! The guard's laws as properties over random words of bytes and marks.

mod chunking;
mod hold;
mod reference;
mod rig;
