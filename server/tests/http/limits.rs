//! Bodies that are too large, too deep, or larger than they seem.

use std::{io::Write as _, time::Duration};

use axum::body::{Body, Bytes};
use flate2::{Compression, write::GzEncoder};
use foldlog_server::http::HttpOptions;
use futures_util::{StreamExt as _, stream};

use crate::{
    support::{log_name, runtime},
    tools::{Running, append_body, event_id, local},
};

fn gzip(parts: usize, part: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..parts {
        encoder.write_all(part).unwrap();
    }
    encoder.finish().unwrap()
}

#[test]
fn a_small_body_that_becomes_large_is_cut_off() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            body_bytes: 1 << 20,
            ..local()
        })
        .await;
        server.create(&name).await;
        // 128 MiB of zeros in 128 KiB; of spaces, which JSON may have anywhere; and one that is compressed twice.
        let zeros = gzip(128, &vec![0; 1 << 20]);
        let spaces = gzip(128, &vec![b' '; 1 << 20]);
        let gzipped = ["content-type: application/json", "content-encoding: gzip"];
        let lines = ["content-type: application/x-ndjson", "content-encoding: gzip"];
        for (path, headers) in [
            ("append", gzipped),
            ("events", gzipped),
            ("appends", lines),
            ("import", lines),
        ] {
            let path = format!("/v1/logs/{name}/{path}");
            for bomb in [&zeros, &spaces] {
                let answered = server.client.send("POST", &path, &headers, bomb.clone()).await;
                assert_eq!(answered.status.as_u16(), 413, "{path}: {answered:?}");
                assert_eq!(answered.code(), "invalid_argument");
                assert!(["body", "line 1"].contains(&&*answered.field()));
            }
        }
        let path = format!("/v1/logs/{name}/append");
        let twice = ["content-type: application/json", "content-encoding: gzip, gzip"];
        let answered = server.client.send("POST", &path, &twice, gzip(1, &zeros)).await;
        assert_eq!(
            (answered.status.as_u16(), answered.code()),
            (415, "protocol".to_owned())
        );
        let cut = server
            .client
            .send("POST", &path, &gzipped, zeros[..1_000].to_vec())
            .await;
        assert_eq!((cut.status.as_u16(), cut.code()), (400, "invalid_argument".to_owned()));
        let not = server.client.send("POST", &path, &gzipped, append_body("a", "1")).await;
        assert_eq!(not.status.as_u16(), 400);
        let good = gzip(1, append_body("a", "1").as_bytes());
        assert_eq!(
            server.client.send("POST", &path, &gzipped, good).await.status.as_u16(),
            200
        );
    });
}

#[test]
fn a_body_without_a_length_is_counted_as_it_comes() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            body_bytes: 1 << 20,
            ..local()
        })
        .await;
        server.create(&name).await;
        let path = format!("/v1/logs/{name}/append");
        let send = |parts: usize| {
            let part = || Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 4_096]));
            let body = Body::from_stream(stream::repeat_with(part).take(parts));
            let json = ["content-type: application/json"];
            server
                .client
                .try_begin(server.client.request("POST", &path, &json, body))
        };
        let answered = send(2_048).await.unwrap();
        assert_eq!(answered.status().as_u16(), 413, "who sends a little too much hears why");
        // Who never ends is cut off, and perhaps does not hear why.
        let cut = tokio::time::timeout(Duration::from_secs(30), send(usize::MAX))
            .await
            .unwrap();
        assert!(cut.is_err() || cut.is_ok_and(|answered| answered.status().as_u16() == 413));
    });
}

#[test]
fn nesting_and_lists_have_their_limits() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let append = format!("/v1/logs/{name}/append");
        let nested = |levels: usize| append_body("a", &("[".repeat(levels) + &"]".repeat(levels)));
        assert_eq!(
            server.client.json("POST", &append, nested(128)).await.status.as_u16(),
            200
        );
        for levels in [129, 1_000_000] {
            let answered = server.client.json("POST", &append, nested(levels)).await;
            assert_eq!(
                (answered.status.as_u16(), answered.code()),
                (400, "invalid_event".to_owned())
            );
            assert_eq!(answered.field(), "events[0].eventData");
            assert_eq!(answered.value()["outcome"], "not_committed");
        }
        let events = format!("/v1/logs/{name}/events");
        for bomb in ["[".repeat(1_000_000), "{\"filter\":".repeat(1_000_000)] {
            assert_eq!(server.client.json("POST", &events, bomb).await.status.as_u16(), 400);
        }
        let ids: Vec<_> = (0..100_000).map(|number| format!("\"a{number}\"")).collect();
        let filter = format!("{{\"filter\":{{\"aggregateIds\":[{}]}}}}", ids.join(","));
        let answered = server.client.json("POST", &events, filter).await;
        assert_eq!(
            (answered.status.as_u16(), answered.field()),
            (400, "filter.aggregateIds".to_owned())
        );
        let many: Vec<_> = (0..10_001)
            .map(|_| {
                format!(
                    r#"{{"id":"{}","aggregateId":"a","aggregateType":"wallet","eventType":"Deposited","eventData":1}}"#,
                    event_id()
                )
            })
            .collect();
        let body = format!(r#"{{"events":[{}],"expectedVersions":[["a","any"]]}}"#, many.join(","));
        let answered = server.client.json("POST", &append, body).await;
        assert_eq!((answered.status.as_u16(), answered.field()), (400, "events".to_owned()));
        let large = append_body("a", &format!("\"{}\"", "x".repeat(1 << 20)));
        assert_eq!(server.client.json("POST", &append, large).await.status.as_u16(), 400);
    });
}
