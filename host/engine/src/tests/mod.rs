//! Tests of the whole engine, with guests.

mod bed;
pub(crate) mod binary;
mod deadline;
mod hostile;
mod load;
mod measure;
mod renewal;
