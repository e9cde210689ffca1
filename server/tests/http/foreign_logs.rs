//! A log of others and a log that does not exist look the same.

use axum::http::HeaderMap;

use crate::{
    support::{log_name, runtime},
    tools::{Answered, Running, samples, token, with_tokens},
};

/// All that an answer says but for the time of day.
fn seen(answered: Answered) -> (u16, HeaderMap, String) {
    let text = answered.text().to_owned();
    let mut headers = answered.headers;
    headers.remove("date");
    (answered.status.as_u16(), headers, text)
}

#[test]
fn a_foreign_log_and_a_missing_one_have_the_same_answer() {
    let (foreign, own) = (log_name(), log_name());
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&foreign).await;
        let authorization = format!("authorization: Bearer {}", token(own.as_str()));
        for (operation, sample) in samples() {
            let content_type = match sample.content_type {
                "" => "content-type: application/json".to_owned(),
                other => format!("content-type: {other}"),
            };
            let headers = [&*authorization, &content_type, "x-request-id: same"];
            let ask = async |log: &str| {
                let path = operation.path.replace("{log}", log) + sample.query;
                seen(
                    server
                        .client
                        .send(operation.method, &path, &headers, sample.body.clone())
                        .await,
                )
            };
            let (of_foreign, of_missing) = (ask(foreign.as_str()).await, ask("missing").await);
            assert_eq!(of_foreign.0, 404, "{operation:?}");
            assert_eq!(of_foreign, of_missing, "{operation:?}");
            // Names that no log can have are not the token's either.
            for odd in ["%24all", "%00", "%FF", "a%2Fb"] {
                assert_eq!(ask(odd).await, of_missing, "{operation:?} {odd}");
            }
            // The token's own log, which does not exist yet; PUT would create it.
            if operation.method != "PUT" || operation.path != "/v1/logs/{log}" {
                assert_eq!(ask(own.as_str()).await, of_missing, "{operation:?}");
            }
        }
    });
}

#[test]
fn what_else_is_wrong_does_not_show_whether_a_log_exists() {
    let (foreign, own) = (log_name(), log_name());
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&foreign).await;
        let authorization = format!("authorization: Bearer {}", token(own.as_str()));
        for (method, suffix, header, body) in [
            ("POST", "/append", "content-type: text/plain", "{"),
            ("POST", "/append", "content-encoding: zstd", "{"),
            ("GET", "/head?at=x", "accept: text/html", ""),
            ("PATCH", "/head", "accept: */*", ""),
            ("GET", "/nothing", "accept: */*", ""),
        ] {
            let headers = [&*authorization, header, "x-request-id: same"];
            let ask = async |log: &str| {
                let path = format!("/v1/logs/{log}{suffix}");
                seen(server.client.send(method, &path, &headers, body).await)
            };
            assert_eq!(ask(foreign.as_str()).await, ask("missing").await, "{method} {suffix}");
        }
    });
}
