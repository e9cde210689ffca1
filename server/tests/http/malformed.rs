//! Whatever is sent, the server answers with a reason, never with 500, and lives on.

use axum::body::Body;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    support::{log_name, runtime},
    tools::{Client, Running, append_body, local, samples},
};

/// Bodies that no operation takes.
const BODIES: &[&[u8]] = &[
    b"",
    b"null",
    b"[]",
    b"1",
    b"\"\"",
    b"{",
    b"{\"",
    b"{\"a\"}",
    b"{\"a\":1}",
    b"{\"a\":1,\"a\":1}",
    b"{}{}",
    b"{}\n{}\n",
    b"\n\n\n",
    b"\xef\xbb\xbf{}",
    b"\xff\xfe\xfd",
    b"\0",
    b"{\"events\":null}",
    b"{\"events\":[]}",
    b"{\"events\":[null]}",
    b"{\"events\":[{}],\"expectedVersions\":[]}",
    b"{\"events\":[],\"expectedVersions\":[[]]}",
    b"{\"events\":[],\"expectedVersions\":{\"a\":1}}",
    b"{\"filter\":{\"aggregateId\":\"\\ud800\"}}",
    b"{\"filter\":{\"fromSequence\":-1}}",
    b"{\"filter\":{\"toRecordedAt\":\"yesterday\"}}",
    b"{\"from\":1e400}",
    b"{\"from\":9007199254740993}",
    b"{\"maxEvents\":0}",
    b"{\"maxBytes\":0}",
    b"{\"maxEvents\":-1}",
    b"{\"after\":\"::\"}",
    b"{\"after\":{}}",
    b"{\"name\":\"\",\"from\":null,\"to\":\"x\"}",
    b"{\"step\":\"begin\",\"after\":null}\n",
    b"{\"step\":\"forward\"}\n{}\n",
    b"{\"foldlogExport\":2,\"after\":null}\n",
    b"{\"foldlogExport\":1,\"after\":null}\n{\"end\":null}\n",
    b"{\"foldlogExport\":1,\"after\":null}\n{\"foldlogExport\":1,\"after\":null}\n",
];

const QUERIES: &[&str] = &[
    "?",
    "?=",
    "?&&&",
    "?id",
    "?id=%00",
    "?id=%ff",
    "?id=$a",
    "?id=a&id=b",
    "?at=-1",
    "?at=1.5",
    "?at=99999999999999999999",
    "?at=9007199254740991",
    "?after=9007199254740991",
    "?after=9007199254740991&to=1",
    "?to=0",
    "?eventId=1",
    "?eventId=00000000-0000-0000-0000-000000000000",
    "?name=%E2%80%A8",
    "?since=null",
    "?since=%7B%7D",
    "?since=%7B%22epoch%22%3A%2200000000-0000-4000-8000-000000000000%22%2C%22sequenceNumber%22%3A9007199254740991%2C%22link%22%3A%220000000000000000000000000000000000000000000000000000000000000001%22%7D",
    "?aggregateId=a&reducer=",
    "?asMirror=maybe",
    "?id=a&fromVersion=9007199254740991",
    "?id=a&fromVersion=5&toVersion=2",
    "?id=a&maxEvents=0",
    "?id=a&maxBytes=9007199254740991",
    "?token=x",
];

async fn send(client: &Client, method: &str, path: &str, headers: &[&str], body: &[u8]) {
    let request = client.request(method, path, headers, body.to_vec());
    let answer = client.begin(request).await;
    let status = answer.status().as_u16();
    let what = format!(
        "{method} {path} {headers:?} {:?}: {status}",
        String::from_utf8_lossy(body)
    );
    assert!(status < 500, "{what}");
    // What is not refused is taken on purpose: an empty body where none is needed, a parameter that is known.
    if status >= 400 {
        let content_type = answer.headers().get("content-type").unwrap();
        assert_eq!(content_type, "application/problem+json", "{what}");
    }
}

#[test]
fn no_request_is_answered_with_500() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let append = format!("/v1/logs/{name}/append");
        assert_eq!(
            server
                .client
                .json("POST", &append, append_body("a", "1"))
                .await
                .status
                .as_u16(),
            200
        );
        for (operation, sample) in samples() {
            let path = operation.path.replace("{log}", name.as_str());
            let content_type = match sample.content_type {
                "" => "content-type: application/json".to_owned(),
                other => format!("content-type: {other}"),
            };
            for body in BODIES {
                send(
                    &server.client,
                    operation.method,
                    &(path.clone() + sample.query),
                    &[&content_type],
                    body,
                )
                .await;
            }
            for query in QUERIES {
                let sent = sample.body.as_bytes();
                send(
                    &server.client,
                    operation.method,
                    &(path.clone() + query),
                    &[&content_type],
                    sent,
                )
                .await;
            }
        }
        let ops = Client::new(server.ops);
        assert!(ops.get("/metrics").await.text().contains("foldlog_panics_total 0"));
    });
}

#[test]
fn odd_heads_and_names_are_refused() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        for segment in [
            "%24all",
            "%00",
            "%FF%FE",
            "%ED%A0%80",
            "%2E%2E",
            "%2e",
            &"a".repeat(256),
            &"%C3%A9".repeat(128),
            "a%zz",
        ] {
            for suffix in ["", "/head", "/export"] {
                let path = format!("/v1/logs/{segment}{suffix}");
                let status = server.client.get(&path).await.status.as_u16();
                assert!(status == 400 || status == 404, "{path}: {status}");
            }
        }
        let head = format!("/v1/logs/{name}/head");
        for headers in [
            &["accept: "][..],
            &["accept: ;;;,,,q=x"],
            &["content-encoding: gzip, deflate"],
            &["content-length: 0", "expect: 100-continue"],
            &["x-request-id: "],
            &["cookie: a=b", "range: bytes=0-1", "if-none-match: *"],
        ] {
            send(&server.client, "GET", &head, headers, b"").await;
        }
        let long = format!("{head}?at={}", "1".repeat(60_000));
        assert!(server.client.get(&long).await.status.is_client_error());
    });
}

#[test]
fn what_is_not_http_does_no_harm() {
    runtime().block_on(async {
        let server = Running::start(local()).await;
        for raw in [
            &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
            b"GET\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"POST /v1/logs/a/append HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
            b"POST /v1/logs/a/append HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"POST /v1/logs/a/append HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
            b"GET /v1/logs/a/head HTTP/1.1\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\xff\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            let mut stream = TcpStream::connect(server.address).await.unwrap();
            let _ = stream.write_all(raw).await;
            let _ = stream.shutdown().await;
            let mut answer = Vec::new();
            let _ = stream.read_to_end(&mut answer).await;
            let answer = String::from_utf8_lossy(&answer).into_owned();
            assert!(!answer.starts_with("HTTP/1.1 2") && !answer.starts_with("HTTP/1.1 5"), "{answer}");
        }
        let many = "X-Many: a\r\n".repeat(10_000);
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let _ = stream.write_all(format!("GET /livez HTTP/1.1\r\n{many}\r\n").as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(!answer.starts_with(b"HTTP/1.1 2"));
        assert_eq!(server.client.send("GET", "/livez", &[], Body::empty()).await.status.as_u16(), 204);
    });
}
