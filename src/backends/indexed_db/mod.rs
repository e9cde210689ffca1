//! The IndexedDB backend.
