//! Tests of the whole: files in, a configuration and its problems out.

mod errors;
mod merging;
mod rollout;
mod tightening;

use super::{Input, Layer, Resolution, Resolved, resolve};

/// One file alone.
fn one(layer: Layer, text: &str) -> Resolution {
    resolve([Input::file(layer, "f.toml", text)])
}

/// The value of a path, as reports show it.
fn shown(resolved: &Resolved, path: &str) -> String {
    let row = resolved.rows().into_iter().find(|row| row.path == path);
    row.map_or_else(|| panic!("{path} is a row"), |row| row.value)
}

/// The origin of a path, as reports show it.
fn origin(resolved: &Resolved, path: &str) -> String {
    let row = resolved.rows().into_iter().find(|row| row.path == path);
    row.map_or_else(|| panic!("{path} is a row"), |row| row.origin.to_string())
}
