//! G6 in the database: what is stored stays as it is, whatever statement the service's role tries, and some of it whoever tries.

use foldlog::{
    core::{Limits, append::GivenExpectations},
    engine::EventStore,
    environment::system,
    testing::event,
};
use tokio_postgres::{Client, error::SqlState};

use crate::support::{log_name, open, options, runtime, server};

const CHANGES: [&str; 9] = [
    "UPDATE foldlog.events SET event_data = '2' WHERE log_id = '{log}'",
    "DELETE FROM foldlog.events WHERE log_id = '{log}'",
    "TRUNCATE foldlog.events",
    "UPDATE foldlog.appends SET link = digest WHERE log_id = '{log}'",
    "DELETE FROM foldlog.appends WHERE log_id = '{log}'",
    "TRUNCATE foldlog.appends",
    "DELETE FROM foldlog.logs WHERE log_id = '{log}'",
    "TRUNCATE foldlog.logs",
    "MERGE INTO foldlog.events e USING foldlog.logs l ON e.log_id = l.log_id AND l.log_id = '{log}' WHEN MATCHED THEN DELETE",
];

/// What the service may say of a head, but not this.
const HEADS: [&str; 7] = [
    "head_sequence_number = 1",
    "head_sequence_number = 0, head_append_number = head_append_number + 1",
    "head_append_number = head_append_number + 1",
    "head_append_number = head_append_number + 1, head_sequence_number = head_sequence_number + 1",
    "head_link = sha256('x')",
    "epoch = gen_random_uuid()",
    "log_id = 'stolen'",
];

const POWERS: [&str; 6] = [
    "ALTER TABLE foldlog.events DISABLE TRIGGER ALL",
    "DROP TABLE foldlog.events",
    "DROP TRIGGER logs_move_forward ON foldlog.logs",
    "CREATE TABLE foldlog.more (number integer)",
    "SELECT foldlog.grant_service('foldlog_service')",
    "INSERT INTO foldlog.migrations (number, name) VALUES (99, 'forged')",
];

/// A log of three events in two appends.
async fn log_of_three() -> String {
    let name = log_name();
    let (_, storage) = open(options(), name.clone(), system()).await.unwrap();
    let store = EventStore::new(storage, system(), Limits::default());
    for data in [vec!["1"], vec!["2", "3"]] {
        let events = data.into_iter().map(|data| event("a", data)).collect();
        store.append(events, GivenExpectations::any()).await.unwrap();
    }
    store.close().await;
    name.as_str().to_owned()
}

async fn code(client: &Client, statement: &str) -> Option<SqlState> {
    let error = client.batch_execute(statement).await.err()?;
    error.code().cloned()
}

async fn rows(client: &Client, log: &str) -> Vec<String> {
    let everything = "SELECT e::text FROM foldlog.events e WHERE log_id = $1
        UNION ALL SELECT a::text FROM foldlog.appends a WHERE log_id = $1
        UNION ALL SELECT l::text FROM foldlog.logs l WHERE log_id = $1 ORDER BY 1";
    let rows = client.query(everything, &[&log]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn the_service_can_change_nothing_that_is_stored() {
    let log = pollster::block_on(log_of_three());
    runtime().block_on(async {
        let client = server().service_client().await;
        let before = rows(&client, &log).await;
        assert_eq!(before.len(), 3 + 3 + 1);
        for change in CHANGES {
            let statement = change.replace("{log}", &log);
            let due = Some(SqlState::INSUFFICIENT_PRIVILEGE);
            // A column that is not there is told before a right that is not.
            let refused = code(&client, &statement).await;
            assert!(
                refused == due || refused == Some(SqlState::UNDEFINED_COLUMN),
                "{statement}"
            );
        }
        for head in HEADS {
            let statement = format!("UPDATE foldlog.logs SET {head} WHERE log_id = '{log}'");
            assert_eq!(
                code(&client, &statement).await,
                Some(SqlState::RESTRICT_VIOLATION),
                "{head}"
            );
        }
        for power in POWERS {
            assert_eq!(
                code(&client, power).await,
                Some(SqlState::INSUFFICIENT_PRIVILEGE),
                "{power}"
            );
        }
        assert_eq!(rows(&client, &log).await, before);
    });
}

#[test]
fn the_owner_changes_nothing_by_mistake() {
    let log = pollster::block_on(log_of_three());
    runtime().block_on(async {
        let client = server().owner_client().await;
        let before = rows(&client, &log).await;
        for change in CHANGES {
            let statement = change.replace("{log}", &log).replace("digest", "sha256('x')");
            let refused = code(&client, &statement).await;
            assert_eq!(refused, Some(SqlState::RESTRICT_VIOLATION), "{statement}");
        }
        assert_eq!(rows(&client, &log).await, before);
    });
}

#[test]
fn an_event_takes_no_place_that_is_taken() {
    let log = pollster::block_on(log_of_three());
    runtime().block_on(async {
        let client = server().service_client().await;
        let again = |column: &str, value: &str| {
            let columns = [
                "sequence_number",
                "id",
                "aggregate_id",
                "aggregate_version",
            ];
            let fresh = ["99", "gen_random_uuid()", "'other'", "99"];
            let values: Vec<_> = columns
                .iter()
                .zip(fresh)
                .map(|(name, fresh)| if *name == column { value } else { fresh })
                .collect();
            format!(
                "INSERT INTO foldlog.events (log_id, {}, append_number, aggregate_type, event_type, schema_version, recorded_at,
                    created_at, tags, digest, event_data)
                VALUES ('{log}', {}, 3, 't', 'e', 1, now(), now(), '{{}}', sha256('x'), '1') ON CONFLICT DO NOTHING",
                columns.join(", "),
                values.join(", ")
            )
        };
        let id = format!("(SELECT id FROM foldlog.events WHERE log_id = '{log}' LIMIT 1)");
        for (column, value) in [("sequence_number", "2"), ("id", id.as_str())] {
            assert_eq!(client.execute(&again(column, value), &[]).await.unwrap(), 0, "{column}");
        }
    });
}
