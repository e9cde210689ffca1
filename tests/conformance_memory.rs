//! The conformance suite on the memory backend.

use foldlog::testing::MemoryFixture;

foldlog::storage_conformance!(MemoryFixture);
