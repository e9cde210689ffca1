//! Streams over HTTP; what a stream of a log is, the fan-out's own tests show.

use std::time::Duration;

use foldlog_server::http::HttpOptions;
use http_body_util::BodyExt as _;
use jsonwebtoken::{Algorithm, Header};
use serde_json::Value;

use crate::{
    support::{log_name, runtime},
    tools::{Claims, Running, SECRET, append_body, local, sign, token, with_tokens},
};

/// Reads lines until one is as wanted.
async fn line_with(body: &mut hyper::body::Incoming, wanted: impl Fn(&Value) -> bool) -> Value {
    let mut waiting = String::new();
    let found = async {
        loop {
            while let Some(length) = waiting.find('\n') {
                let line: String = waiting.drain(..=length).collect();
                let value: Value = serde_json::from_str(&line).unwrap();
                if wanted(&value) {
                    return value;
                }
            }
            let frame = body.frame().await.unwrap().unwrap();
            waiting += std::str::from_utf8(frame.data_ref().unwrap()).unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), found).await.unwrap()
}

#[test]
fn events_arrive_as_they_are_appended() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let headers = ["content-type: application/json", "accept-encoding: gzip"];
        let request = server
            .client
            .request("POST", &format!("/v1/logs/{name}/stream"), &headers, r#"{"after":0}"#);
        let answer = server.client.begin(request).await;
        assert_eq!(answer.headers()["content-type"], "application/x-ndjson");
        assert!(
            !answer.headers().contains_key("content-encoding"),
            "lines are not held back to be compressed"
        );
        let mut body = answer.into_body();
        for number in 1..=3 {
            let append = format!("/v1/logs/{name}/append");
            let receipt = server
                .client
                .json("POST", &append, append_body("a", &number.to_string()))
                .await;
            assert_eq!(receipt.status.as_u16(), 200);
            let line = line_with(&mut body, |line| {
                line["events"].as_array().is_some_and(|all| !all.is_empty())
            })
            .await;
            assert_eq!(line["events"][0]["sequenceNumber"], number);
            assert!(line["cursor"].as_str().unwrap().contains(&format!(":{number}:")));
        }
        let beyond = server
            .client
            .json("POST", &format!("/v1/logs/{name}/stream"), r#"{"after":9}"#)
            .await;
        assert_eq!((beyond.status.as_u16(), beyond.code()), (410, "log_rewound".to_owned()));
    });
}

#[test]
fn a_stream_ends_when_its_token_does() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&name).await;
        let claims = Claims::on(name.as_str()).expiring_in(2);
        let token = sign(&Header::new(Algorithm::HS256), &claims, SECRET);
        let headers = [
            &*format!("authorization: Bearer {token}"),
            "content-type: application/json",
        ];
        let request = server
            .client
            .request("POST", &format!("/v1/logs/{name}/stream"), &headers, "{}");
        let mut body = server.client.begin(request).await.into_body();
        line_with(&mut body, |line| line["end"] == "expired" && line["cursor"].is_string()).await;
        assert!(body.frame().await.is_none());
    });
}

#[test]
fn one_token_has_so_many_streams_and_no_more() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            streams_a_subject: 2,
            ..with_tokens()
        })
        .await;
        server.create(&name).await;
        let headers = [
            &*format!("authorization: Bearer {}", token(name.as_str())),
            "content-type: application/json",
        ];
        let begin = || {
            let request = server
                .client
                .request("POST", &format!("/v1/logs/{name}/stream"), &headers, "{}");
            server.client.begin(request)
        };
        let (first, second) = (begin().await, begin().await);
        assert!(first.status() == 200 && second.status() == 200);
        assert_eq!(begin().await.status().as_u16(), 429);
        drop(first);
        let freed = async {
            while begin().await.status().as_u16() == 429 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), freed).await.unwrap();
    });
}
