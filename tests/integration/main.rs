//! The one integration-test binary: the real program, as it is released, against what it promises.
//!
//! Each module is a promise, and each test is named after a part of it. Run by `cargo xtask test`, which builds what
//! they need.

mod answers;
mod authority;
mod bad_input;
mod bed;
mod blocks;
mod canaries;
mod candidate_input;
mod corpus;
mod edges;
mod eval;
mod exits;
mod filter;
mod firm;
mod going_around;
mod going_back;
mod guarded;
mod help;
mod hostile;
mod house;
mod json;
mod killed;
mod known;
mod outer;
mod output;
mod overriding;
mod packs;
mod parallel;
mod planted;
mod promotion;
mod refusals;
mod screen;
mod search;
mod shadow;
mod terminal;
mod told;
mod transcripts;
