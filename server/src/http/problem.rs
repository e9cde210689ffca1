use std::time::Duration;

use axum::{
    body::Body,
    http::{
        HeaderValue, StatusCode,
        header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
    response::{IntoResponse, Response},
};
use foldlog::{
    core::InvalidInput,
    engine::{ImportError, ReadError},
    storage::{AppendError, Outcome, StorageError},
    wire,
};

use crate::auth::{Limited, Refused};

/// How soon a client may try again when nothing better is known.
const SOON: Duration = Duration::from_secs(1);

/// Why a request failed, and what the head of its answer says of that.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) body: wire::Problem,
    retry_after: Option<Duration>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: &str) -> Self {
        wire::Problem::new(status.as_u16(), code, &detail).into()
    }

    /// There is no such log, or none that the caller may know of: one answer, whichever it is.
    pub(crate) fn log_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "log_not_found",
            "the log does not exist: create it first",
        )
    }

    /// A part of the request that HTTP itself lets be refused, such as its method.
    pub(crate) fn protocol(status: StatusCode, detail: &str) -> Self {
        Self::new(status, "protocol", detail)
    }

    /// A fault of the server itself.
    pub(crate) fn internal() -> Self {
        Self::protocol(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the server failed: its log has the request id",
        )
    }

    pub(crate) fn too_large(field: &str, reason: &str) -> Self {
        let status = StatusCode::PAYLOAD_TOO_LARGE.as_u16();
        wire::Problem::from(InvalidInput::argument(field, reason))
            .with_status(status)
            .into()
    }

    /// It may succeed after a while.
    pub(crate) fn later(status: StatusCode, code: &'static str, detail: &str) -> Self {
        let mut problem = Self::new(status, code, detail);
        problem.body.is_retryable = true;
        problem.retry_after = Some(SOON);
        problem
    }

    /// The server took too long for a request, whose write may have been done.
    pub(crate) fn timeout(limit: Duration, outcome: Option<Outcome>) -> Self {
        let detail = format!("the server took longer than {} s: send it again", limit.as_secs_f64());
        let mut problem = Self::new(StatusCode::GATEWAY_TIMEOUT, "timeout", &detail);
        problem.body.is_retryable = true;
        problem.body.outcome = outcome;
        problem
    }

    /// The same problem of a request that writes: what does not say what became of the write failed before it.
    #[must_use]
    pub(crate) fn of_write(mut self) -> Self {
        self.body.outcome = self.body.outcome.or(Some(Outcome::NotCommitted));
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.body.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer, once the id of the request is known.
    pub(crate) fn answer(&self, request_id: &str) -> Response {
        let mut json = String::new();
        self.body.write_json(&mut json, Some(request_id));
        let mut response = Response::new(Body::from(json));
        *response.status_mut() = self.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(wait) = self.retry_after {
            // Whole seconds, never none: a client that comes back too early is refused again.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if self.body.status == StatusCode::UNAUTHORIZED.as_u16() {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Without a body, which gets the id of the request further out.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<wire::Problem> for Problem {
    fn from(body: wire::Problem) -> Self {
        let is_busy = body.status == StatusCode::SERVICE_UNAVAILABLE.as_u16();
        Self {
            body,
            retry_after: is_busy.then_some(SOON),
        }
    }
}

impl From<InvalidInput> for Problem {
    fn from(invalid: InvalidInput) -> Self {
        wire::Problem::from(invalid).into()
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        wire::Problem::from(error).into()
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        wire::Problem::from(error).into()
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Invalid(invalid) => invalid.into(),
            ReadError::Storage(error) => error.into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let fault = error.export_fault();
        let mut problem: Self = match error {
            ImportError::NotAnExport(invalid) | ImportError::Incomplete(invalid) | ImportError::Altered(invalid) => {
                invalid.into()
            }
            ImportError::Storage(error) => error.into(),
        };
        if let Some(fault) = fault {
            problem.body = problem.body.text("exportFault", fault);
        }
        problem
    }
}

impl From<foldlog::storage::ImportError> for Problem {
    fn from(error: foldlog::storage::ImportError) -> Self {
        wire::Problem::from(error).into()
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let detail = match refused {
            Refused::Missing => "the request has no token: send Authorization: Bearer with one",
            Refused::Expired => "the token has expired: send a new one",
            Refused::Invalid => "the token is not valid here: send another one",
        };
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }
}

impl From<Limited> for Problem {
    fn from(limited: Limited) -> Self {
        let detail = format!("the rate of {} is used up: wait as Retry-After says", limited.what);
        let mut problem = Self::later(StatusCode::TOO_MANY_REQUESTS, "rate_limited", &detail);
        problem.retry_after = Some(limited.wait);
        problem
    }
}
