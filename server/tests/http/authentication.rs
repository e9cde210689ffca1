//! Every operation with every kind of token that is not good for it.

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, Header};

use crate::{
    support::{log_name, runtime},
    tools::{
        Answered, Claims, PUBLIC_KEY, Running, SECRET, eddsa_options, hs256_options, samples, sign, token, with_tokens,
    },
};

/// What a request is sent with, and what is answered.
struct Case {
    name: &'static str,
    authorization: Vec<String>,
    status: u16,
    code: &'static str,
}

fn refused(name: &'static str, token: &str) -> Case {
    Case {
        name,
        authorization: vec![format!("authorization: Bearer {token}")],
        status: 401,
        code: "unauthenticated",
    }
}

/// A token that is good, but not where it belongs.
fn badly_sent(token: &str) -> Vec<Case> {
    let case = |name, authorization| Case {
        name,
        authorization,
        status: 401,
        code: "unauthenticated",
    };
    vec![
        case("no token", Vec::new()),
        case("another scheme", vec![format!("authorization: Basic {token}")]),
        case("two tokens", vec![format!("authorization: Bearer {token}"); 2]),
    ]
}

fn unsigned(header: &str, claims: &Claims) -> String {
    let claims = serde_json::to_vec(claims).unwrap();
    format!("{}.{}.", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims))
}

fn tampered(token: &str, log: &str) -> String {
    let mut parts = token.split('.');
    let (header, _, signature) = (parts.next().unwrap(), parts.next(), parts.next().unwrap());
    let other = serde_json::to_vec(&Claims {
        sub: "mallory".to_owned(),
        ..Claims::on(log)
    });
    format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(other.unwrap()))
}

fn cases(algorithm: Algorithm, log: &str) -> Vec<Case> {
    let good = Claims::on(log);
    let header = || Header::new(algorithm);
    let signed = |claims: &Claims| sign(&header(), claims, SECRET);
    let with_kid = |kid: &str| Header {
        kid: Some(kid.to_owned()),
        ..header()
    };
    let mut critical = header();
    critical.crit = Some(vec!["exp".to_owned()]);
    let confused = match algorithm {
        // The public key is known to everybody: as a secret it must prove nothing.
        Algorithm::EdDSA => sign(&Header::new(Algorithm::HS256), &good, PUBLIC_KEY),
        _ => sign(&Header::new(Algorithm::EdDSA), &good, SECRET),
    };
    let none = r#"{"alg":"none","typ":"JWT"}"#;
    let mut all = badly_sent(&signed(&good));
    all.extend([
        refused("no token in the header", ""),
        refused("no JWT", "a.b.c"),
        refused("expired", &signed(&good.clone().expiring_in(-60))),
        refused("tampered", &tampered(&signed(&good), log)),
        refused("another algorithm", &confused),
        refused("another hash", &sign(&Header::new(Algorithm::HS512), &good, SECRET)),
        refused("no algorithm", &unsigned(none, &good)),
        refused("an unknown kid", &sign(&with_kid("k2"), &good, SECRET)),
        refused(
            "a kid that is a path",
            &sign(&with_kid("../../dev/null"), &good, SECRET),
        ),
        refused("an extension that must be understood", &sign(&critical, &good, SECRET)),
        refused(
            "no aud",
            &signed(&Claims {
                aud: None,
                ..good.clone()
            }),
        ),
        refused(
            "another aud",
            &signed(&Claims {
                aud: Some("other"),
                ..good.clone()
            }),
        ),
        refused(
            "no iss",
            &signed(&Claims {
                iss: None,
                ..good.clone()
            }),
        ),
        refused(
            "another iss",
            &signed(&Claims {
                iss: Some("other"),
                ..good.clone()
            }),
        ),
        refused(
            "no exp",
            &signed(&Claims {
                exp: None,
                ..good.clone()
            }),
        ),
        refused(
            "not yet",
            &signed(&Claims {
                nbf: good.exp,
                ..good.clone()
            }),
        ),
        Case {
            name: "another log",
            authorization: vec![format!("authorization: Bearer {}", signed(&Claims::on("another")))],
            status: 404,
            code: "log_not_found",
        },
        Case {
            name: "no right",
            authorization: vec![format!("authorization: Bearer {}", signed(&good.with_rights(&[])))],
            status: 403,
            code: "forbidden",
        },
    ]);
    if algorithm == Algorithm::HS256 {
        all.push(refused("another key", &sign(&header(), &Claims::on(log), &[b'x'; 40])));
    }
    all
}

