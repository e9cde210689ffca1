//! A server that is told to end answers what it has taken.

use std::time::Duration;

use axum::body::{Body, Bytes};
use foldlog_server::http::HttpOptions;
use futures_channel::mpsc;
use futures_util::SinkExt as _;
use http_body_util::BodyExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    support::{log_name, runtime},
    tools::{Running, append_body, local},
};

#[test]
fn what_was_taken_is_answered() {
    let name = log_name();
    runtime().block_on(async {
        let mut server = Running::start(local()).await;
        let storage = server.create(&name).await;
        let path = format!("/v1/logs/{name}/append");
        let (mut parts, body) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
        let request = server.client.request(
            "POST",
            &path,
            &["content-type: application/json"],
            Body::from_stream(body),
        );
        let client = server.client.clone();
        let answering = tokio::spawn(async move { client.send_request(request).await });
        let text = append_body("a", "1");
        let (first, rest) = text.split_at(20);
        parts.send(Ok(Bytes::from(first.to_owned()))).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        let address = server.address;
        let ended = server.end();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!ended.is_finished(), "it waits for the request");
        assert!(
            TcpStream::connect(address).await.is_err(),
            "it takes no connection any more"
        );
        parts.send(Ok(Bytes::from(rest.to_owned()))).await.unwrap();
        drop(parts);
        let answered = answering.await.unwrap();
        assert_eq!(answered.status.as_u16(), 200, "{answered:?}");
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .unwrap()
            .unwrap();
        let (head, _) = storage.info().await.unwrap();
        assert_eq!(head.sequence_number, 1);
    });
}

#[test]
fn many_appends_under_way_are_all_answered_truly() {
    let name = log_name();
    runtime().block_on(async {
        let mut server = Running::start(local()).await;
        let storage = server.create(&name).await;
        let path = format!("/v1/logs/{name}/append");
        let sent: Vec<_> = (0..64)
            .map(|number| {
                let request = server.client.request(
                    "POST",
                    &path,
                    &["content-type: application/json"],
                    append_body(&format!("a{number}"), "1"),
                );
                let client = server.client.clone();
                tokio::spawn(async move { client.send_request(request).await })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(30)).await;
        let ended = server.end();
        let mut stored = 0;
        for answering in sent {
            // A connection that was not taken is refused, which the client sees as an error of its own.
            if let Ok(answered) = answering.await {
                match answered.status.as_u16() {
                    200 => stored += 1,
                    503 => assert_eq!(answered.code(), "closed"),
                    _ => panic!("{answered:?}"),
                }
            }
        }
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .unwrap()
            .unwrap();
        let (head, _) = storage.info().await.unwrap();
        assert_eq!(head.sequence_number, stored);
    });
}

#[test]
fn a_stream_ends_with_its_cursor() {
    let name = log_name();
    runtime().block_on(async {
        let mut server = Running::start(local()).await;
        server.create(&name).await;
        let path = format!("/v1/logs/{name}/stream");
        let request = server
            .client
            .request("POST", &path, &["content-type: application/json"], "{}");
        let answer = server.client.begin(request).await;
        assert_eq!(answer.status().as_u16(), 200);
        tokio::time::sleep(Duration::from_millis(200)).await;
        let ended = server.end();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        let last = text.lines().last().unwrap();
        assert!(last.starts_with("{\"end\":\"shutdown\",\"cursor\":\""), "{text}");
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .unwrap()
            .unwrap();
    });
}

#[test]
fn who_does_not_send_a_request_does_not_keep_it() {
    runtime().block_on(async {
        let mut server = Running::start(HttpOptions {
            header_timeout: Duration::from_millis(300),
            shutdown_timeout: Duration::from_secs(2),
            ..local()
        })
        .await;
        let mut slow = TcpStream::connect(server.address).await.unwrap();
        slow.write_all(b"GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
            .await
            .unwrap();
        let mut rest = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(5), slow.read_to_end(&mut rest)).await;
        assert!(closed.is_ok(), "the connection is closed when its head takes too long");
        let mut idle = TcpStream::connect(server.address).await.unwrap();
        idle.write_all(b"GET /li").await.unwrap();
        let ended = server.end();
        tokio::time::timeout(Duration::from_secs(10), ended)
            .await
            .unwrap()
            .unwrap();
    });
}
