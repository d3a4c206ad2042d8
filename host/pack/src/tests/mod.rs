//! The packs of this repository, held against what their rules must find and must leave alone.

mod accounts;
mod bed;
mod cards;
mod contact;
mod generic;
mod jwt;
mod keys;
mod laws;
mod lines;
mod notations;
mod person;
mod places;
mod urls;
