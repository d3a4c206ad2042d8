//! Putting a pack beside the rule engine's code.

use cofferdam_rules::slot::{MARK, SIZE};
use wasm_encoder::{
    Component, ConstExpr, DataCountSection, DataSection, MemorySection, MemoryType, Module, RawSection, Section,
};
use wasmparser::{
    BinaryReader, BinaryReaderError, DataKind, DataSectionReader, MemorySectionReader, Operator, SectionLimited,
};

/// The bytes of a page of memory.
const PAGE: u64 = 65_536;
/// Both kinds of binaries begin with eight bytes: the magic number, and version and layer.
const PREAMBLE: usize = 8;
/// The section of a component that holds a core module.
const CORE_MODULE: u8 = 1;
/// The section of a module that holds its memories.
const MEMORY: u8 = 5;
/// The section that holds its data.
const DATA: u8 = 11;
/// The section that says how many data segments there are.
const DATA_COUNT: u8 = 12;

/// Why a pack can't be put beside an engine.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The component can't be read.
    #[error("the rule engine can't be read: {0}")]
    Unreadable(#[from] BinaryReaderError),
    /// It has no slot for a pack.
    #[error("this component is no rule engine: it has no place for a pack")]
    NoSlot,
    /// It has a pack already.
    #[error("this rule engine has rules already; begin with one that has none")]
    Taken,
    /// The pack doesn't fit a 32-bit memory.
    #[error("the pack is too large: {0} bytes")]
    TooLarge(usize),
}

/// The rule engine `component` with `pack` in its memory.
///
/// # Errors
/// Says why the component is no empty rule engine.
pub fn embed(component: &[u8], pack: &[u8]) -> Result<Vec<u8>, EmbedError> {
    let mut out = Component::new();
    let mut done = false;
    for (id, content) in sections(component)? {
        if id == CORE_MODULE && !done && holds_mark(content) {
            let module = embed_in_module(content, pack)?;
            out.section(&RawSection { id, data: &module });
            done = true;
        } else {
            out.section(&RawSection { id, data: content });
        }
    }
    if done {
        Ok(out.finish())
    } else {
        Err(EmbedError::NoSlot)
    }
}

/// The sections of a binary, behind its preamble.
fn sections(binary: &[u8]) -> Result<Vec<(u8, &[u8])>, EmbedError> {
    let mut reader = BinaryReader::new(binary, 0);
    reader.read_bytes(PREAMBLE)?;
    let mut sections = Vec::new();
    while !reader.eof() {
        let id = reader.read_u8()?;
        let length = reader.read_var_u32()? as usize;
        sections.push((id, reader.read_bytes(length)?));
    }
    Ok(sections)
}

fn holds_mark(bytes: &[u8]) -> bool {
    bytes.windows(MARK.len()).any(|part| part == MARK)
}

/// The module with one data segment more, in pages that its memory gets for it.
fn embed_in_module(module: &[u8], pack: &[u8]) -> Result<Vec<u8>, EmbedError> {
    let sections = sections(module)?;
    let first = sections
        .iter()
        .find(|(id, _)| *id == MEMORY)
        .ok_or(EmbedError::NoSlot)?;
    let memories: Vec<_> = MemorySectionReader::new(BinaryReader::new(first.1, 0))?
        .into_iter()
        .collect::<Result<_, _>>()?;
    let [memory] = memories.as_slice() else {
        return Err(EmbedError::NoSlot);
    };
    let length = u32::try_from(pack.len()).map_err(|_| EmbedError::TooLarge(pack.len()))?;
    let address = memory.initial.saturating_mul(PAGE);
    let pages = memory.initial + u64::from(length).div_ceil(PAGE);
    let address = u32::try_from(address).map_err(|_| EmbedError::TooLarge(pack.len()))?;
    if pages.saturating_mul(PAGE) > u64::from(u32::MAX) {
        return Err(EmbedError::TooLarge(pack.len()));
    }
    let mut out = Module::new();
    for (id, content) in sections {
        match id {
            MEMORY => {
                let mut memories = MemorySection::new();
                memories.memory(MemoryType {
                    minimum: pages,
                    maximum: memory.maximum.map(|most| most.max(pages)),
                    memory64: memory.memory64,
                    shared: memory.shared,
                    page_size_log2: memory.page_size_log2,
                });
                out.section(&memories);
            }
            DATA => {
                out.section(&data(content, address, length, pack)?);
            }
            DATA_COUNT => {
                let count = BinaryReader::new(content, 0).read_var_u32()?;
                out.section(&DataCountSection { count: count + 1 });
            }
            _ => {
                out.section(&RawSection { id, data: content });
            }
        }
    }
    Ok(out.finish())
}

/// The data section, with the slot filled in and the pack behind all else.
fn data(content: &[u8], address: u32, length: u32, pack: &[u8]) -> Result<impl Section + use<>, EmbedError> {
    let segments: DataSectionReader<'_> = SectionLimited::new(BinaryReader::new(content, 0))?;
    let mut out = DataSection::new();
    let mut filled = false;
    for segment in segments {
        let segment = segment?;
        let mut bytes = segment.data.to_vec();
        if let Some(at) = bytes.windows(MARK.len()).position(|part| part == MARK) {
            let slot = bytes.get_mut(at + MARK.len()..at + SIZE).ok_or(EmbedError::NoSlot)?;
            if slot.iter().any(|byte| *byte != 0) {
                return Err(EmbedError::Taken);
            }
            slot.copy_from_slice(&[address.to_le_bytes(), length.to_le_bytes()].concat());
            filled = true;
        }
        match segment.kind {
            DataKind::Passive => {
                out.passive(bytes);
            }
            DataKind::Active {
                memory_index,
                offset_expr,
            } => {
                let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
                    return Err(EmbedError::NoSlot);
                };
                out.active(memory_index, &ConstExpr::i32_const(value), bytes);
            }
        }
    }
    if !filled {
        return Err(EmbedError::NoSlot);
    }
    out.active(0, &ConstExpr::i32_const(address.cast_signed()), pack.iter().copied());
    Ok(out)
}
