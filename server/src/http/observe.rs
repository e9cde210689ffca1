//! What is done with every request, whatever it asks for: an id, a line in the log, numbers, and an answer even to a panic.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
        header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS},
    },
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt as _;
use tracing::Instrument as _;
use uuid::Uuid;

use super::{Problem, Service, log_hash::log_hash};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
pub(crate) const CORRELATION_ID: HeaderName = HeaderName::from_static("x-correlation-id");

/// The longest id that is taken over.
const MAX_ID: usize = 64;

/// Around everything else.
pub(crate) async fn observe(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = given_id(request.headers(), &REQUEST_ID).unwrap_or_else(|| made_id(&service));
    let correlation = given_id(request.headers(), &CORRELATION_ID);
    let method = method_label(request.method());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let span = tracing::info_span!(
        "request",
        id,
        correlation,
        method,
        route,
        log = log_hash(request.uri().path()),
    );
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind();
    let response = if let Ok(response) = answer.instrument(span.clone()).await {
        as_problem(response, &id)
    } else {
        service.metrics.panicked();
        Problem::internal().answer(&id)
    };
    let response = with_headers(response, &id);
    let (status, time) = (response.status(), begun.elapsed());
    service.metrics.answered(method, &route, status, time);
    span.in_scope(|| {
        let (status, millis) = (status.as_u16(), time.as_millis());
        if status >= 500 {
            tracing::warn!(status, millis, "answered");
        } else {
            tracing::info!(status, millis, "answered");
        }
    });
    response
}

/// Gives a refusal its body.
fn as_problem(mut response: Response, id: &str) -> Response {
    let status = response.status();
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        if status.is_server_error() {
            tracing::debug!(request = id, code = problem.body.code, "failed");
        }
        return with_body_of(&response, &problem, id);
    }
    let is_refusal = status.is_client_error() || status.is_server_error();
    let has_body = response.headers().contains_key(CONTENT_TYPE) && status != StatusCode::UNSUPPORTED_MEDIA_TYPE;
    if !is_refusal || has_body {
        return response;
    }
    let detail = match status {
        StatusCode::METHOD_NOT_ALLOWED => "the path does not take this method: see Allow",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "the encoding of the body is not known here: send gzip or none",
        _ => "the request was refused",
    };
    with_body_of(&response, &Problem::protocol(status, detail), id)
}

/// The problem's answer with what else the response says, such as the methods that are allowed.
fn with_body_of(response: &Response, problem: &Problem, id: &str) -> Response {
    let mut answer = problem.answer(id);
    for (name, value) in response.headers() {
        if *name != CONTENT_LENGTH && !answer.headers().contains_key(name) {
            answer.headers_mut().append(name, value.clone());
        }
    }
    answer
}

fn with_headers(mut response: Response, id: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(REQUEST_ID, id);
    }
    // Nothing of a log belongs in a cache that others share.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The id that a client gave, if it can stand in a log as it is.
fn given_id(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    ((1..=MAX_ID).contains(&text.len()) && text.bytes().all(is_plain)).then(|| text.to_owned())
}

fn made_id(service: &Service) -> String {
    let mut random = [0; 16];
    service.environment.fill_random(&mut random);
    Uuid::from_bytes(random).simple().to_string()
}

/// Of a method that nobody knows, the name is the sender's choice: it makes no label.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
