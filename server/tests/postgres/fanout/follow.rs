use std::time::Duration;

use foldlog::{
    core::{
        Cursor, Limits,
        append::{GivenExpectations, Receipt},
        read::EventFilter,
    },
    engine::{EventStore, SubscribeFrom},
    environment::system,
    testing::event,
};
use foldlog_server::{
    EventStream, Fanout, FanoutOptions, LogName, PostgresDatabase, PostgresOptions, PostgresStorage, StreamItem,
    StreamRequest,
};
use tokio::time::timeout;

use crate::support::open;

/// How long a test waits for what has to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// An instance with one log open.
pub(crate) struct Instance {
    pub(crate) database: PostgresDatabase,
    pub(crate) store: EventStore<PostgresStorage>,
    pub(crate) fanout: Fanout,
}

impl Instance {
    pub(crate) async fn new(name: &LogName, options: PostgresOptions, fanout: FanoutOptions) -> Self {
        let (database, storage) = open(options, name.clone(), system()).await.unwrap();
        let store = EventStore::new(storage, system(), Limits::default());
        Self {
            database,
            fanout: Fanout::new(store.clone(), fanout),
            store,
        }
    }

    /// Appends so many events of one aggregate.
    pub(crate) async fn append(&self, aggregate: &str, count: usize) -> Receipt {
        let events = (0..count).map(|n| event(aggregate, &n.to_string())).collect();
        self.store.append(events, GivenExpectations::any()).await.unwrap()
    }

    /// A stream of all events after a sequence number.
    pub(crate) async fn after(&self, sequence_number: u64) -> EventStream {
        let stream = self.fanout.stream(request(SubscribeFrom::Sequence(sequence_number)));
        stream.await.unwrap()
    }
}

/// All events from there, for ever.
pub(crate) fn request(after: SubscribeFrom) -> StreamRequest {
    StreamRequest {
        after,
        filter: EventFilter::default(),
        events: true,
        deadline: None,
    }
}

/// The sequence numbers that a stream gives until it has passed a position, and where it is then. Fails when it ends before.
pub(crate) async fn follow(stream: &mut EventStream, until: u64) -> (Vec<u64>, Cursor) {
    let mut numbers = Vec::new();
    loop {
        let item = timeout(PATIENCE, stream.next()).await.expect("the stream is silent");
        let cursor = match item.expect("the stream has ended") {
            StreamItem::Events { page, cursor, .. } => {
                numbers.extend(page.entries().iter().map(|entry| entry.sequence_number));
                assert!(numbers.last().is_none_or(|last| *last <= cursor.sequence_number));
                cursor
            }
            StreamItem::Position(cursor) => cursor,
            StreamItem::End { reason, .. } => panic!("ended: {reason:?}"),
        };
        if cursor.sequence_number >= until {
            return (numbers, cursor);
        }
    }
}
