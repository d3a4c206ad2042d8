//! Building guests: from crates to components that import nothing.

use std::fmt::{self, Display};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use wit_component::ComponentEncoder;

use crate::packs;

/// The target of all our guests. It has no system interface, so a guest has no authority to take away.
const TARGET: &str = "wasm32-unknown-unknown";

/// A guest: the package it is built from, and the name of its component.
struct Guest {
    package: &'static str,
    name: &'static str,
}

/// All guests of this repository.
const GUESTS: [Guest; 3] = [
    Guest {
        package: "cofferdam-rules",
        name: "rule-engine",
    },
    Guest {
        package: "cofferdam-standard",
        name: "standard",
    },
    Guest {
        package: "cofferdam-hostile",
        name: "hostile",
    },
];

/// Why the guests could not be built, as a sentence with a next step.
#[derive(Debug)]
pub(crate) struct GuestError(pub(crate) String);

impl Display for GuestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for GuestError {}

impl From<GuestError> for String {
    fn from(error: GuestError) -> String {
        error.0
    }
}

/// Builds every guest of the workspace at `root` into `target/guests/NAME.wasm`. A file whose content would be the
/// same isn't touched, so that what embeds it isn't built again.
///
/// # Errors
/// What could not be done, and what to do about it.
pub(crate) fn build_guests(root: &Path) -> Result<(), GuestError> {
    ensure_target(root)?;
    compile(root)?;
    let out = root.join("target/guests");
    fs::create_dir_all(&out).map_err(|error| failed("create", &out, &error))?;
    for guest in &GUESTS {
        let module = root.join("target/guest-build").join(TARGET).join("release");
        let module = module.join(format!("{}.wasm", guest.package.replace('-', "_")));
        let module = fs::read(&module).map_err(|error| failed("read", &module, &error))?;
        let path = out.join(format!("{}.wasm", guest.name));
        let stamp = out.join(format!("{}.stamp", guest.name));
        write_if_changed(&path, &stamp, guest, &module)?;
    }
    packs::pack(root)
}

/// Makes the component of `module` unless the one at `path` was made of the same bytes.
fn write_if_changed(path: &Path, stamp: &Path, guest: &Guest, module: &[u8]) -> Result<(), GuestError> {
    let mark = format!("{:016x} {}\n", fnv(module), module.len());
    if path.exists() && fs::read_to_string(stamp).is_ok_and(|old| old == mark) {
        return Ok(());
    }
    let component = componentize(module).map_err(|problem| GuestError(format!("guest `{}`: {problem}", guest.name)))?;
    if !fs::read(path).is_ok_and(|old| old == component) {
        fs::write(path, &component).map_err(|error| failed("write", path, &error))?;
        say(format_args!("guest {} ({} bytes)", guest.name, component.len()));
    }
    fs::write(stamp, mark).map_err(|error| failed("write", stamp, &error))
}

/// Turns a core module into a component, and makes sure that it imports nothing but types.
fn componentize(module: &[u8]) -> Result<Vec<u8>, String> {
    if !imports_nothing(module) {
        return Err("its module imports functions, and our guests import nothing".to_owned());
    }
    let problem = |error| format!("it could not be made a component: {error:#}");
    ComponentEncoder::default()
        .validate(true)
        .module(module)
        .map_err(problem)?
        .encode()
        .map_err(problem)
}

/// Whether a core module has no imports. What such a module's component still imports are interfaces of types, which
/// are no authority.
fn imports_nothing(module: &[u8]) -> bool {
    const IMPORT_SECTION: u8 = 2;
    let Some(mut rest) = module.strip_prefix(b"\0asm\x01\0\0\0") else {
        return false;
    };
    while let Some((&id, after)) = rest.split_first() {
        let Some((length, after)) = leb128(after) else {
            return false;
        };
        let Some((section, after)) = after.split_at_checked(length) else {
            return false;
        };
        if id == IMPORT_SECTION && leb128(section).is_none_or(|(count, _)| count > 0) {
            return false;
        }
        rest = after;
    }
    true
}

/// The number at the front of `bytes`, and what follows it.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0_u32;
    for (index, &byte) in (0_u32..5).zip(bytes) {
        value |= u32::from(byte & 0x7F).checked_shl(7 * index)?;
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, bytes.get(index as usize + 1..)?));
        }
    }
    None
}

