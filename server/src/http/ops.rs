//! What operators and their tools ask.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::get,
};

use super::Service;

/// How long the database may take to answer before the instance counts as not ready.
const PATIENCE: Duration = Duration::from_secs(2);

const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Whether the process lives, and whether it can answer: for load balancers, without a token.
pub(crate) fn health(service: &Arc<Service>) -> Router {
    Router::new()
        .route("/livez", get(async || StatusCode::NO_CONTENT))
        .route("/readyz", get(ready))
        .with_state(Arc::clone(service))
}

/// The same and the metrics, for an address of their own.
pub(crate) fn router(service: &Arc<Service>) -> Router {
    let metrics = Router::new()
        .route("/metrics", get(metrics))
        .with_state(Arc::clone(service));
    metrics.merge(health(service))
}

async fn ready(State(service): State<Arc<Service>>) -> Response {
    let looked = tokio::time::timeout(PATIENCE, service.database.check()).await;
    let has_database = matches!(looked, Ok(Ok(_)));
    let is_migrated = matches!(looked, Ok(Ok(Ok(()))));
    let is_listening = service.database.is_listening();
    let is_open = !service.is_closing();
    let mut body = String::new();
    // Writing to a String does not fail.
    let _ = write!(
        body,
        "{{\"database\":{has_database},\"migrations\":{is_migrated},\"listener\":{is_listening},\"open\":{is_open}}}"
    );
    let status = if is_migrated && is_listening && is_open {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
        body,
    )
        .into_response()
}

async fn metrics(State(service): State<Arc<Service>>) -> Response {
    let text = service.metrics.text(&service);
    ([(CONTENT_TYPE, HeaderValue::from_static(METRICS_TYPE))], text).into_response()
}
