//! Every read goes through an index that serves it; what an append reads also while PostgreSQL has no statistics yet.

use foldlog_server::migrate;
use tokio_postgres::{Client, NoTls};

use crate::support::{log_name, runtime, server};

/// The statement, its file, its arguments after the log, and the index that has to serve it.
const READS: &[(&str, &str, &str, &str)] = &[
    (
        "by log",
        include_str!("../../sql/events_by_log_forward.sql"),
        "1, 99999, 100, 100000, NULL, NULL, NULL, FILTER",
        "events_pkey ",
    ),
    (
        "by log, backward",
        include_str!("../../sql/events_by_log_backward.sql"),
        "1, 99999, 100, 100000, NULL, NULL, NULL, FILTER",
        "events_pkey ",
    ),
    (
        "by aggregates",
        include_str!("../../sql/events_by_aggregates_forward.sql"),
        "1, 99999, 100, 100000, '{a1,a2}', NULL, NULL, FILTER",
        "events_aggregate ",
    ),
    (
        "by aggregate type, backward",
        include_str!("../../sql/events_by_aggregate_type_backward.sql"),
        "1, 99999, 100, 100000, NULL, 't3', NULL, FILTER",
        "events_aggregate_type ",
    ),
    (
        "by event types",
        include_str!("../../sql/events_by_event_types_forward.sql"),
        "1, 99999, 100, 100000, NULL, NULL, '{e1,e4}', FILTER",
        "events_event_type ",
    ),
    (
        "one aggregate",
        include_str!("../../sql/aggregate_events.sql"),
        "'a1', 1, 99999, 100, 100000",
        "events_aggregate_version ",
    ),
    (
        "versions",
        include_str!("../../sql/aggregates.sql"),
        "'{a1,a2,a3}'",
        "events_aggregate_version ",
    ),
    (
        "ids",
        include_str!("../../sql/find_appends.sql"),
        "ARRAY[gen_random_uuid(), gen_random_uuid()]",
        "events_id ",
    ),
    (
        "a place",
        include_str!("../../sql/place.sql"),
        "500",
        "appends_last_sequence_number ",
    ),
    (
        "a range of events",
        include_str!("../../sql/events_between.sql"),
        "100, 200, 100000",
        "events_pkey ",
    ),
    (
        "a span of time",
        include_str!("../../sql/sequence_bounds.sql"),
        "'2026-01-01', '2026-01-02'",
        "appends_recorded_at ",
    ),
];

const FILTER: &str = "'{}', 0, 9007199254740991, '-infinity', 'infinity', NULL, NULL";

/// Rows of a log among other logs, large enough that reading all of them is not the best plan.
async fn fill(client: &Client) -> String {
    let names: Vec<_> = (0..5).map(|_| log_name().as_str().to_owned()).collect();
    for name in &names {
        let events =
            "INSERT INTO foldlog.events (log_id, sequence_number, append_number, id, aggregate_id, aggregate_type,
                aggregate_version, event_type, schema_version, recorded_at, created_at, tags, digest, event_data)
            SELECT $1, n, n + 1, gen_random_uuid(), 'a' || n % 500, 't' || n % 50, n / 500 + 1, 'e' || n % 20, 1,
                '2026-01-01'::timestamptz + n * interval '1 minute', now(), '{}', sha256('x'), '{}'
            FROM generate_series(1, 10000) n";
        let appends = "INSERT INTO foldlog.appends (log_id, append_number, kind, epoch, first_sequence_number,
                last_sequence_number, recorded_at, durability, link)
            SELECT $1, n + 1, 1, gen_random_uuid(), n, n, '2026-01-01'::timestamptz + n * interval '1 minute', 3, sha256('x')
            FROM generate_series(1, 10000) n";
        client.execute(events, &[name]).await.unwrap();
        client.execute(appends, &[name]).await.unwrap();
    }
    names[0].clone()
}

#[test]
fn reads_are_served_by_their_indexes() {
    runtime().block_on(async {
        // In a database of its own, so that nothing else moves its statistics.
        server().create_database("indexes").await;
        let dsn = server().owner("indexes");
        migrate(&dsn).await.unwrap();
        let settings = format!("{dsn} options='-c plan_cache_mode=force_custom_plan -c enable_seqscan=off'");
        let (client, connection) = tokio_postgres::connect(&settings, NoTls).await.unwrap();
        tokio::spawn(connection);
        let log = fill(&client).await;
        // Without statistics a read may choose a lesser index for a minute, until PostgreSQL gathers some; an append must not.
        for append in ["ids", "versions", "a place"] {
            check(&client, &log, |what| what == append).await;
        }
        client
            .batch_execute("ANALYZE foldlog.events, foldlog.appends")
            .await
            .unwrap();
        check(&client, &log, |_| true).await;
    });
}

async fn check(client: &Client, log: &str, is_meant: impl Fn(&str) -> bool) {
    for (what, sql, arguments, index) in READS.iter().filter(|(what, ..)| is_meant(what)) {
        let arguments = arguments.replace("FILTER", FILTER);
        client
            .batch_execute(&format!("PREPARE reading AS {sql}"))
            .await
            .unwrap();
        let explain = format!("EXPLAIN (COSTS OFF) EXECUTE reading ('{log}', {arguments})");
        let rows = client.query(&explain, &[]).await.unwrap();
        let plan: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        let plan = plan.join("\n");
        // An index name ends at a blank or a line: some begin with another's name.
        let is_served = plan.lines().any(|line| {
            let line = format!("{line} ");
            line.contains(&format!(" using {index}")) || line.contains(&format!("Index Scan on {index}"))
        });
        assert!(
            is_served && !plan.contains("Seq Scan on events") && !plan.contains("Seq Scan on appends"),
            "{what}:\n{plan}"
        );
        client.batch_execute("DEALLOCATE reading").await.unwrap();
    }
}
