//! The only owner of processes: sessions, streams, recorder.

pub mod process;
pub mod record;
pub mod session;
