//! The only owner of processes: sessions, streams, recorder, shadow; and the evaluation of guards, which are loaded
//! in the same way.

pub mod authority;
pub mod eval;
pub mod process;
pub mod record;
pub mod session;
pub mod shadow;
