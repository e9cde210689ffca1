//! Stores in memory to append to and to import into.

use foldlog::{
    backends::memory::MemoryStorage,
    core::Limits,
    engine::{EventStore, ImportError, ImportProgress},
    testing::TestEnvironment,
};
use pollster::block_on;

pub(super) type Store = EventStore<MemoryStorage>;

/// A store on a log of its own.
pub(super) fn empty() -> Store {
    let environment = TestEnvironment::new(1);
    EventStore::new(MemoryStorage::new(environment.clone()), environment, Limits::default())
}

pub(super) fn import(
    store: &Store,
    lines: impl IntoIterator<Item = impl AsRef<str>>,
    as_mirror: bool,
) -> Result<ImportProgress, ImportError> {
    block_on(async {
        let mut import = store.import().await?;
        for line in lines {
            import.push(line.as_ref()).await?;
        }
        import.finish(as_mirror).await
    })
}

/// All of the log.
pub(super) fn export(store: &Store) -> String {
    let mut export = store.export(0, None);
    let mut text = String::new();
    while let Some(lines) = block_on(export.page()).unwrap() {
        text.push_str(&lines);
    }
    text
}

/// The log is proved intact from its beginning to its head, whatever was done to it.
pub(super) fn prove(store: &Store) {
    let head = block_on(store.head()).unwrap();
    let verified = block_on(store.verify(None)).unwrap();
    assert_eq!((verified.head, verified.events), (head, head.sequence_number));
}