/// Compiles all guests in one go, in a folder of their own so that they and the host don't wait for each other.
fn compile(root: &Path) -> Result<(), GuestError> {
    let mut cargo = Command::new(cargo());
    cargo.current_dir(root).args([
        "build",
        "--release",
        "--locked",
        "--target",
        TARGET,
        "--target-dir",
        "target/guest-build",
    ]);
    for guest in &GUESTS {
        cargo.args(["-p", guest.package]);
    }
    // Guests are small and run hot: all of one guest is optimised together. A panic is a trap, and nothing unwinds.
    cargo.env("CARGO_PROFILE_RELEASE_LTO", "fat");
    cargo.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1");
    cargo.env("CARGO_PROFILE_RELEASE_PANIC", "abort");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(root).join("\x1f"));
    // What the caller set for the host's build doesn't concern a guest.
    cargo
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET");
    cargo.stdin(Stdio::null());
    let status = cargo
        .status()
        .map_err(|error| GuestError(format!("cargo could not be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(GuestError(
            "the guests could not be compiled; cargo's messages above say why".to_owned(),
        ))
    }
}

/// The flags that make two checkouts build the same bytes: no path of this machine is left in a guest.
fn flags(root: &Path) -> Vec<String> {
    let mut flags = vec![format!("--remap-path-prefix={}=/cofferdam", root.display())];
    if let Some(home) = cargo_home() {
        flags.push(format!("--remap-path-prefix={}=/cargo", home.display()));
    }
    if let Some(sysroot) = output_of(Command::new(rustc()).args(["--print", "sysroot"])) {
        flags.push(format!("--remap-path-prefix={sysroot}=/rust"));
    }
    // The linker drops debug, name and producers sections; the sections that describe the component stay.
    flags.push("-Clink-arg=--strip-all".to_owned());
    flags
}

/// Adds the target through rustup where it is missing.
fn ensure_target(root: &Path) -> Result<(), GuestError> {
    let sysroot = output_of(Command::new(rustc()).current_dir(root).args(["--print", "sysroot"]))
        .ok_or_else(|| GuestError("rustc could not be started; install Rust through https://rustup.rs".to_owned()))?;
    if Path::new(&sysroot)
        .join("lib/rustlib")
        .join(TARGET)
        .join("lib")
        .is_dir()
    {
        return Ok(());
    }
    say(format_args!(
        "adding the Rust target {TARGET} (rustup target add {TARGET})"
    ));
    let status = Command::new("rustup")
        .current_dir(root)
        .args(["target", "add", TARGET])
        .stdin(Stdio::null())
        .status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(GuestError(format!(
            "rustup could not add the target {TARGET}; check the network, then run `rustup target add {TARGET}`"
        ))),
        Err(_) => Err(GuestError(format!(
            "this Rust lacks the target {TARGET} and rustup isn't installed; install Rust through https://rustup.rs, or the target's \
             standard library from your distribution"
        ))),
    }
}

fn cargo() -> PathBuf {
    std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

fn rustc() -> PathBuf {
    std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from)
}

fn cargo_home() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
    std::env::var_os("CARGO_HOME").map(PathBuf::from).or_else(home)
}

/// What a command prints, without the line end; `None` where it fails.
fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}

/// FNV-1a: tells whether a file changed, and nothing more.
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

pub(crate) fn failed(what: &str, path: &Path, error: &std::io::Error) -> GuestError {
    GuestError(format!("could not {what} {}: {error}", path.display()))
}

/// One line for the person who waits.
#[allow(
    clippy::print_stderr,
    reason = "xtask talks to a person, and standard output belongs to the command it runs"
)]
pub(crate) fn say(line: fmt::Arguments<'_>) {
    eprintln!("xtask: {line}");
}

#[cfg(test)]
mod tests {
    use super::{imports_nothing, leb128};

    #[test]
    fn reads_numbers() {
        assert_eq!(leb128(&[0xE5, 0x8E, 0x26, 9]), Some((624_485, &[9][..])));
        assert_eq!(leb128(&[0x80]), None);
        assert_eq!(leb128(&[]), None);
    }

    #[test]
    fn tells_modules_with_imports() {
        const EMPTY: &[u8] = b"\0asm\x01\0\0\0";
        assert!(imports_nothing(EMPTY));
        // A type section with `() -> ()`, then an import of function `a.b` of that type.
        let import = [EMPTY, &[1, 4, 1, 0x60, 0, 0], &[2, 7, 1, 1, b'a', 1, b'b', 0, 0]].concat();
        assert!(!imports_nothing(&import));
        assert!(!imports_nothing(&import[..import.len() - 1]), "a cut module is none");
        assert!(!imports_nothing(b"\0asm\x0d\0\x01\0"), "a component is no core module");
    }
}
