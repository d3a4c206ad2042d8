//! Finds the built-in guards, which `cargo xtask` builds before the host, and makes their digests.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let made = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it"));
    let folder = root.join("target/guests");
    for name in ["credentials", "personal", "rule-engine", "standard"] {
        let file = folder.join(name).with_extension("wasm");
        println!("cargo:rerun-if-changed={}", file.display());
        assert!(
            file.exists(),
            "the built-in guard `{name}` has not been built; run `cargo xtask build`, which builds the guards and then the host"
        );
        let component = std::fs::read(&file).expect("the guard can be read");
        std::fs::write(made.join(name).with_extension("sha256"), Sha256::digest(component))
            .expect("cargo's folder takes files");
    }
    let folder = folder.canonicalize().expect("the folder holds the guards");
    println!("cargo:rustc-env=COFFERDAM_GUESTS={}", folder.display());
}
