#![expect(clippy::unnecessary_wraps, reason = "a route ends with what these give")]

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};

use super::{Problem, operations::Media};

/// What a route gives.
pub(crate) type Answer = Result<Response, Problem>;

/// An answer in JSON.
pub(crate) fn json(write: impl FnOnce(&mut String)) -> Answer {
    let mut text = String::new();
    write(&mut text);
    Ok(of(Media::Json, text.into()))
}

/// An answer in lines.
pub(crate) fn lines(body: impl Into<Body>) -> Answer {
    Ok(of(Media::Lines, body.into()))
}

/// An answer that has nothing to say.
pub(crate) fn none() -> Answer {
    Ok(StatusCode::NO_CONTENT.into_response())
}

fn of(media: Media, body: Body) -> Response {
    let mut response = Response::new(body);
    let content_type = HeaderValue::from_static(media.content_type());
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
