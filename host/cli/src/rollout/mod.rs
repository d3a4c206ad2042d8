//! A candidate on its way into force: what it is, what is known of it, and how it moves.

mod back;
mod evidence;
mod lock;
mod pair;
mod results;

pub(crate) use back::{after_run, load_or_go_back};
pub(crate) use evidence::{collect, findings};
pub(crate) use lock::{Step, step};
pub(crate) use pair::Pair;
pub(crate) use results::results;
