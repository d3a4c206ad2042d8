//! Writes the JSON Schemas anew from the types, for `cargo xtask schemas`.

use std::path::Path;

use cofferdam_model::schema::{all, text};

fn main() -> std::io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    for (name, schema) in all() {
        std::fs::write(folder.join(name), text(&schema))?;
    }
    Ok(())
}
