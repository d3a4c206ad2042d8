//! The words: ids, events, manifest, configuration, error codes, schemas.
