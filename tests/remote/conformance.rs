//! The conformance suite, over a line without faults and over one with every fault.

mod good {
    use crate::fixture::RemoteFixture;

    foldlog::storage_conformance!(RemoteFixture<false>);
}

mod bad {
    use crate::fixture::RemoteFixture;

    foldlog::storage_conformance!(RemoteFixture<true>);
}
