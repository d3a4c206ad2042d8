//! The smallest components, written byte by byte, for what no toolchain would build.

/// A component with no import and no export.
pub(crate) fn empty() -> Vec<u8> {
    b"\0asm\x0d\x00\x01\x00".to_vec()
}

/// A core module.
pub(crate) fn core_module() -> Vec<u8> {
    b"\0asm\x01\x00\x00\x00".to_vec()
}

/// A component that imports an instance with one function, `f: func()`.
pub(crate) fn importing_function(name: &str) -> Vec<u8> {
    // Two declarations: a function type with no parameter and no result, and an export of that type.
    importing(
        name,
        &[2, 0x01, 0x40, 0x00, 0x01, 0x00, 0x04, 0x00, 1, b'f', 0x01, 0x00],
    )
}

/// A component that imports an instance with one type, `t: u8` by a name.
pub(crate) fn importing_type(name: &str) -> Vec<u8> {
    importing(name, &[2, 0x01, 0x7d, 0x04, 0x00, 1, b't', 0x03, 0x00, 0x00])
}

/// A component that imports an instance with one resource.
pub(crate) fn importing_resource(name: &str) -> Vec<u8> {
    importing(name, &[1, 0x04, 0x00, 1, b'r', 0x03, 0x01])
}

/// A component that imports an instance with these declarations.
fn importing(name: &str, declarations: &[u8]) -> Vec<u8> {
    let mut types = vec![1, 0x42];
    types.extend_from_slice(declarations);
    let mut imports = vec![1, 0x00, u8::try_from(name.len()).expect("a short name")];
    imports.extend_from_slice(name.as_bytes());
    imports.extend_from_slice(&[0x05, 0x00]);
    let mut bytes = empty();
    for (id, section) in [(7, types), (10, imports)] {
        bytes.push(id);
        bytes.push(u8::try_from(section.len()).expect("a short section"));
        bytes.extend_from_slice(&section);
    }
    bytes
}
