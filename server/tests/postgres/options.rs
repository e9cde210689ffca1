//! What the options of a database do: TLS, the pool, the group window, the channel.

use std::{
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use foldlog::{environment::system, storage::StorageErrorKind};
use foldlog_server::{FanoutOptions, PostgresDatabase, PostgresOptions};
use tokio::time::sleep;

use crate::{
    fanout::{Instance, follow},
    support::{Setup, begin, log_name, options, runtime, server},
};

#[test]
fn connections_are_encrypted_as_the_dsn_says() {
    if Command::new("openssl").arg("version").output().is_err() {
        println!("SKIPPED: TLS to PostgreSQL is not tried, since openssl is not there to make a certificate");
        return;
    }
    let (tls, other) = (
        begin(&Setup {
            label: "-tls",
            tls: true,
            ..Setup::default()
        }),
        server(),
    );
    let certificate = tls.folder().join("certificate").display().to_string();
    // A certificate that is its own authority, but not this server's.
    let foreign = tls.folder().join("foreign").display().to_string();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-subj",
            "/CN=localhost",
            "-keyout",
            "/dev/null",
            "-out",
        ])
        .arg(&foreign)
        .output()
        .unwrap();
    assert!(made.status.success());
    let at = |host: &str, rest: &str| {
        format!(
            "host={host} port={} user=foldlog_service dbname=foldlog application_name=tls {rest}",
            tls.port()
        )
    };
    runtime().block_on(async {
        let superuser = tls.superuser().await;
        for (dsn, due) in [
            (at("localhost", ""), Some(true)),
            (at("localhost", "sslmode=disable"), Some(false)),
            (at("127.0.0.1", "sslmode=require"), Some(true)),
            (at("localhost", &format!("sslmode=verify-full sslrootcert={certificate}")), Some(true)),
            (
                format!(
                    "postgresql://foldlog_service@localhost:{}/foldlog?application_name=tls&sslmode=verify-full&sslrootcert={}",
                    tls.port(),
                    certificate.replace('/', "%2F")
                ),
                Some(true),
            ),
            (at("localhost", &format!("sslmode=verify-full sslrootcert={foreign}")), None),
            (at("localhost", &format!("sslrootcert={foreign}")), None),
            (at("127.0.0.1", &format!("sslmode=verify-full sslrootcert={certificate}")), None),
        ] {
            let options = PostgresOptions {
                reconnect_retries: 0,
                ..PostgresOptions::new(dsn.clone())
            };
            let connected = PostgresDatabase::connect(options, system()).await;
            let Some(due) = due else {
                let error = connected.err().expect(&dsn);
                assert_eq!(error.kind, StorageErrorKind::StorageUnavailable);
                let error = format!("{error:?}");
                assert!(error.contains("TLS") && !error.contains("localhost"), "{error}");
                continue;
            };
            let database = connected.expect(&dsn);
            let seen = "SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.application_name = 'tls'";
            let rows = superuser.query(seen, &[]).await.unwrap();
            assert!(!rows.is_empty() && rows.iter().all(|row| row.get::<_, bool>(0) == due), "{dsn}");
            drop(database);
            while !superuser.query(seen, &[]).await.unwrap().is_empty() {
                sleep(Duration::from_millis(20)).await;
            }
        }
        // A server without TLS, and a socket, where there never is any.
        let socket = PostgresOptions::new(format!("{} sslmode=require", other.service()));
        PostgresDatabase::connect(socket, system()).await.unwrap();
    });
}

#[test]
fn a_minimum_of_connections_is_kept() {
    runtime().block_on(async {
        let options = PostgresOptions {
            dsn: format!("{} application_name=kept", server().service()),
            pool_size: 4,
            pool_minimum: 3,
            notifications: false,
            ..options()
        };
        let _database = PostgresDatabase::connect(options, system()).await.unwrap();
        let superuser = server().superuser().await;
        let begun = Instant::now();
        loop {
            let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'kept'";
            let count: i64 = superuser.query_one(count, &[]).await.unwrap().get(0);
            // One more if they were counted while one was in use.
            if count >= 3 {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "{count}");
            sleep(Duration::from_millis(20)).await;
        }
    });
}

