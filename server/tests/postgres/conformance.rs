//! The conformance suite, with both isolations.

mod read_committed {
    use crate::support::PostgresFixture;

    foldlog::storage_conformance!(PostgresFixture<false>);
}

mod serializable {
    use crate::support::PostgresFixture;

    foldlog::storage_conformance!(PostgresFixture<true>);
}
