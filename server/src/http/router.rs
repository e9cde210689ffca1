use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{
        Extensions, HeaderMap, HeaderValue, Method, StatusCode, Version,
        header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, RETRY_AFTER},
    },
    middleware::from_fn_with_state,
    routing::{get, post, put},
};
use tower_http::{
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate as _},
    },
    cors::{AllowOrigin, CorsLayer},
    decompression::RequestDecompressionLayer,
};

use super::{
    Service,
    gate::gate,
    observe::{CORRELATION_ID, REQUEST_ID, observe},
    operations, ops, routes,
};

/// How long a browser may remember that it may call.
const PREFLIGHT: Duration = Duration::from_secs(3_600);

/// All that the server answers to on its main address.
pub(crate) fn router(service: &Arc<Service>) -> Router {
    let logs = Router::new()
        .route(operations::LOG, get(routes::log::info).put(routes::log::create))
        .route(operations::HEAD, get(routes::log::head))
        .route(
            operations::APPEND,
            get(routes::append::find).post(routes::append::append),
        )
        .route(operations::EVENTS, post(routes::read::events))
        .route(operations::AGGREGATE, get(routes::read::aggregate))
        .route(operations::AGGREGATE_EVENTS, get(routes::read::aggregate_events))
        .route(
            operations::APPENDS,
            get(routes::transfer::appends).post(routes::transfer::store_appends),
        )
        .route(operations::EXPORT, get(routes::transfer::export))
        .route(operations::IMPORT, post(routes::transfer::import))
        .route(operations::VERIFY, get(routes::verify::verify))
        .route(
            operations::SNAPSHOT,
            get(routes::snapshot::read)
                .put(routes::snapshot::save)
                .delete(routes::snapshot::delete),
        )
        .route(
            operations::CHECKPOINT,
            put(routes::checkpoint::save).get(routes::checkpoint::read),
        )
        .route(operations::STREAM, post(routes::stream::stream))
        .fallback(nothing)
        .layer(RequestDecompressionLayer::new())
        .layer(from_fn_with_state(Arc::clone(service), gate))
        .with_state(Arc::clone(service));
    let all = Router::new()
        .merge(logs)
        .merge(ops::health(service))
        .layer(from_fn_with_state(Arc::clone(service), observe))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(may_be_held_back)));
    match cors(&service.options.origins) {
        Some(cors) => all.layer(cors),
        None => all,
    }
}

/// What the gate does not let through anyway.
async fn nothing(_: Request) -> StatusCode {
    StatusCode::NOT_FOUND
}

/// Lines that are to arrive as they come are not kept until there are enough to compress.
fn may_be_held_back(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    let control = headers.get(CACHE_CONTROL).and_then(|value| value.to_str().ok());
    !control.unwrap_or_default().contains("no-transform")
}

fn cors(origins: &[String]) -> Option<CorsLayer> {
    let allowed = match origins {
        [] => return None,
        origins if origins.iter().any(|origin| origin == "*") => AllowOrigin::any(),
        origins => AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok())),
    };
    Some(
        CorsLayer::new()
            .allow_origin(allowed)
            .allow_methods([Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE])
            .allow_headers([
                AUTHORIZATION,
                CONTENT_TYPE,
                CONTENT_ENCODING,
                REQUEST_ID,
                CORRELATION_ID,
            ])
            .expose_headers([REQUEST_ID, RETRY_AFTER])
            .max_age(PREFLIGHT),
    )
}
