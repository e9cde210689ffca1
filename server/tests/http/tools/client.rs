use std::net::SocketAddr;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use hyper_util::{
    client::legacy::{self, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

/// Sends requests to one server.
#[derive(Clone)]
pub(crate) struct Client {
    address: SocketAddr,
    inner: legacy::Client<HttpConnector, Body>,
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self {
            address,
            inner: legacy::Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// A request with headers, each as `name: value`.
    pub(crate) fn request(&self, method: &str, path: &str, headers: &[&str], body: impl Into<Body>) -> Request<Body> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.address));
        for header in headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        request.body(body.into()).unwrap()
    }

    pub(crate) async fn send(&self, method: &str, path: &str, headers: &[&str], body: impl Into<Body>) -> Answered {
        self.send_request(self.request(method, path, headers, body)).await
    }

    pub(crate) async fn send_request(&self, request: Request<Body>) -> Answered {
        let (parts, body) = self.begin(request).await.into_parts();
        Answered {
            status: parts.status,
            headers: parts.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// The answer as it comes.
    pub(crate) async fn begin(&self, request: Request<Body>) -> axum::http::Response<hyper::body::Incoming> {
        self.try_begin(request).await.unwrap()
    }

    /// The same, if the server does not close the connection on it.
    pub(crate) async fn try_begin(
        &self,
        request: Request<Body>,
    ) -> Result<axum::http::Response<hyper::body::Incoming>, legacy::Error> {
        self.inner.request(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answered {
        self.send("GET", path, &[], Body::empty()).await
    }

    pub(crate) async fn json(&self, method: &str, path: &str, body: impl Into<Body>) -> Answered {
        self.send(method, path, &["content-type: application/json"], body).await
    }
}

impl Answered {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The code of a problem, which has all that a problem has.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let value = self.value();
        assert_eq!(value["status"], self.status.as_u16());
        assert!(value["detail"].is_string() && value["retryable"].is_boolean());
        assert_eq!(value["requestId"], self.headers["x-request-id"].to_str().unwrap());
        value["code"].as_str().unwrap().to_owned()
    }

    /// The field that a problem names.
    pub(crate) fn field(&self) -> String {
        self.value()["field"].as_str().unwrap_or_default().to_owned()
    }
}
