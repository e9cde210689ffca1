//! G1 and G11 when connections are lost: before a transaction, in it, at its commit, and after it.

use std::{sync::Arc, time::Duration};

use foldlog::{
    core::{
        CheckpointName, Limits,
        append::{CheckpointMove, Expectation, GivenExpectations, Receipt},
        read::EventFilter,
    },
    engine::EventStore,
    environment::system,
    storage::{AppendError, Outcome, StorageErrorKind},
    testing::{each, event, read_all},
};
use foldlog_server::{LogName, PostgresDatabase, PostgresOptions, PostgresStorage};
use tokio_postgres::Client;

use crate::support::{log_name, open, options, runtime, server};

/// A store whose connections carry the log's name, so that they can be told from those of other tests.
async fn store(
    name: &LogName,
    settings: &str,
    reconnect_retries: u32,
) -> (PostgresDatabase, EventStore<PostgresStorage>) {
    let options = PostgresOptions {
        dsn: format!("{} application_name={name} options='{settings}'", server().service()),
        reconnect_retries,
        ..options()
    };
    let (database, storage) = open(options, name.clone(), system()).await.unwrap();
    (database, EventStore::new(storage, system(), Limits::default()))
}

async fn end_connections(superuser: &Client, name: &LogName, condition: &str) -> u64 {
    let statement =
        format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND {condition}");
    superuser.execute(&statement, &[&name.as_str()]).await.unwrap()
}

/// Ends the one connection of which this is true, as soon as it is.
async fn end_when(superuser: &Client, name: &LogName, condition: &str) {
    while end_connections(superuser, name, condition).await == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn add(store: &EventStore<PostgresStorage>, aggregate: &str, data: &str) -> Result<Receipt, AppendError> {
    let events = vec![event(aggregate, data)];
    store.append(events, each(&[(aggregate, Expectation::Any)])).await
}

async fn check_whole(store: &EventStore<PostgresStorage>, events: u64) {
    let head = store.head().await.unwrap();
    let verified = store.verify(None).await.unwrap();
    assert_eq!((verified.head, verified.events), (head, events));
}

#[test]
fn connections_that_were_lost_while_idle_are_replaced() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (_, store) = store(&name, "", 5).await;
        for n in 1..=5 {
            assert!(!add(&store, "a", "1").await.unwrap().replayed);
            assert!(end_connections(&superuser, &name, "true").await > 0);
            assert_eq!(store.head().await.unwrap().sequence_number, n);
            end_connections(&superuser, &name, "true").await;
        }
        check_whole(&store, 5).await;
    });
}

#[test]
fn appends_go_on_while_connections_are_lost_again_and_again() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (database, store) = store(&name, "", 200).await;
        let store = Arc::new(store);
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    let aggregate = format!("a{writer}");
                    for n in 0..25_u64 {
                        let events = vec![event(&aggregate, &n.to_string()), event(&aggregate, "null")];
                        let expected = GivenExpectations::exactly(n * 2);
                        let receipt = store.append(events, expected).await.unwrap();
                        assert!(!receipt.replayed);
                        tokio::time::sleep(Duration::from_millis(2)).await;
                    }
                })
            })
            .collect();
        while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
            end_connections(&superuser, &name, "query NOT LIKE 'LISTEN%'").await;
            tokio::time::sleep(Duration::from_millis(15)).await;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        assert!(database.counters().lost_connections > 0);
        check_whole(&store, 8 * 25 * 2).await;
    });
}

#[test]
fn an_append_whose_answer_was_lost_after_its_commit_is_found() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (_, first) = store(&name, "", 5).await;
        let (database, store) = store(&name, "-c synchronous_commit=on", 5).await;
        let append = add(&store, "a", "1");
        let ((), receipt) = tokio::join!(end_when(&superuser, &name, "wait_event = 'SyncRep'"), append);
        let receipt = receipt.unwrap();
        assert!(!receipt.replayed, "the caller appended once");
        assert_eq!(receipt.head, first.head().await.unwrap());
        assert_eq!(database.counters().lost_connections, 1);
        check_whole(&first, 1).await;
    });
}

