//! What operators see.

use axum::body::Body;
use foldlog_server::http::HttpOptions;

use crate::{
    support::{log_name, runtime},
    tools::{Client, Running, append_body, local, token, with_tokens},
};

#[test]
fn health_is_told_without_a_token_and_metrics_only_on_their_own_address() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&name).await;
        let ops = Client::new(server.ops);
        for client in [&server.client, &ops] {
            assert_eq!(client.get("/livez").await.status.as_u16(), 204);
            let ready = async {
                while client.get("/readyz").await.status.as_u16() != 200 {
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                }
            };
            tokio::time::timeout(std::time::Duration::from_secs(10), ready)
                .await
                .unwrap();
        }
        let headers = [
            &*format!("authorization: Bearer {}", token(name.as_str())),
            "content-type: application/json",
        ];
        let path = format!("/v1/logs/{name}/append");
        for expected in ["\"any\"", "7"] {
            let body = append_body("a", "1").replace("\"any\"", expected);
            server.client.send("POST", &path, &headers, body).await;
        }
        assert_eq!(server.client.get("/metrics").await.status.as_u16(), 401);
        let metrics = ops.get("/metrics").await;
        let text = metrics.text();
        for line in [
            "foldlog_appends_total{outcome=\"stored\"} 1",
            "foldlog_appends_total{outcome=\"concurrency_conflict\"} 1",
            "foldlog_http_requests_total{method=\"POST\",route=\"/v1/logs/{log}/append\",status=\"409\"} 1",
            "foldlog_append_seconds_count 2",
            "foldlog_groups_total",
            "foldlog_pool{connections=\"most\"} 3",
            "foldlog_streams 0",
            "foldlog_listening 1",
            "foldlog_panics_total 0",
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        assert!(
            !text.contains(name.as_str()) && !text.contains("alice"),
            "no names in metrics"
        );
    });
}

#[test]
fn more_than_it_can_do_is_refused_and_told() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            requests: 0,
            scans: 0,
            ..local()
        })
        .await;
        server.create(&name).await;
        for path in ["head", "verify", "export"] {
            let answered = server.client.get(&format!("/v1/logs/{name}/{path}")).await;
            assert_eq!(
                (answered.status.as_u16(), answered.code()),
                (503, "storage_unavailable".to_owned()),
                "{path}"
            );
            assert!(answered.headers.contains_key("retry-after") && answered.value()["retryable"] == true);
        }
    });
}

#[test]
fn what_takes_too_long_is_told_with_what_is_known() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            request_timeout: std::time::Duration::from_millis(300),
            ..local()
        })
        .await;
        server.create(&name).await;
        let never = futures_util::stream::pending::<Result<axum::body::Bytes, std::io::Error>>();
        let path = format!("/v1/logs/{name}/append");
        let json = ["content-type: application/json"];
        let request = server.client.request("POST", &path, &json, Body::from_stream(never));
        let answered = server.client.send_request(request).await;
        assert_eq!((answered.status.as_u16(), answered.code()), (504, "timeout".to_owned()));
        assert_eq!(answered.value()["outcome"], "unknown");
    });
}