fn check(case: &Case, answered: &Answered, what: &str) {
    let place = format!("{what} with {}: {answered:?}", case.name);
    assert_eq!(answered.status.as_u16(), case.status, "{place}");
    assert_eq!(answered.code(), case.code, "{place}");
    assert_eq!(
        answered.headers.contains_key("www-authenticate"),
        case.status == 401,
        "{place}"
    );
}

fn matrix(algorithm: Algorithm) {
    let name = log_name();
    let tokens = match algorithm {
        Algorithm::EdDSA => eddsa_options(),
        _ => hs256_options(),
    };
    runtime().block_on(async {
        let server = Running::start(foldlog_server::http::HttpOptions {
            tokens: Some(tokens),
            ..with_tokens()
        })
        .await;
        server.create(&name).await;
        let cases = cases(algorithm, name.as_str());
        for (operation, sample) in samples() {
            let path = operation.path.replace("{log}", name.as_str()) + sample.query;
            for case in &cases {
                let mut headers: Vec<_> = case.authorization.iter().map(String::as_str).collect();
                let content_type = format!("content-type: {}", sample.content_type);
                if !sample.content_type.is_empty() {
                    headers.push(&content_type);
                }
                let sent = server
                    .client
                    .send(operation.method, &path, &headers, sample.body.clone());
                check(case, &sent.await, &format!("{} {path}", operation.method));
            }
        }
    });
}

#[test]
fn no_operation_takes_a_token_that_is_not_good_with_hs256() {
    matrix(Algorithm::HS256);
}

#[test]
fn no_operation_takes_a_token_that_is_not_good_with_eddsa() {
    matrix(Algorithm::EdDSA);
}

#[test]
fn each_right_opens_its_operations_and_no_others() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&name).await;
        for right in ["append", "read", "snapshot", "admin"] {
            let claims = Claims::on(name.as_str()).with_rights(&[right]);
            let token = sign(&Header::new(Algorithm::HS256), &claims, SECRET);
            for (operation, sample) in samples() {
                let path = operation.path.replace("{log}", name.as_str()) + sample.query;
                let authorization = format!("authorization: bearer {token}");
                let content_type = format!("content-type: {}", sample.content_type);
                let mut headers = vec![authorization.as_str()];
                if !sample.content_type.is_empty() {
                    headers.push(&content_type);
                }
                let request = server.client.request(operation.method, &path, &headers, sample.body);
                // Of a stream the head is enough.
                let status = server.client.begin(request).await.status().as_u16();
                let what = format!("{} {path} with {right}: {status}", operation.method);
                assert_eq!(status == 403, operation.right.as_str() != right, "{what}");
                assert!(
                    status < 500 && status != 401 && status != 404 && status != 405,
                    "{what}"
                );
            }
        }
    });
}

#[test]
fn a_token_counts_only_in_its_header() {
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&name).await;
        let token = token(name.as_str());
        for (path, header) in [
            (
                format!("/v1/logs/{name}/head?access_token={token}"),
                "accept: */*".to_owned(),
            ),
            (
                format!("/v1/logs/{name}/head?token={token}"),
                format!("cookie: token={token}"),
            ),
            (
                format!("/v1/logs/{name}/head"),
                format!("x-authorization: Bearer {token}"),
            ),
        ] {
            let answered = server.client.send("GET", &path, &[&header], Body::empty()).await;
            assert_eq!(answered.status.as_u16(), 401);
            assert!(!answered.text().contains(&token));
        }
        let good = format!("authorization: Bearer {token}");
        let path = format!("/v1/logs/{name}/head?access_token={token}");
        let answered = server.client.send("GET", &path, &[&good], Body::empty()).await;
        assert_eq!(
            (answered.status.as_u16(), answered.field()),
            (400, "access_token".to_owned())
        );
        let unknown = server.client.send("GET", "/v2", &[], Body::empty()).await;
        assert_eq!(unknown.status.as_u16(), 401, "no path is told of without a token");
    });
}
