//! The memory backend: the reference.
