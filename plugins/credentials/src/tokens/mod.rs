//! The tables of tokens, by area.

mod ai;
mod cloud;
mod packages;
mod scm;
mod services;

use crate::token::Token;

/// All tables, in the order of the rules.
pub(crate) const TABLES: [&[Token]; 5] = [
    scm::TOKENS,
    cloud::TOKENS,
    packages::TOKENS,
    ai::TOKENS,
    services::TOKENS,
];
