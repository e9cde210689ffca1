//! Each operation once, as `docs/protocol.md` describes it.

use axum::body::Body;
use serde_json::{Value, json};

use crate::{
    support::{log_name, runtime},
    tools::{Running, append_body, local},
};

#[test]
fn a_log_is_created_written_and_read() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        let client = &server.client;
        let log = format!("/v1/logs/{name}");
        let created = client.send("PUT", &log, &[], "").await;
        assert_eq!(created.status.as_u16(), 201);
        assert_eq!(
            (&created.value()["head"]["sequenceNumber"], &created.value()["mirror"]),
            (&json!(0), &json!(false))
        );
        assert_eq!(client.json("PUT", &log, "{ }").await.status.as_u16(), 200);
        let body = append_body("a/../b", r#"{ "amount": 1.10 }"#);
        let receipt = client.json("POST", &format!("{log}/append"), body.clone()).await;
        let stored = receipt.value();
        assert_eq!(stored["versions"], json!([["a/../b", 1]]));
        assert_eq!(stored["durability"], "remote");
        let page = client
            .json("POST", &format!("{log}/events"), r#"{"withPlace":true}"#)
            .await;
        assert!(
            page.text().contains(r#""eventData":{ "amount": 1.10 }"#),
            "kept byte for byte: {}",
            page.text()
        );
        assert_eq!(page.value()["place"], stored["head"]);
        let one = client
            .get(&format!("{log}/aggregate/events?id=a/../b&maxEvents=1"))
            .await;
        assert_eq!(one.value()["entries"].as_array().unwrap().len(), 1);
        let aggregate = client.get(&format!("{log}/aggregate?id=a%2F..%2Fb")).await.value();
        assert_eq!(aggregate, json!({"aggregateType": "wallet", "aggregateVersion": 1}));
        assert_eq!(
            client.get(&format!("{log}/aggregate?id=none")).await.value(),
            Value::Null
        );
        assert_eq!(client.get(&format!("{log}/head")).await.value(), stored["head"]);
        assert_eq!(client.get(&format!("{log}/head?at=1")).await.value(), stored["head"]);
        assert_eq!(client.get(&format!("{log}/head?at=2")).await.value(), Value::Null);
        let id = page.value()["events"][0]["id"].as_str().unwrap().to_owned();
        let found = client.get(&format!("{log}/append?eventId={id}")).await.value();
        assert_eq!(found["head"], stored["head"]);
        let verified = client.get(&format!("{log}/verify")).await.value();
        assert_eq!((&verified["ok"], &verified["events"]), (&json!(true), &json!(1)));
        let since = stored["head"].to_string();
        let since: String = form_urlencoded::byte_serialize(since.as_bytes()).collect();
        assert_eq!(
            client.get(&format!("{log}/verify?since={since}")).await.value()["ok"],
            true
        );
        assert_eq!(client.get(&log).await.value()["head"], stored["head"]);
    });
}

#[test]
fn snapshots_and_checkpoints_are_kept() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let (client, log) = (&server.client, format!("/v1/logs/{name}"));
        let receipt = client
            .json("POST", &format!("{log}/append"), append_body("a", "1"))
            .await
            .value();
        let snapshot = json!({
            "aggregateId": "a", "aggregateType": "wallet", "reducer": "r/1", "aggregateVersion": 1,
            "place": receipt["head"], "createdAt": "2026-01-01T00:00:00.000Z", "data": {"balance": 1},
        });
        let path = format!("{log}/snapshot?aggregateId=a&reducer=r/1");
        assert_eq!(client.get(&path).await.value(), Value::Null);
        let kept = client
            .json("PUT", &format!("{log}/snapshot"), snapshot.to_string())
            .await;
        assert_eq!((kept.status.as_u16(), kept.text()), (204, ""));
        assert_eq!(client.get(&path).await.value()["data"], json!({"balance": 1}));
        assert_eq!(client.send("DELETE", &path, &[], "").await.status.as_u16(), 204);
        assert_eq!(client.get(&path).await.value(), Value::Null);
        let head = &receipt["head"];
        let cursor = format!(
            "{}:{}:{}",
            head["epoch"].as_str().unwrap(),
            head["sequenceNumber"],
            head["link"].as_str().unwrap()
        );
        let path = format!("{log}/checkpoint");
        let step = json!({"name": "consumer", "from": null, "to": cursor}).to_string();
        assert_eq!(client.json("PUT", &path, step.clone()).await.status.as_u16(), 204);
        assert_eq!(
            client.get(&format!("{path}?name=consumer")).await.value(),
            json!({"cursor": cursor})
        );
        let conflict = client.json("PUT", &path, step).await;
        assert_eq!(
            (conflict.status.as_u16(), conflict.code()),
            (409, "checkpoint_conflict".to_owned())
        );
        assert_eq!(conflict.value()["actual"], cursor);
        assert_eq!(conflict.value()["checkpoint"], "consumer");
    });
}