#[test]
fn an_outcome_that_cannot_be_found_out_is_unknown() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (_, first) = store(&name, "", 5).await;
        let (_, store) = store(&name, "-c synchronous_commit=on", 0).await;
        let append = add(&store, "a", "1");
        let ((), receipt) = tokio::join!(end_when(&superuser, &name, "wait_event = 'SyncRep'"), append);
        match receipt {
            Err(AppendError::Storage(error)) => assert_eq!(
                (error.kind, error.outcome),
                (StorageErrorKind::StorageUnavailable, Some(Outcome::Unknown))
            ),
            other => panic!("{other:?}"),
        }
        check_whole(&first, 1).await;
    });
}

#[test]
fn a_transaction_that_ends_before_its_commit_is_written_again() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (database, store) = store(&name, "", 5).await;
        let trap = format!(
            "CREATE SEQUENCE public.ended;
            CREATE FUNCTION public.end_connection() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
                IF nextval('public.ended') <= 2 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
                RETURN NULL;
            END $$;
            CREATE CONSTRAINT TRIGGER end_connection AFTER UPDATE ON foldlog.logs DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW WHEN (NEW.log_id = '{name}') EXECUTE FUNCTION public.end_connection();"
        );
        superuser.batch_execute(&trap).await.unwrap();
        let receipt = add(&store, "a", "1").await.unwrap();
        assert!(!receipt.replayed);
        assert_eq!(receipt.last_sequence_number, 1);
        assert_eq!(database.counters().lost_connections, 2);
        check_whole(&store, 1).await;
        superuser
            .batch_execute("DROP TRIGGER end_connection ON foldlog.logs")
            .await
            .unwrap();
    });
}

#[test]
fn an_append_that_waits_for_another_writer_survives_its_connection() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (_, store) = store(&name, "", 5).await;
        let mut holder = server().service_client().await;
        let holding = holder.transaction().await.unwrap();
        holding
            .execute(
                "SELECT 1 FROM foldlog.logs WHERE log_id = $1 FOR UPDATE",
                &[&name.as_str()],
            )
            .await
            .unwrap();
        let append = add(&store, "a", "1");
        let disturb = async {
            end_when(&superuser, &name, "wait_event_type = 'Lock'").await;
            holding.rollback().await.unwrap();
        };
        let ((), receipt) = tokio::join!(disturb, append);
        assert!(!receipt.unwrap().replayed);
        check_whole(&store, 1).await;
    });
}

#[test]
fn a_frozen_writer_delays_the_others_only_so_long() {
    let name = log_name();
    runtime().block_on(async {
        let options = PostgresOptions {
            lock_timeout: Duration::from_millis(100),
            ..options()
        };
        let (_, storage) = open(options, name.clone(), system()).await.unwrap();
        let store = EventStore::new(storage, system(), Limits::default());
        let mut holder = server().service_client().await;
        let holding = holder.transaction().await.unwrap();
        holding
            .execute(
                "SELECT 1 FROM foldlog.logs WHERE log_id = $1 FOR UPDATE",
                &[&name.as_str()],
            )
            .await
            .unwrap();
        match add(&store, "a", "1").await {
            Err(AppendError::Storage(error)) => {
                assert_eq!(error.outcome, Some(Outcome::NotCommitted));
                assert!(error.is_retryable());
            }
            other => panic!("{other:?}"),
        }
        holding.rollback().await.unwrap();
        add(&store, "a", "1").await.unwrap();
        check_whole(&store, 1).await;
        assert_eq!(read_all(&store, &EventFilter::default(), 10).await.unwrap().len(), 1);
    });
}

#[test]
fn a_checkpoint_whose_answer_was_lost_has_moved() {
    let name = log_name();
    runtime().block_on(async {
        let superuser = server().superuser().await;
        let (_, first) = store(&name, "", 5).await;
        let (_, store) = store(&name, "-c synchronous_commit=on", 5).await;
        let step = CheckpointMove {
            name: CheckpointName::parse("consumer").unwrap(),
            from: None,
            to: first.head().await.unwrap(),
        };
        let moving = store.save_checkpoint(step.clone());
        let ((), moved) = tokio::join!(end_when(&superuser, &name, "wait_event = 'SyncRep'"), moving);
        moved.unwrap();
        assert_eq!(first.checkpoint(&step.name).await.unwrap(), Some(step.to));
    });
}
