//! Two servers on one database.

use std::time::Duration;

use http_body_util::BodyExt as _;

use crate::{
    support::{log_name, runtime},
    tools::{Running, append_body, local},
};

#[test]
fn what_one_stores_the_other_has() {
    let name = log_name();
    runtime().block_on(async {
        let (first, second) = (Running::start(local()).await, Running::start(local()).await);
        let created = first.client.send("PUT", &format!("/v1/logs/{name}"), &[], "").await;
        assert_eq!(created.status.as_u16(), 201);
        let again = second.client.send("PUT", &format!("/v1/logs/{name}"), &[], "").await;
        assert_eq!((again.status.as_u16(), again.value()), (200, created.value()));
        let request = second.client.request(
            "POST",
            &format!("/v1/logs/{name}/stream"),
            &["content-type: application/json"],
            r#"{"events":false}"#,
        );
        let mut stream = second.client.begin(request).await.into_body();
        let append = format!("/v1/logs/{name}/append");
        let body = append_body("a", "1");
        let receipt = first.client.json("POST", &append, body.clone()).await;
        assert_eq!(receipt.value()["replayed"], false);
        let replayed = second.client.json("POST", &append, body).await;
        assert_eq!(replayed.value()["replayed"], true);
        assert_eq!(replayed.value()["head"], receipt.value()["head"]);
        let told = async {
            loop {
                let frame = stream.frame().await.unwrap().unwrap();
                if frame
                    .data_ref()
                    .is_some_and(|data| String::from_utf8_lossy(data).contains(":1:"))
                {
                    break;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), told).await.unwrap();
        let exact = |expected: u64| append_body("a", "2").replace("\"any\"", &expected.to_string());
        assert_eq!(second.client.json("POST", &append, exact(1)).await.status.as_u16(), 200);
        let conflict = first.client.json("POST", &append, exact(1)).await;
        assert_eq!(
            (conflict.status.as_u16(), conflict.code()),
            (409, "concurrency_conflict".to_owned())
        );
        assert_eq!(conflict.value()["conflicts"][0]["actual"], 2);
        for server in [first, second] {
            let head = server.client.get(&format!("/v1/logs/{name}/head")).await;
            assert_eq!(head.value()["sequenceNumber"], 2);
        }
    });
}
