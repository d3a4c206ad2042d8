//! What every guest shares: the generated bindings and helpers for rules.
