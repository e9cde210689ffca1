//! The memory backend: the reference of what a backend does, and a store for tests and for logs that need not outlive their process.

mod handle;
mod log;
mod pages;
mod shared;
mod snapshots;
mod waiters;

pub use handle::MemoryStorage;
