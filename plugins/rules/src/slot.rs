//! Where the pack lies: beside the code, in memory that the packing tool adds.

use crate::pack::Pack;

/// What the tool looks for in the component's data: the mark, and then room for an address and a length.
pub const MARK: &[u8; 16] = b"cofferdam-pack/3";

/// The bytes of the slot: the mark, the pack's address and its length as little-endian numbers of four bytes.
pub const SIZE: usize = 24;

/// The slot of this component. The packing tool fills in the last eight bytes.
#[cfg(target_arch = "wasm32")]
#[used]
static SLOT: [u8; SIZE] = *b"cofferdam-pack/3\0\0\0\0\0\0\0\0";

/// The pack beside this code.
///
/// # Errors
/// Says that there is none, or that it can't be read.
#[cfg(target_arch = "wasm32")]
pub fn pack() -> Result<&'static Pack<'static>, String> {
    use std::sync::OnceLock;
    static PACK: OnceLock<Result<Pack<'static>, String>> = OnceLock::new();
    PACK.get_or_init(|| match bytes() {
        Some(bytes) => Pack::read(bytes),
        None => Err(MISSING.to_owned()),
    })
    .as_ref()
    .map_err(Clone::clone)
}

/// A native build has no slot: its tests make the engine over a pack of their own.
///
/// # Errors
/// Always, since there is none.
#[cfg(not(target_arch = "wasm32"))]
pub fn pack() -> Result<&'static Pack<'static>, String> {
    Err(MISSING.to_owned())
}

const MISSING: &str = "there are no rules in this rule engine; `cofferdam plugin pack` makes a detector of it";

#[cfg(target_arch = "wasm32")]
#[allow(
    unsafe_code,
    reason = "the pack lies in memory that no variable of this program names"
)]
fn bytes() -> Option<&'static [u8]> {
    // SAFETY: the slot is a static of this program. It is read as it stands in memory, since the packing tool changed it after the
    // compiler saw it.
    let slot = unsafe { std::ptr::read_volatile(&raw const SLOT) };
    let number = |at: usize| {
        let bytes = slot.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let (address, length) = (number(16)?, number(20)?);
    if address == 0 || length == 0 {
        return None;
    }
    let end = core::arch::wasm32::memory_size(0).checked_mul(65_536)?;
    if address.checked_add(length)? > end {
        return None;
    }
    // SAFETY: the tool made the memory larger by whole pages for these bytes, so that nothing else lies in them; they are inside of
    // the memory, are never written, and stay for as long as the instance does.
    Some(unsafe { std::slice::from_raw_parts(address as *const u8, length) })
}
