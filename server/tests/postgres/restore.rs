//! A log that is set back: what is left is whole, what was taken out is kept, and everyone is told.

use std::{sync::Arc, time::Duration};

use foldlog::{
    core::{
        Head,
        append::{Expectation, GivenExpectations},
        read::EventFilter,
    },
    engine::SubscribeFrom,
    environment::system,
    storage::StorageErrorKind,
    testing::{each, event, event_id, read_all},
};
use foldlog_server::{EndReason, EventStream, FanoutOptions, LogName, RestoreError, Restored, StreamItem, restore};
use tokio_postgres::error::SqlState;

use crate::{
    fanout::{Instance, follow, request},
    support::{log_name, options, runtime, server},
};

async fn set_back(name: &LogName, to: u64) -> Result<Restored, RestoreError> {
    restore(&server().owner("foldlog"), name, to, &*system()).await
}

async fn instance(name: &LogName) -> Instance {
    Instance::new(name, options(), FanoutOptions::default()).await
}

async fn count(table: &str, name: &LogName) -> i64 {
    let statement = format!("SELECT count(*) FROM foldlog.{table} WHERE log_id = $1");
    let owner = server().owner_client().await;
    owner.query_one(&statement, &[&name.as_str()]).await.unwrap().get(0)
}

async fn problem(stream: &mut EventStream) -> StorageErrorKind {
    loop {
        match stream.next().await.unwrap() {
            StreamItem::End {
                reason: EndReason::Problem(error),
                ..
            } => return error.kind,
            StreamItem::End { reason, .. } => panic!("{reason:?}"),
            _ => {}
        }
    }
}

async fn check_whole(instance: &Instance, head: Head, events: u64) {
    let verified = instance.store.verify(None).await.unwrap();
    assert_eq!((verified.head, verified.events), (head, events));
    let read = read_all(&instance.store, &EventFilter::default(), 2).await.unwrap();
    let numbers: Vec<_> = read.iter().map(|event| event.sequence_number).collect();
    assert_eq!(numbers, (1..=events).collect::<Vec<_>>());
}

#[test]
fn what_stood_behind_the_point_is_archived_and_the_log_goes_on() {
    let name = log_name();
    runtime().block_on(async {
        let instance = instance(&name).await;
        let known = || {
            vec![
                event("a", "1").with_id(event_id(1)),
                event("a", "2").with_id(event_id(2)),
            ]
        };
        let mut heads = Vec::new();
        for count in [1, 2, 3] {
            heads.push(instance.append("a", count).await.head);
        }
        heads.push(
            instance
                .store
                .append(known(), GivenExpectations::exactly(6))
                .await
                .unwrap()
                .head,
        );
        let mut behind = instance.after(8).await;
        follow(&mut behind, 8).await;

        let restored = set_back(&name, 3).await.unwrap();
        assert_eq!(
            (restored.from, restored.archived_events, restored.restore_number),
            (heads[3], 5, 1)
        );
        assert_ne!(restored.head.epoch, heads[3].epoch);
        assert_eq!(instance.store.head().await.unwrap(), restored.head);
        check_whole(&instance, restored.head, 3).await;
        assert_eq!(
            (
                count("archived_events", &name).await,
                count("archived_appends", &name).await
            ),
            (5, 2)
        );
        assert_eq!(count("snapshots", &name).await, 0);

        // Whoever was behind the point is told, and who was before it goes on.
        assert_eq!(problem(&mut behind).await, StorageErrorKind::LogRewound);
        let refused = async |head| {
            instance
                .fanout
                .stream(request(SubscribeFrom::Cursor(head)))
                .await
                .err()
                .unwrap()
                .kind
        };
        assert_eq!(refused(heads[3]).await, StorageErrorKind::LogRewound);
        let mut before = instance
            .fanout
            .stream(request(SubscribeFrom::Cursor(heads[1])))
            .await
            .unwrap();
        let mut first = instance
            .fanout
            .stream(request(SubscribeFrom::Cursor(heads[0])))
            .await
            .unwrap();

        // The ids that were taken out are new ones, and versions go on from the point.
        let again = instance
            .store
            .append(known(), GivenExpectations::exactly(3))
            .await
            .unwrap();
        assert!(!again.replayed);
        let head = instance.append("a", 4).await.head;
        assert_eq!(head.epoch, restored.head.epoch);
        check_whole(&instance, head, 9).await;
        assert_eq!(follow(&mut before, 9).await, ((4..=9).collect(), head));
        assert_eq!(follow(&mut first, 9).await, ((2..=9).collect(), head));
        assert_eq!(refused(heads[3]).await, StorageErrorKind::EpochChanged);

        // And back again, over the same numbers; to the beginning; and to the very end.
        for (to, archived) in [(5, 4), (3, 2), (0, 3), (0, 0)] {
            let restored = set_back(&name, to).await.unwrap();
            assert_eq!(restored.archived_events, archived);
            check_whole(&instance, restored.head, to).await;
        }
        let head = instance.append("b", 2).await.head;
        check_whole(&instance, head, 2).await;
        assert_eq!(count("archived_events", &name).await, 5 + 4 + 2 + 3);
    });
}

