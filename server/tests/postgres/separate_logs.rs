//! Two logs of one database never see each other, whatever names and ids they share; and a log that is not there is not made by reading.

use foldlog::{
    core::{
        CheckpointName, Limits, Timestamp,
        append::{CheckpointMove, Expectation},
        event::NewEvent,
        read::EventFilter,
    },
    engine::EventStore,
    environment::{Environment, system},
    storage::{Storage, StorageErrorKind},
    testing::{TestEnvironment, aggregate_id, aggregate_type, each, event, event_id, label, read_all},
};
use foldlog_server::{OpenLog, PostgresDatabase, PostgresStorage};

use crate::support::{log_name, open, options, runtime};

async fn store() -> EventStore<PostgresStorage> {
    let (_, storage) = open(options(), log_name(), system()).await.unwrap();
    EventStore::new(storage, system(), Limits::default())
}

fn tagged(data: &str, id: u64) -> NewEvent {
    NewEvent {
        tags: vec![label("shared")],
        caused_by: Some(label("someone")),
        correlation_id: Some(label("order")),
        ..event("wallet", data).with_id(event_id(id))
    }
}

#[test]
fn logs_with_the_same_names_and_ids_are_apart() {
    runtime().block_on(async {
        let (one, other) = (store().await, store().await);
        let any = || each(&[("wallet", Expectation::Any)]);
        // The same ids are new in each log.
        let first = one.append(vec![tagged("1", 1), tagged("2", 2)], any()).await.unwrap();
        assert_eq!(other.head().await.unwrap().sequence_number, 0);
        assert_eq!(other.find_append(event_id(1)).await.unwrap(), None);
        assert_eq!(other.aggregate_version(&aggregate_id("wallet")).await.unwrap(), 0);
        let second = other.append(vec![tagged("3", 1)], any()).await.unwrap();
        assert!(!second.replayed);
        assert_ne!(first.head.epoch, second.head.epoch);
        let filters = [
            EventFilter::default(),
            EventFilter {
                aggregate_ids: Some([aggregate_id("wallet")].into()),
                ..EventFilter::default()
            },
            EventFilter {
                aggregate_type: Some(aggregate_type("thing")),
                ..EventFilter::default()
            },
            EventFilter {
                event_types: Some([foldlog::core::EventType::parse("Happened").unwrap()].into()),
                ..EventFilter::default()
            },
            EventFilter {
                tags: vec![label("shared")],
                caused_by: Some(label("someone")),
                correlation_id: Some(label("order")),
                ..EventFilter::default()
            },
        ];
        for filter in filters {
            let texts = |events: Vec<foldlog::core::event::RecordedEvent>| -> Vec<_> {
                let texts = events
                    .into_iter()
                    .map(|event| event.content.event_data.as_str().to_owned());
                texts.collect()
            };
            assert_eq!(texts(read_all(&one, &filter, 10).await.unwrap()), ["1", "2"]);
            assert_eq!(texts(read_all(&other, &filter, 10).await.unwrap()), ["3"]);
        }
        let name = CheckpointName::parse("consumer").unwrap();
        let step = CheckpointMove {
            name: name.clone(),
            from: None,
            to: first.head,
        };
        one.save_checkpoint(step).await.unwrap();
        assert_eq!(other.checkpoint(&name).await.unwrap(), None);
        for store in [one, other] {
            let head = store.head().await.unwrap();
            assert_eq!(store.verify(None).await.unwrap().head, head);
        }
    });
}

#[test]
fn a_log_is_made_only_when_asked_for() {
    runtime().block_on(async {
        let database = PostgresDatabase::connect(options(), system()).await.unwrap();
        let name = log_name();
        let missing = database.open_log(name.clone(), OpenLog { create: false }).await;
        assert_eq!(missing.err().unwrap().kind, StorageErrorKind::LogNotFound);
        let made = database.open_log(name.clone(), OpenLog { create: true }).await.unwrap();
        let head = made.place(None).await.unwrap();
        let again = database.open_log(name, OpenLog { create: true }).await.unwrap();
        assert_eq!(again.place(None).await.unwrap(), head, "it is not made twice");
    });
}

#[test]
fn a_span_of_time_is_read_exactly() {
    let environment = TestEnvironment::sleeping_in(system(), 7);
    let name = log_name();
    runtime().block_on(async {
        let (_, storage) = open(options(), name, environment.clone()).await.unwrap();
        let store = EventStore::new(storage, environment.clone(), Limits::default());
        let start = environment.now().millis();
        for n in 0..6 {
            environment.set(Timestamp::from_millis(start + n * 10));
            let append = store.append(
                vec![event("a", "1"), event("b", "2")],
                each(&[("a", Expectation::Any), ("b", Expectation::Any)]),
            );
            append.await.unwrap();
        }
        let all = read_all(&store, &EventFilter::default(), 100).await.unwrap();
        for (from, to) in [
            (None, Some(25)),
            (Some(10), Some(30)),
            (Some(11), Some(19)),
            (Some(50), None),
            (Some(51), None),
            (None, Some(-1)),
        ] {
            let time = |millis: Option<i64>| millis.map(|millis| Timestamp::from_millis(start + millis));
            let filter = EventFilter {
                from_recorded_at: time(from),
                to_recorded_at: time(to),
                ..EventFilter::default()
            };
            let due: Vec<_> = all.iter().filter(|event| filter.matches(event)).cloned().collect();
            assert_eq!(read_all(&store, &filter, 3).await.unwrap(), due, "{from:?} to {to:?}");
        }
    });
}
