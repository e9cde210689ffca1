//! Migrations: from nothing and from every earlier one, once, and at the same time.

use foldlog::{
    environment::system,
    storage::{StorageError, StorageErrorKind},
};
use foldlog_server::{MigrateError, PostgresDatabase, PostgresOptions, migrate, migrate_to};

use crate::support::{runtime, server};

/// How many there are.
const LATEST: usize = 5;

async fn connect(dsn: &str) -> Result<PostgresDatabase, StorageError> {
    PostgresDatabase::connect(PostgresOptions::new(dsn), system()).await
}

#[test]
fn a_database_is_migrated_from_any_earlier_migration() {
    runtime().block_on(async {
        for earlier in 0..=LATEST {
            let name = format!("migrated_from_{earlier}");
            server().create_database(&name).await;
            let dsn = server().owner(&name);
            assert_eq!(migrate_to(&dsn, earlier).await.unwrap(), earlier);
            if earlier < LATEST {
                let refused = connect(&dsn).await.err().unwrap();
                assert_eq!(refused.kind, StorageErrorKind::StorageUnavailable);
            }
            assert_eq!(migrate(&dsn).await.unwrap(), LATEST - earlier);
            assert_eq!(migrate(&dsn).await.unwrap(), 0);
            connect(&dsn).await.unwrap();
        }
    });
}

#[test]
fn of_many_that_migrate_at_once_one_does() {
    runtime().block_on(async {
        server().create_database("migrated_at_once").await;
        let dsn = server().owner("migrated_at_once");
        let running = futures_util::future::join_all((0..6).map(|_| migrate(&dsn))).await;
        let mut applied: Vec<_> = running.into_iter().map(Result::unwrap).collect();
        applied.sort_unstable();
        assert_eq!(applied, [0, 0, 0, 0, 0, LATEST]);
    });
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    runtime().block_on(async {
        server().create_database("migrated_by_a_newer").await;
        let dsn = server().owner("migrated_by_a_newer");
        migrate(&dsn).await.unwrap();
        let (client, connection) = tokio_postgres::connect(&dsn, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
            .batch_execute("INSERT INTO foldlog.migrations (number, name) VALUES (99, 'newer')")
            .await
            .unwrap();
        assert!(matches!(migrate(&dsn).await, Err(MigrateError::Newer(99))));
        assert_eq!(connect(&dsn).await.err().unwrap().kind, StorageErrorKind::Superseded);
    });
}

#[test]
fn a_database_that_is_not_there_is_told_without_its_address() {
    runtime().block_on(async {
        let dsn = "host=/nowhere user=somebody password=secret dbname=nothing";
        let options = PostgresOptions {
            reconnect_retries: 1,
            ..PostgresOptions::new(dsn)
        };
        let error = PostgresDatabase::connect(options, system()).await.err().unwrap();
        assert_eq!(error.kind, StorageErrorKind::StorageUnavailable);
        let told = format!("{error} {error:?}");
        assert!(
            !told.contains("secret") && !told.contains("nowhere") && !told.contains("somebody"),
            "{told}"
        );
    });
}
