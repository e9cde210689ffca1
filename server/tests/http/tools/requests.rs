use std::sync::atomic::{AtomicU64, Ordering};

use foldlog_server::http::OperationSummary;

/// A request that an operation takes.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    pub(crate) query: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

/// An id that no other event of these tests has.
pub(crate) fn event_id() -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(1);
    format!(
        "01900000-0000-7000-8000-{:012x}",
        NUMBER.fetch_add(1, Ordering::Relaxed)
    )
}

/// An append of one event without expectations.
pub(crate) fn append_body(aggregate: &str, data: &str) -> String {
    format!(
        r#"{{"events":[{{"id":"{}","aggregateId":"{aggregate}","aggregateType":"wallet","eventType":"Deposited","eventData":{data}}}],"expectedVersions":[["{aggregate}","any"]]}}"#,
        event_id()
    )
}

/// A request that the operation takes, if its log exists and is empty.
fn fitting_request(operation: &OperationSummary) -> Sample {
    let suffix = operation.path.strip_prefix("/v1/logs/{log}").unwrap();
    let json = |body: &str| ("", "application/json", body.to_owned());
    let (query, content_type, body) = match (operation.method, suffix) {
        ("POST", "/append") => ("", "application/json", append_body("a", "1")),
        ("GET", "/append") => ("?eventId=01900000-0000-7000-8000-000000000000", "", String::new()),
        ("POST", "/events" | "/stream") => json("{}"),
        ("GET", "/aggregate" | "/aggregate/events") => ("?id=a", "", String::new()),
        ("POST", "/appends") => ("", "application/x-ndjson", "{\"step\":\"continue\"}\n".to_owned()),
        ("POST", "/import") => ("", "application/x-ndjson", String::new()),
        ("GET" | "DELETE", "/snapshot") => ("?aggregateId=a&reducer=r", "", String::new()),
        ("PUT", "/snapshot") => json(SNAPSHOT),
        ("GET", "/checkpoint") => ("?name=c", "", String::new()),
        ("PUT", "/checkpoint") => json(CHECKPOINT),
        _ => ("", "", String::new()),
    };
    Sample {
        query,
        content_type,
        body,
    }
}

/// Every operation with a request that it takes.
pub(crate) fn samples() -> Vec<(OperationSummary, Sample)> {
    foldlog_server::http::operations()
        .map(|operation| (operation, fitting_request(&operation)))
        .collect()
}

const SNAPSHOT: &str = r#"{"aggregateId":"a","aggregateType":"wallet","reducer":"r","aggregateVersion":1,"place":{"epoch":"00000000-0000-4000-8000-000000000000","sequenceNumber":1,"link":"0000000000000000000000000000000000000000000000000000000000000001"},"createdAt":"2026-01-01T00:00:00.000Z","data":{"b":1}}"#;

const CHECKPOINT: &str = r#"{"name":"c","from":null,"to":"00000000-0000-4000-8000-000000000000:1:0000000000000000000000000000000000000000000000000000000000000001"}"#;
