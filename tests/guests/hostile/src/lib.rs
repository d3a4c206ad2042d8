//! A guest that misbehaves in the way its settings name.
