//! Without authentication: loopback only, and no page that was not named.

use axum::body::Body;
use foldlog::environment::system;
use foldlog_server::{
    PostgresDatabase,
    http::{HttpOptions, HttpServer},
};

use crate::{
    support::{log_name, options, runtime},
    tools::{Running, append_body, local},
};

#[test]
fn without_authentication_it_listens_on_loopback_only() {
    runtime().block_on(async {
        let database = PostgresDatabase::connect(options(), system()).await.unwrap();
        for address in ["0.0.0.0:0", "[::]:0"] {
            let bound = HttpServer::bind(address.parse().unwrap(), None, local(), database.clone(), system()).await;
            let error = bound.err().unwrap().to_string();
            assert!(error.starts_with("without authentication"), "{error}");
        }
        let any = HttpOptions {
            origins: vec!["*".to_owned()],
            ..local()
        };
        let bound = HttpServer::bind("127.0.0.1:0".parse().unwrap(), None, any, database, system()).await;
        assert!(bound.is_err(), "every page of the web could call it");
    });
}

#[test]
fn a_page_that_was_not_named_cannot_call() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            origins: vec!["http://localhost:5173".to_owned()],
            ..local()
        })
        .await;
        server.create(&name).await;
        let path = format!("/v1/logs/{name}/append");
        let append = async |headers: &[&str]| {
            let answered = server.client.send("POST", &path, headers, append_body("a", "1")).await;
            answered.status.as_u16()
        };
        let json = "content-type: application/json";
        assert_eq!(append(&[json]).await, 200);
        assert_eq!(append(&[json, "origin: http://localhost:5173"]).await, 200);
        assert_eq!(append(&[json, "origin: http://evil.example"]).await, 403);
        assert_eq!(append(&[json, "origin: null"]).await, 403);
        assert_eq!(
            append(&[json, "host: evil.example"]).await,
            403,
            "a name that was turned to loopback"
        );
        // What a form can send without a preflight.
        for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
            assert_eq!(append(&[&format!("content-type: {content_type}")]).await, 415);
        }
        assert_eq!(append(&[]).await, 415);
        let head = server.client.get(&format!("/v1/logs/{name}/head")).await;
        assert_eq!(head.value()["sequenceNumber"], 2);
    });
}

#[test]
fn a_browser_is_told_what_it_may_do() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(HttpOptions {
            origins: vec!["http://localhost:5173".to_owned()],
            ..local()
        })
        .await;
        server.create(&name).await;
        let path = format!("/v1/logs/{name}/append");
        let preflight = async |origin: &str| {
            let headers = [
                origin,
                "access-control-request-method: POST",
                "access-control-request-headers: content-type",
            ];
            server.client.send("OPTIONS", &path, &headers, Body::empty()).await
        };
        let named = preflight("origin: http://localhost:5173").await;
        assert_eq!(named.headers["access-control-allow-origin"], "http://localhost:5173");
        assert!(
            named.headers["access-control-allow-headers"]
                .to_str()
                .unwrap()
                .contains("authorization")
        );
        let other = preflight("origin: http://evil.example").await;
        assert!(!other.headers.contains_key("access-control-allow-origin"));
        let refusal = server
            .client
            .send("GET", "/v1/logs/none/head", &["origin: http://localhost:5173"], "")
            .await;
        assert_eq!(refusal.status.as_u16(), 404);
        assert_eq!(
            refusal.headers["access-control-allow-origin"], "http://localhost:5173",
            "a page can read refusals"
        );
    });
}
