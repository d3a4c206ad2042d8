//! Finds the built-in guards, which `cargo xtask` builds before the host.

use std::path::PathBuf;

fn main() {
    let root = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../..");
    let folder = root.join("target/guests");
    for name in ["credentials", "personal", "rule-engine", "standard"] {
        let file = folder.join(name).with_extension("wasm");
        println!("cargo:rerun-if-changed={}", file.display());
        assert!(
            file.exists(),
            "the built-in guard `{name}` has not been built; run `cargo xtask build`, which builds the guards and then the host"
        );
    }
    let folder = folder.canonicalize().expect("the folder holds the guards");
    println!("cargo:rustc-env=COFFERDAM_GUESTS={}", folder.display());
}