#[test]
fn a_restore_that_cannot_be_is_refused_and_changes_nothing() {
    let name = log_name();
    runtime().block_on(async {
        let instance = instance(&name).await;
        instance.append("a", 1).await;
        let head = instance.append("a", 3).await.head;
        assert!(matches!(set_back(&name, 3).await, Err(RestoreError::WithinAppend(1))));
        assert!(matches!(set_back(&name, 5).await, Err(RestoreError::Beyond(4))));
        assert!(matches!(set_back(&log_name(), 0).await, Err(RestoreError::LogNotFound)));
        let as_service = restore(&server().service(), &name, 1, &*system()).await;
        assert!(matches!(as_service, Err(RestoreError::Database(_))));
        check_whole(&instance, head, 4).await;
    });
}

#[test]
fn nothing_of_the_archive_is_changed_and_nothing_else_is_removed() {
    let name = log_name();
    runtime().block_on(async {
        let instance = instance(&name).await;
        instance.append("a", 1).await;
        instance.append("a", 3).await;
        let head = set_back(&name, 1).await.unwrap().head;
        instance.append("a", 3).await;
        let owner = server().owner_client().await;
        for change in [
            "DELETE FROM foldlog.events WHERE log_id = '{log}'",
            "DELETE FROM foldlog.events WHERE log_id = '{log}' AND sequence_number > 1",
            "DELETE FROM foldlog.appends WHERE log_id = '{log}' AND append_number > 2",
            "UPDATE foldlog.archived_events SET event_data = '1' WHERE log_id = '{log}'",
            "DELETE FROM foldlog.archived_events WHERE log_id = '{log}'",
            "TRUNCATE foldlog.archived_events",
            "DELETE FROM foldlog.archived_appends WHERE log_id = '{log}'",
            "TRUNCATE foldlog.archived_appends",
            "DELETE FROM foldlog.restores WHERE log_id = '{log}'",
            "TRUNCATE foldlog.restores",
        ] {
            let refused = owner.batch_execute(&change.replace("{log}", name.as_str())).await.unwrap_err();
            assert_eq!(refused.code(), Some(&SqlState::RESTRICT_VIOLATION), "{change}");
        }
        // The note of a restore moves no head a second time.
        let service = server().service_client().await;
        let back = "UPDATE foldlog.logs SET epoch = $2, head_sequence_number = 1, head_link = $3, head_append_number = 3 WHERE log_id = $1";
        let (epoch, link) = (uuid::Uuid::from_bytes(*head.epoch.as_bytes()), &head.link.as_bytes()[..]);
        let refused = service.execute(back, &[&name.as_str(), &epoch, &link]).await.unwrap_err();
        assert_eq!(refused.code(), Some(&SqlState::RESTRICT_VIOLATION));
        for table in ["restores", "archived_events", "archived_appends"] {
            let refused = service.batch_execute(&format!("SELECT FROM foldlog.{table}")).await.unwrap_err();
            assert_eq!(refused.code(), Some(&SqlState::INSUFFICIENT_PRIVILEGE), "{table}");
        }
    });
}

#[test]
fn a_log_is_set_back_while_many_append_to_it() {
    let name = log_name();
    runtime().block_on(async {
        let instances = [Arc::new(instance(&name).await), Arc::new(instance(&name).await)];
        let writers: Vec<_> = (0..8)
            .map(|writer: usize| {
                let instance = Arc::clone(&instances[writer % 2]);
                tokio::spawn(async move {
                    let aggregate = format!("a{writer}");
                    for n in 0..40 {
                        let events = vec![event(&aggregate, &n.to_string())];
                        let append = instance.store.append(events, each(&[(&aggregate, Expectation::Any)]));
                        append.await.unwrap();
                    }
                })
            })
            .collect();
        let mut archived = 0;
        for _ in 0..6 {
            tokio::time::sleep(Duration::from_millis(40)).await;
            let end = instances[0].store.head().await.unwrap().sequence_number;
            archived += set_back(&name, end / 2).await.unwrap().archived_events;
        }
        for writer in writers {
            writer.await.unwrap();
        }
        let head = instances[1].store.head().await.unwrap();
        check_whole(&instances[0], head, 320 - archived).await;
    });
}
