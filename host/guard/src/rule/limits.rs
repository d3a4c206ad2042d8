//! Bounds of rules: what a detector may declare, whoever wrote it.

/// The most rules of a detector.
pub const RULES: usize = 4096;
/// The most facts of a detector: one for each bit of a finding.
pub const FACTS: usize = 64;
/// The most bytes of a rule's id.
pub const ID: usize = 64;
/// The most bytes of a category.
pub const CATEGORY: usize = 128;
/// The most anchors of a rule.
pub const ANCHORS: usize = 64;
/// The most bytes of a literal, and of a close.
pub const LITERAL: usize = 64;
/// The least and the most of a run's least length, in bytes.
pub const RUN: (u16, u16) = (2, 64);
/// The most leading bytes of a P0 or P1 secret that a rule may show.
pub const MAY_SHOW: u16 = 8;
/// The most bytes of a span's window.
pub const SPAN: u32 = 8192;
/// The most bytes between an anchor and its body.
pub const GAP: u16 = 64;
/// The most sets of a span's head, one for each byte.
pub const HEAD: usize = 16;
/// The most bytes of a lead.
pub const LEAD: u16 = 512;
/// The most bytes of a block.
pub const BLOCK: u32 = 65536;
/// The most closes of a block.
pub const CLOSES: usize = 16;
