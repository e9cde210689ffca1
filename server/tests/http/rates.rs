//! What one token may do in a second.

use std::time::Duration;

use foldlog_server::{RateOptions, http::HttpOptions};
use jsonwebtoken::{Algorithm, Header};

use crate::{
    support::{log_name, runtime},
    tools::{Answered, Claims, Running, SECRET, append_body, sign, with_tokens},
};

fn of(subject: &str, log: &str) -> String {
    let claims = Claims {
        sub: subject.to_owned(),
        ..Claims::on(log)
    };
    format!(
        "authorization: Bearer {}",
        sign(&Header::new(Algorithm::HS256), &claims, SECRET)
    )
}

fn assert_limited(answered: &Answered, what: &str) {
    assert_eq!(
        (answered.status.as_u16(), answered.code()),
        (429, "rate_limited".to_owned())
    );
    let value = answered.value();
    assert!(
        value["retryable"] == true && value["detail"].as_str().unwrap().contains(what),
        "{value}"
    );
    let wait: u64 = answered.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait));
}

#[test]
fn who_asks_too_often_waits_and_others_do_not() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            rates: RateOptions {
                requests: 5,
                ..RateOptions::default()
            },
            ..with_tokens()
        })
        .await;
        server.create(&name).await;
        let path = format!("/v1/logs/{name}/head");
        let alice = of("alice", name.as_str());
        let ask = async || server.client.send("GET", &path, &[&alice], "").await;
        let mut limited = None;
        for _ in 0..50 {
            let answered = ask().await;
            if answered.status.as_u16() == 429 {
                limited = Some(answered);
                break;
            }
        }
        assert_limited(&limited.unwrap(), "requests");
        // Another token of the same subject is no way around it.
        let again = Claims::on(name.as_str()).expiring_in(999);
        let again = format!(
            "authorization: Bearer {}",
            sign(&Header::new(Algorithm::HS256), &again, SECRET)
        );
        assert_eq!(
            server.client.send("GET", &path, &[&again], "").await.status.as_u16(),
            429
        );
        let bob = of("bob", name.as_str());
        assert_eq!(server.client.send("GET", &path, &[&bob], "").await.status.as_u16(), 200);
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        assert_eq!(ask().await.status.as_u16(), 200);
    });
}

#[test]
fn events_and_bytes_are_counted_too() {
    let name = log_name();
    runtime().block_on(async {
        for (rates, what) in [
            (
                RateOptions {
                    requests: 0,
                    events: 2,
                    bytes: 0,
                },
                "events",
            ),
            (
                RateOptions {
                    requests: 0,
                    events: 0,
                    bytes: 600,
                },
                "bytes",
            ),
        ] {
            let server = Running::start(HttpOptions { rates, ..with_tokens() }).await;
            server.create(&name).await;
            let path = format!("/v1/logs/{name}/append");
            let alice = of("alice", name.as_str());
            let mut limited = None;
            for _ in 0..50 {
                let headers = [&*alice, "content-type: application/json"];
                let answered = server.client.send("POST", &path, &headers, append_body("a", "1")).await;
                if answered.status.as_u16() != 200 {
                    limited = Some(answered);
                    break;
                }
            }
            let limited = limited.unwrap();
            assert_limited(&limited, what);
            assert_eq!(limited.value()["outcome"], "not_committed");
        }
    });
}
