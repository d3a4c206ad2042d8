//! The only user of wasmtime: load, verify, link, limit and call guests.