#[test]
fn a_log_moves_by_its_export_and_by_its_appends() {
    let (name, copy, mirror) = (log_name(), log_name(), log_name());
    runtime().block_on(async {
        let server = Running::start(local()).await;
        for log in [&name, &copy, &mirror] {
            server.create(log).await;
        }
        let (client, log) = (&server.client, format!("/v1/logs/{name}"));
        for number in 0..3 {
            client
                .json("POST", &format!("{log}/append"), append_body("a", &number.to_string()))
                .await;
        }
        let export = client.get(&format!("{log}/export")).await;
        assert_eq!(export.headers["content-type"], "application/x-ndjson");
        let lines = ["content-type: application/x-ndjson"];
        let done = client
            .send("POST", &format!("/v1/logs/{copy}/import"), &lines, export.body.clone())
            .await;
        assert_eq!(done.value()["imported"], 3);
        let as_mirror = format!("/v1/logs/{mirror}/import?asMirror=true");
        assert_eq!(
            client
                .send("POST", &as_mirror, &lines, export.body.clone())
                .await
                .status
                .as_u16(),
            200
        );
        assert_eq!(client.get(&format!("/v1/logs/{mirror}")).await.value()["mirror"], true);
        let refused = client
            .json("POST", &format!("/v1/logs/{mirror}/append"), append_body("a", "1"))
            .await;
        assert_eq!((refused.status.as_u16(), refused.code()), (403, "forbidden".to_owned()));
        let head = client.get(&format!("{log}/head")).await.value();
        client
            .json("POST", &format!("{log}/append"), append_body("a", "4"))
            .await;
        let more = client.get(&format!("{log}/appends?after=3")).await;
        let step = |step: &str| format!("{{\"step\":\"{step}\"}}\n{}", more.text());
        let path = format!("/v1/logs/{mirror}/appends");
        let stored = client.send("POST", &path, &lines, step("continue")).await;
        assert_eq!(stored.value()["sequenceNumber"], 4, "{stored:?}");
        assert_eq!(client.get(&format!("{log}/appends?after=4")).await.status.as_u16(), 204);
        let elsewhere = client.send("POST", &path, &lines, step("continue")).await;
        assert_eq!(
            (elsewhere.status.as_u16(), elsewhere.code()),
            (409, "log_diverged".to_owned())
        );
        assert_eq!(elsewhere.value()["head"], stored.value());
        assert_ne!(stored.value(), head);
        let cut = export.text().rsplit_once("{\"end\"").unwrap().0.to_owned();
        let fresh = log_name();
        server.create(&fresh).await;
        let cut = client
            .send("POST", &format!("/v1/logs/{fresh}/import"), &lines, cut)
            .await;
        assert_eq!((cut.status.as_u16(), cut.code()), (400, "invalid_argument".to_owned()));
    });
}

#[test]
fn head_and_options_say_what_they_should() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let (client, log) = (&server.client, format!("/v1/logs/{name}"));
        let head = client.send("HEAD", &format!("{log}/head"), &[], Body::empty()).await;
        assert_eq!((head.status.as_u16(), head.text()), (200, ""));
        assert!(head.headers.contains_key("content-length"));
        let options = client
            .send("OPTIONS", &format!("{log}/append"), &[], Body::empty())
            .await;
        assert_eq!(options.status.as_u16(), 204);
        let allowed = options.headers["allow"].to_str().unwrap();
        assert!(allowed.contains("GET") && allowed.contains("POST") && !allowed.contains("DELETE"));
        let not = client
            .send("DELETE", &format!("{log}/append"), &[], Body::empty())
            .await;
        assert_eq!((not.status.as_u16(), not.code()), (405, "protocol".to_owned()));
        assert!(not.headers.contains_key("allow"));
        let nothing = client.get(&format!("{log}/nothing")).await;
        assert_eq!((nothing.status.as_u16(), nothing.code()), (404, "protocol".to_owned()));
        let html = client
            .send("GET", &format!("{log}/head"), &["accept: text/html"], "")
            .await;
        assert_eq!((html.status.as_u16(), html.code()), (406, "protocol".to_owned()));
        let own = client.send("GET", &log, &["x-request-id: my-id.1"], "").await;
        assert_eq!(own.headers["x-request-id"], "my-id.1");
        let odd = client.send("GET", &log, &["x-request-id: <script>"], "").await;
        assert_ne!(odd.headers["x-request-id"], "<script>");
        assert_eq!(odd.headers["cache-control"], "no-store");
        let large = append_body("a", &format!("\"{}\"", "x".repeat(10_000)));
        client.json("POST", &format!("{log}/append"), large).await;
        let headers = ["content-type: application/json", "accept-encoding: gzip"];
        let page = client.send("POST", &format!("{log}/events"), &headers, "{}").await;
        assert_eq!(page.headers["content-encoding"], "gzip");
        assert!(page.body.len() < 2_000);
    });
}
