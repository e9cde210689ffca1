use axum::http::{
    HeaderMap, StatusCode,
    header::{ACCEPT, CONTENT_TYPE},
};

use super::{Problem, operations::Media};

impl Media {
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Lines => "application/x-ndjson",
        }
    }
}

/// Whether the client takes what the operation answers with.
pub(crate) fn check(headers: &HeaderMap, answers: Media) -> Result<(), Problem> {
    let mut is_given = false;
    for header in headers.get_all(ACCEPT) {
        is_given = true;
        let ranges = header.to_str().unwrap_or_default().split(',');
        if ranges.into_iter().any(|range| takes(range, answers.content_type())) {
            return Ok(());
        }
    }
    if !is_given {
        return Ok(());
    }
    let detail = format!("the answer is {}, which Accept does not take", answers.content_type());
    Err(Problem::protocol(StatusCode::NOT_ACCEPTABLE, &detail))
}

/// Whether the body is of a kind.
pub(crate) fn check_content_type(headers: &HeaderMap, media: Media) -> Result<(), Problem> {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.unwrap_or_default().split(';').next().unwrap_or_default();
    if essence.trim().eq_ignore_ascii_case(media.content_type()) {
        return Ok(());
    }
    let detail = format!("the body is to be {}: say so in Content-Type", media.content_type());
    Err(Problem::protocol(StatusCode::UNSUPPORTED_MEDIA_TYPE, &detail))
}

fn takes(range: &str, content_type: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let is_refused = parts.any(|part| {
        let quality = part
            .strip_prefix("q=")
            .and_then(|quality| quality.trim().parse::<f32>().ok());
        quality.is_some_and(|quality| quality <= 0.0)
    });
    !is_refused && (matches!(essence, "*/*" | "application/*") || essence.eq_ignore_ascii_case(content_type))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn what_is_not_taken_is_refused() {
        let accepts = |value: &'static str| {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(value))]);
            check(&headers, Media::Json).is_ok()
        };
        for value in [
            "*/*",
            "text/html, application/json;q=0.9",
            "application/*",
            "Application/JSON",
        ] {
            assert!(accepts(value), "{value}");
        }
        for value in ["text/html", "application/json;q=0", "", "application/x-ndjson"] {
            assert!(!accepts(value), "{value}");
        }
        assert!(check(&HeaderMap::new(), Media::Lines).is_ok());
    }

    #[test]
    fn a_body_says_what_it_is() {
        let is_json = |value: &'static str| {
            let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(value))]);
            check_content_type(&headers, Media::Json).is_ok()
        };
        assert!(is_json("application/json") && is_json("application/json; charset=utf-8"));
        assert!(!is_json("text/plain") && !is_json("text/plain;application/json"));
        assert!(check_content_type(&HeaderMap::new(), Media::Json).is_err());
    }
}
