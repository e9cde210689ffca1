//! `docs/openapi.yaml` against the server: the same operations, rights and statuses; and, if it is there, schemathesis.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    process::Command,
};

use foldlog_server::http::{OperationSummary, operations};
use jsonwebtoken::{Algorithm, Header};
use serde_json::Value;

use crate::{
    support::{log_name, runtime},
    tools::{Claims, Running, SECRET, append_body, local, sign, with_tokens},
};

/// Statuses that any operation on a log may have.
const COMMON: [&str; 9] = ["400", "401", "403", "404", "406", "429", "500", "503", "504"];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn document() -> Value {
    let text = std::fs::read_to_string(root().join("docs/openapi.yaml")).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// The operations on logs that the document has, by method and path.
fn documented(document: &Value) -> BTreeMap<(String, String), &Value> {
    let methods = ["get", "put", "post", "delete", "patch", "head", "options"];
    let paths = document["paths"].as_object().unwrap();
    let logs = paths.iter().filter(|(path, _)| path.starts_with("/v1/"));
    logs.flat_map(|(path, item)| {
        let here = item.as_object().unwrap().iter();
        here.filter(|(name, _)| methods.contains(&name.as_str()))
            .map(|(method, operation)| ((method.to_uppercase(), path.clone()), operation))
    })
    .collect()
}

/// The statuses of `docs/protocol.md` for an operation.
fn statuses(operation: &OperationSummary) -> BTreeSet<&'static str> {
    let mut all = BTreeSet::from(COMMON);
    let suffix = operation.path.strip_prefix("/v1/logs/{log}").unwrap();
    let success: &[&str] = match (operation.method, suffix) {
        ("PUT", "") => &["200", "201"],
        ("GET", "/appends") => &["200", "204"],
        ("PUT" | "DELETE", _) => &["204"],
        _ => &["200"],
    };
    all.extend(success);
    if matches!(operation.method, "PUT" | "POST") {
        all.extend(["413", "415"]);
    }
    if operation.method != "GET" && !matches!(suffix, "/events" | "/stream") {
        all.insert("507");
    }
    if matches!(
        (operation.method, suffix),
        ("POST", "/append" | "/appends" | "/import") | ("PUT", "/checkpoint")
    ) {
        all.insert("409");
    }
    if matches!(suffix, "/verify" | "/stream") {
        all.extend(["409", "410"]);
    }
    if suffix == "/export" {
        all.insert("410");
    }
    all
}

#[test]
fn the_document_has_the_operations_of_the_server() {
    let document = document();
    let documented = documented(&document);
    let of_server: BTreeSet<_> = operations()
        .map(|operation| (operation.method.to_owned(), operation.path.to_owned()))
        .collect();
    let of_document: BTreeSet<_> = documented.keys().cloned().collect();
    assert_eq!(of_document, of_server);
    for operation in operations() {
        let here = documented[&(operation.method.to_owned(), operation.path.to_owned())];
        let given: BTreeSet<_> = here["responses"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(given, statuses(&operation), "{operation:?}");
        let description = here["description"].as_str().unwrap();
        assert_eq!(
            description,
            format!("Needs the right `{}`.", operation.right),
            "{operation:?}"
        );
    }
}

#[test]
fn no_path_has_a_method_that_the_document_lacks() {
    let document = document();
    let documented = documented(&document);
    let name = log_name();
    runtime().block_on(async {
        let server = Running::start(local()).await;
        server.create(&name).await;
        let paths: BTreeSet<_> = documented.keys().map(|(_, path)| path).collect();
        for path in paths {
            for method in ["GET", "PUT", "POST", "DELETE", "PATCH"] {
                let sent = server
                    .client
                    .request(method, &path.replace("{log}", name.as_str()), &[], "");
                let status = server.client.begin(sent).await.status().as_u16();
                let is_documented = documented.contains_key(&(method.to_owned(), path.clone()));
                assert_eq!(status != 405, is_documented, "{method} {path}: {status}");
            }
        }
    });
}

/// Needs the program that `FOLDLOG_SCHEMATHESIS` names: `cargo xtask test --only openapi` sees to it.
#[test]
#[ignore = "needs schemathesis"]
fn schemathesis_finds_nothing() {
    let program = std::env::var_os("FOLDLOG_SCHEMATHESIS").expect("FOLDLOG_SCHEMATHESIS names no program");
    let name = foldlog_server::LogName::parse("openapi").unwrap();
    let authorization = format!(
        "Authorization: Bearer {}",
        sign(
            &Header::new(Algorithm::HS256),
            &Claims::on(name.as_str()).expiring_in(7_200),
            SECRET,
        )
    );
    let (address, server) = runtime().block_on(async {
        let server = Running::start(with_tokens()).await;
        server.create(&name).await;
        let headers = [&*authorization, "content-type: application/json"];
        let append = server
            .client
            .send("POST", "/v1/logs/openapi/append", &headers, append_body("a", "1"));
        assert_eq!(append.await.status.as_u16(), 200);
        (server.address, server)
    });
    let full = std::env::var_os("FOLDLOG_FULL").is_some();
    let mut schemathesis = Command::new(program);
    schemathesis
        .current_dir(root().join("tests/openapi"))
        .arg("--config-file")
        .arg(root().join("tests/openapi/schemathesis.toml"))
        .args(["run", "--url", &format!("http://{address}"), "--max-examples"])
        .arg(if full { "500" } else { "30" })
        .args(["--header", &authorization])
        .arg(root().join("docs/openapi.yaml"));
    assert!(schemathesis.status().unwrap().success(), "see above");
    let ended = server.client.clone();
    let alive = runtime().block_on(async move { ended.get("/livez").await.status });
    assert_eq!(alive.as_u16(), 204);
}