#[test]
fn appends_wait_for_others_as_long_as_the_group_window() {
    let name = log_name();
    runtime().block_on(async {
        let options = PostgresOptions {
            group_window: Duration::from_millis(300),
            ..options()
        };
        let instance = Arc::new(Instance::new(&name, options, FanoutOptions::default()).await);
        let appends: Vec<_> = (0..10_u64)
            .map(|n| {
                let instance = Arc::clone(&instance);
                tokio::spawn(async move {
                    sleep(Duration::from_millis(n * 10)).await;
                    instance.append("a", 1).await;
                })
            })
            .collect();
        for append in appends {
            append.await.unwrap();
        }
        assert_eq!(instance.database.counters().groups, 1);
    });
}

#[test]
fn instances_of_one_channel_hear_of_each_other() {
    let name = log_name();
    runtime().block_on(async {
        let options = |channel: &str| PostgresOptions {
            channel: channel.to_owned(),
            poll: Duration::from_secs(600),
            ..options()
        };
        for refused in ["", "1a", "a; SELECT 1", "a\"b", "Ä"] {
            assert!(
                PostgresDatabase::connect(options(refused), system()).await.is_err(),
                "{refused:?}"
            );
        }
        let writer = Instance::new(&name, options("of_its_own"), FanoutOptions::default()).await;
        let reader = Instance::new(&name, options("of_its_own"), FanoutOptions::default()).await;
        let deaf = Instance::new(&name, options("another"), FanoutOptions::default()).await;
        let (mut stream, mut silent) = (reader.after(0).await, deaf.after(0).await);
        follow(&mut stream, 0).await;
        follow(&mut silent, 0).await;
        // Its listener has to be there before something is told.
        sleep(Duration::from_millis(500)).await;
        writer.append("a", 1).await;
        assert_eq!(follow(&mut stream, 1).await.0, [1]);
        let heard = tokio::time::timeout(Duration::from_millis(300), follow(&mut silent, 1)).await;
        assert!(heard.is_err());
    });
}

#[test]
fn an_exhausted_pool_delays_calls_and_fails_them_in_time() {
    let name = log_name();
    runtime().block_on(async {
        let options = PostgresOptions {
            pool_size: 1,
            pool_timeout: Duration::from_millis(300),
            notifications: false,
            lock_timeout: Duration::from_secs(2),
            ..options()
        };
        let instance = Arc::new(Instance::new(&name, options, FanoutOptions::default()).await);
        instance.append("a", 1).await;
        // Someone else holds the log's head, so an append keeps the only connection.
        let mut owner = server().owner_client().await;
        let holding = owner.transaction().await.unwrap();
        let lock = "SELECT FROM foldlog.logs WHERE log_id = $1 FOR UPDATE";
        holding.execute(lock, &[&name.as_str()]).await.unwrap();
        let appending = {
            let instance = Arc::clone(&instance);
            tokio::spawn(async move { instance.append("a", 1).await })
        };
        sleep(Duration::from_millis(200)).await;
        let begun = Instant::now();
        let error = instance.store.head().await.unwrap_err();
        assert_eq!(error.kind, StorageErrorKind::StorageUnavailable);
        assert!(error.kind.is_retryable() && begun.elapsed() < Duration::from_secs(2));
        holding.rollback().await.unwrap();
        appending.await.unwrap();
        // Many more calls than connections only take their turns, if they may wait for as long as that takes.
        let patient = PostgresOptions {
            pool_size: 1,
            ..crate::support::options()
        };
        let instance = Arc::new(Instance::new(&name, patient, FanoutOptions::default()).await);
        let calls: Vec<_> = (0..40)
            .map(|n| {
                let instance = Arc::clone(&instance);
                tokio::spawn(async move {
                    if n % 2 == 0 {
                        instance.append("a", 1).await;
                    } else {
                        instance.store.head().await.unwrap();
                    }
                })
            })
            .collect();
        for call in calls {
            call.await.unwrap();
        }
        let verified = instance.store.verify(None).await.unwrap();
        assert_eq!(verified.events, 22);
    });
}
