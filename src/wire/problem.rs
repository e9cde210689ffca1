use std::fmt::{Display, Write as _};

use crate::{
    core::{
        CheckpointName, InvalidInput, InvalidKind,
        append::{AppendRejection, VersionConflict},
        write_json_string,
    },
    storage::{AppendError, CheckpointError, ImportError, Outcome, StorageError, StorageErrorKind},
};

/// An error on its way to a caller: a problem of RFC 9457, whose members beyond those of the RFC are the fields of the public API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The status of the answer; another one than the code's if the request, and not what it asked for, was at fault.
    pub status: u16,
    /// The code of the public API.
    pub code: &'static str,
    /// What happened and what to do.
    pub detail: String,
    /// Whether the same call, unchanged, may succeed.
    pub is_retryable: bool,
    /// What became of the write; none for a read.
    pub outcome: Option<Outcome>,
    /// The fields of the code, each after a comma.
    fields: String,
}

impl Problem {
    /// A problem without fields.
    pub fn new(status: u16, code: &'static str, detail: &dyn Display) -> Self {
        Self {
            status,
            code,
            detail: detail.to_string(),
            is_retryable: false,
            outcome: None,
            fields: String::new(),
        }
    }

    /// The problem of a checkpoint's move, which names the checkpoint.
    pub fn of_checkpoint(error: CheckpointError, name: &CheckpointName) -> Self {
        let problem = Self::new(409, "checkpoint_conflict", &error);
        match error {
            CheckpointError::Storage(error) => error.into(),
            CheckpointError::Conflict { actual } => {
                let problem = problem.text("checkpoint", name.as_str());
                match actual {
                    Some(actual) => problem.text("actual", &actual.to_cursor()),
                    None => problem.raw("actual", &"null"),
                }
            }
        }
    }

    /// The problem of an aggregate that has another type than a call gave.
    pub fn of_type_mismatch(detail: &dyn Display, aggregate_id: &str, actual: &str, given: &str) -> Self {
        Self::new(409, "aggregate_type_mismatch", detail)
            .text("aggregateId", aggregate_id)
            .text("actual", actual)
            .text("given", given)
    }

    /// The same problem with the status of a request that was itself at fault, such as 413.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// The same problem with a field.
    #[must_use]
    pub fn text(self, name: &str, text: &str) -> Self {
        let mut value = String::new();
        write_json_string(&mut value, text);
        self.raw(name, &value)
    }

    /// The same problem with a field whose value is JSON already.
    #[must_use]
    pub fn raw(mut self, name: &str, json: &dyn Display) -> Self {
        // Writing to a String does not fail.
        let _ = write!(self.fields, ",\"{name}\":{json}");
        self
    }

    /// Writes the body of the answer.
    pub fn write_json(&self, out: &mut String, request_id: Option<&str>) {
        let _ = write!(
            out,
            "{{\"type\":\"about:blank\",\"title\":\"{}\",\"status\":{},\"detail\":",
            title(self.status),
            self.status
        );
        write_json_string(out, &self.detail);
        out.push(',');
        self.write_members(out);
        if let Some(id) = request_id {
            out.push_str(",\"requestId\":");
            write_json_string(out, id);
        }
        out.push('}');
    }

    /// Writes the members that the public API has too: the code, what is known of the outcome, and the fields.
    pub fn write_members(&self, out: &mut String) {
        let _ = write!(out, "\"code\":\"{}\",\"retryable\":{}", self.code, self.is_retryable);
        if let Some(outcome) = self.outcome {
            let _ = write!(out, ",\"outcome\":\"{}\"", outcome.as_str());
        }
        out.push_str(&self.fields);
    }
}

