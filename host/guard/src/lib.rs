//! The pure core: raw and cleared bytes, suspects, windows, decisions, redaction.
