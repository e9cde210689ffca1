//! The conformance suite on the IndexedDB backend: as logs usually are, and with nearly everything sealed.
#![cfg(all(target_family = "wasm", target_os = "unknown"))]

mod usual {
    use foldlog::testing::IndexedDbFixture;

    foldlog::storage_conformance!(IndexedDbFixture);
}

mod sealed {
    use foldlog::testing::IndexedDbFixture;

    foldlog::storage_conformance!(IndexedDbFixture<1>);
}