impl From<InvalidInput> for Problem {
    fn from(invalid: InvalidInput) -> Self {
        let code = match invalid.kind {
            InvalidKind::Event => "invalid_event",
            InvalidKind::Argument => "invalid_argument",
        };
        Self::new(400, code, &invalid).text("field", &invalid.field)
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let mut problem = Self::new(status_of(error.kind), error.kind.code(), &error);
        problem.is_retryable = error.kind.is_retryable();
        problem.outcome = error.outcome;
        match error.sequence_number {
            Some(number) => problem.raw("sequenceNumber", &number),
            None => problem,
        }
    }
}

impl From<AppendError> for Problem {
    fn from(error: AppendError) -> Self {
        let mut problem = match error {
            AppendError::Storage(error) => return error.into(),
            AppendError::Invalid(invalid) => Self::from(invalid),
            AppendError::Rejected(rejection) => rejection.into(),
        };
        problem.outcome = Some(Outcome::NotCommitted);
        problem
    }
}

impl From<AppendRejection> for Problem {
    fn from(rejection: AppendRejection) -> Self {
        match &rejection {
            AppendRejection::ConcurrencyConflict(conflicts) => {
                Self::new(409, "concurrency_conflict", &rejection).raw("conflicts", &conflicts_json(conflicts))
            }
            AppendRejection::DuplicateEvent {
                event_id,
                sequence_number,
            } => Self::new(409, "duplicate_event", &rejection)
                .text("eventId", &event_id.to_string())
                .raw("sequenceNumber", sequence_number),
            AppendRejection::AggregateTypeMismatch {
                aggregate_id,
                actual,
                given,
            } => Self::of_type_mismatch(&rejection, aggregate_id.as_str(), actual.as_str(), given.as_str()),
            AppendRejection::Invalid(invalid) => invalid.clone().into(),
        }
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        let mut problem = match error {
            ImportError::Storage(error) => return error.into(),
            ImportError::Invalid(invalid) => Self::from(invalid),
            ImportError::Elsewhere(head) => {
                let mut json = String::new();
                head.write_json(&mut json);
                Self::new(409, "log_diverged", &"the log does not end where the import goes on").raw("head", &json)
            }
        };
        problem.outcome = Some(Outcome::NotCommitted);
        problem
    }
}

fn conflicts_json(conflicts: &[VersionConflict]) -> String {
    let mut json = String::new();
    let mut separator = '[';
    for conflict in conflicts {
        json.push(separator);
        json.push_str("{\"aggregateId\":");
        write_json_string(&mut json, conflict.aggregate_id.as_str());
        json.push_str(",\"expected\":");
        conflict.expected.write_json(&mut json);
        // Writing to a String does not fail.
        let _ = write!(json, ",\"actual\":{}}}", conflict.actual);
        separator = ',';
    }
    json.push_str(if conflicts.is_empty() { "[]" } else { "]" });
    json
}

fn status_of(kind: StorageErrorKind) -> u16 {
    match kind {
        StorageErrorKind::UnsupportedFormat => 400,
        StorageErrorKind::Unauthenticated => 401,
        StorageErrorKind::Forbidden => 403,
        StorageErrorKind::LogNotFound => 404,
        StorageErrorKind::LogDiverged => 409,
        StorageErrorKind::LogRewound | StorageErrorKind::EpochChanged => 410,
        StorageErrorKind::RateLimited => 429,
        StorageErrorKind::StorageCorrupted | StorageErrorKind::Protocol | StorageErrorKind::Superseded => 500,
        StorageErrorKind::Network => 502,
        StorageErrorKind::StorageUnavailable | StorageErrorKind::Closed | StorageErrorKind::Blocked => 503,
        StorageErrorKind::Timeout => 504,
        StorageErrorKind::QuotaExceeded => 507,
    }
}

/// The phrase of RFC 9110, which a problem without a type of its own has for its title.
fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        406 => "Not Acceptable",
        408 => "Request Timeout",
        409 => "Conflict",
        410 => "Gone",
        413 => "Content Too Large",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        507 => "Insufficient Storage",
        _ => "Error",
    }
}
