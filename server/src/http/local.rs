//! Without authentication the server listens on loopback only. A page of any site can send requests there, so it is checked that they
//! are meant for this server, and that no page sends them that was not named.

use axum::http::{
    HeaderMap, StatusCode, Uri,
    header::{HOST, ORIGIN},
    uri::Authority,
};

use super::Problem;

/// Refuses what a foreign page, or a name that was turned to loopback, may have sent.
pub(crate) fn check(headers: &HeaderMap, uri: &Uri, origins: &[String]) -> Result<(), Problem> {
    let refuse = |what: &str| {
        let detail = format!(
            "a server without authentication does not take this {what}: use localhost, or name the origin in its configuration"
        );
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", &detail))
    };
    let mut hosts = headers.get_all(HOST).iter();
    // HTTP/2 has the host in the URI.
    let host = match (hosts.next(), hosts.next()) {
        (None, _) => uri.authority().cloned(),
        (Some(host), None) => host.to_str().ok().and_then(|host| host.parse::<Authority>().ok()),
        _ => None,
    };
    let Some(host) = host.filter(|host| is_loopback(host.host())) else {
        return refuse("Host");
    };
    let mut given = headers.get_all(ORIGIN).iter();
    match (
        given.next().map(|origin| origin.to_str().unwrap_or_default()),
        given.next(),
    ) {
        (None, _) => Ok(()),
        (Some(origin), None) if origins.iter().any(|named| named == origin) => Ok(()),
        (Some(origin), None) if origin.strip_prefix("http://") == Some(host.as_str()) => Ok(()),
        _ => refuse("Origin"),
    }
}

fn is_loopback(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    literal.eq_ignore_ascii_case("localhost")
        || literal
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn passes(host: &'static str, origin: Option<&'static str>) -> bool {
        let mut headers = HeaderMap::from_iter([(HOST, HeaderValue::from_static(host))]);
        if let Some(origin) = origin {
            headers.insert(ORIGIN, HeaderValue::from_static(origin));
        }
        check(&headers, &Uri::from_static("/"), &["http://localhost:5173".to_owned()]).is_ok()
    }

    #[test]
    fn only_loopback_and_named_origins_pass() {
        assert!(passes("localhost:8080", None) && passes("127.0.0.1", None) && passes("[::1]:8080", None));
        assert!(passes("localhost:8080", Some("http://localhost:8080")));
        assert!(passes("127.0.0.1:8080", Some("http://localhost:5173")));
        for host in [
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example:80",
            "10.0.0.1",
            "",
        ] {
            assert!(!passes(host, None), "{host}");
        }
        for origin in [
            "http://evil.example",
            "null",
            "http://localhost:8081",
            "https://localhost:8080",
            "",
        ] {
            assert!(!passes("localhost:8080", Some(origin)), "{origin}");
        }
    }
}
