//! Where logs are kept. A backend knows the core and the seam, and no other backend.

#[cfg(all(feature = "indexed-db", target_family = "wasm", target_os = "unknown"))]
pub mod indexed_db;
pub mod memory;
pub mod remote;
