//! Packing the rules of this repository beside the rule engine.

use std::fs;
use std::path::{Path, PathBuf};

use cofferdam_pack::{SourceFile, compile, embed, files_of};

use crate::guest::{GuestError, failed, fnv, say};

/// The built-in detectors, each a folder of `plugins`.
const PACKS: [&str; 2] = ["credentials", "personal"];

/// Packs every detector of the workspace at `root` into `target/guests/NAME.wasm`. A file whose content would be the
/// same isn't touched, so that what embeds it isn't built again.
///
/// # Errors
/// What is wrong with a rule, or what could not be read or written.
pub(crate) fn pack(root: &Path) -> Result<(), GuestError> {
    let out = root.join("target/guests");
    let engine = out.join("rule-engine.wasm");
    let engine = fs::read(&engine).map_err(|error| failed("read", &engine, &error))?;
    // This program holds what compiles the rules.
    let compiler = std::env::current_exe().and_then(fs::read);
    let compiler = compiler.map_err(|error| GuestError(format!("this program can't read itself: {error}")))?;
    let tools = format!("{:016x} {:016x}", fnv(&compiler), fnv(&engine));
    for name in PACKS {
        let files = sources(root, &root.join("plugins").join(name))?;
        let all = files.iter().flat_map(|file| file.text.bytes());
        let mark = format!("{tools} {:016x}\n", fnv(&all.collect::<Vec<u8>>()));
        let (path, stamp) = (
            out.join(name).with_extension("wasm"),
            out.join(name).with_extension("stamp"),
        );
        if path.exists() && fs::read_to_string(&stamp).is_ok_and(|old| old == mark) {
            continue;
        }
        let compiled = compile(&files).map_err(|error| GuestError(format!("the rules can't be packed:\n{error}")))?;
        let component = embed(&engine, &compiled.bytes)
            .map_err(|error| GuestError(format!("the rules of `{name}` can't be packed: {error}")))?;
        fs::write(&path, &component).map_err(|error| failed("write", &path, &error))?;
        fs::write(&stamp, mark).map_err(|error| failed("write", &stamp, &error))?;
        let rules: usize = compiled.counts.rules.iter().sum();
        say(format_args!(
            "detector {name} ({rules} rules, {} bytes)",
            component.len()
        ));
    }
    Ok(())
}

/// The files of a pack, named from the root.
pub(crate) fn sources(root: &Path, folder: &Path) -> Result<Vec<SourceFile>, GuestError> {
    let paths = files_of(folder).map_err(|error| failed("read", folder, &error))?;
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| failed("read", &path, &error))?;
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        Ok(SourceFile { name, text })
    };
    paths.into_iter().map(read).collect()
}
