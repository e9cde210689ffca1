use std::fmt::{Display, Write as _};

use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use super::results::import_progress;
use crate::{
    core::{
        InvalidInput, InvalidKind,
        append::{AppendRejection, Expectation, VersionConflict},
        write_json_string,
    },
    engine::{ImportError, ImportProgress, ReadError, SnapshotError, VerifyError},
    storage::{AppendError, Cause, CheckpointError, Outcome, StorageError},
};

/// An error on its way to the facade: a `RawFailure` of `abi.d.ts`.
pub(super) struct Failure {
    json: String,
    outcome: Option<Outcome>,
    cause: JsValue,
}

impl Failure {
    fn new(code: &str, message: impl Display, retryable: bool) -> Self {
        let mut json = format!("{{\"code\":\"{code}\",\"retryable\":{retryable},\"message\":");
        write_json_string(&mut json, &message.to_string());
        Self {
            json,
            outcome: None,
            cause: JsValue::UNDEFINED,
        }
    }

    fn text(self, name: &str, text: &str) -> Self {
        let mut value = String::new();
        write_json_string(&mut value, text);
        self.raw(name, &value)
    }

    /// Adds a member whose value is JSON already.
    fn raw(mut self, name: &str, json: &str) -> Self {
        // Writing to a String does not fail.
        let _ = write!(self.json, ",\"{name}\":{json}");
        self
    }

    /// The same failure of a call that writes: what does not say what became of the write failed before it.
    pub(super) fn of_write(mut self) -> Self {
        self.outcome = self.outcome.or(Some(Outcome::NotCommitted));
        self
    }

    /// The failure of an import, with how far it had come.
    pub(super) fn of_import(error: ImportError, progress: &ImportProgress) -> Self {
        let (invalid, fault) = match error {
            ImportError::NotAnExport(invalid) => (invalid, "not_an_export"),
            ImportError::Incomplete(invalid) => (invalid, "incomplete"),
            ImportError::Altered(invalid) => (invalid, "altered"),
            ImportError::Storage(error) => return Self::from(error).raw("progress", &import_progress(progress)),
        };
        Self::from(invalid)
            .text("exportFault", fault)
            .raw("progress", &import_progress(progress))
    }

    /// The same failure of a checkpoint's move, which names the checkpoint.
    pub(super) fn of_checkpoint(error: CheckpointError, name: &str) -> Self {
        match error {
            CheckpointError::Storage(error) => error.into(),
            CheckpointError::Conflict { actual } => {
                let message = CheckpointError::Conflict { actual };
                let actual = actual.map_or_else(|| "null".to_owned(), |actual| format!("\"{}\"", actual.to_cursor()));
                Self::new("checkpoint_conflict", message, false)
                    .text("checkpoint", name)
                    .raw("actual", &actual)
            }
        }
    }
}

impl From<Failure> for JsValue {
    fn from(mut failure: Failure) -> Self {
        if let Some(outcome) = failure.outcome {
            let outcome = match outcome {
                Outcome::Committed => "committed",
                Outcome::NotCommitted => "not_committed",
                Outcome::Unknown => "unknown",
            };
            failure = failure.text("outcome", outcome);
        }
        let object = Object::new();
        let json = failure.json + "}";
        // Setting a member of a fresh plain object does not fail.
        let _ = Reflect::set(&object, &Self::from_str("foldlogError"), &Self::from_str(&json));
        let _ = Reflect::set(&object, &Self::from_str("cause"), &failure.cause);
        object.into()
    }
}

impl From<InvalidInput> for Failure {
    fn from(invalid: InvalidInput) -> Self {
        let code = match invalid.kind {
            InvalidKind::Event => "invalid_event",
            InvalidKind::Argument => "invalid_argument",
        };
        Self::new(code, &invalid, false).text("field", &invalid.field)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        let mut failure = Self::new(error.kind.code(), &error, error.is_retryable());
        failure.outcome = error.outcome;
        if let Some(sequence_number) = error.sequence_number {
            failure = failure.raw("sequenceNumber", &sequence_number.to_string());
        }
        failure.cause = error.cause.as_ref().map_or(JsValue::UNDEFINED, browser_value);
        failure
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Invalid(invalid) => Self::from(invalid).of_write(),
            AppendError::Rejected(rejection) => Self::from(rejection).of_write(),
            AppendError::Storage(error) => error.into(),
        }
    }
}

impl From<AppendRejection> for Failure {
    fn from(rejection: AppendRejection) -> Self {
        match &rejection {
            AppendRejection::ConcurrencyConflict(conflicts) => {
                Self::new("concurrency_conflict", &rejection, false).raw("conflicts", &conflicts_json(conflicts))
            }
            AppendRejection::DuplicateEvent {
                event_id,
                sequence_number,
            } => Self::new("duplicate_event", &rejection, false)
                .text("eventId", &event_id.to_string())
                .raw("sequenceNumber", &sequence_number.to_string()),
            AppendRejection::AggregateTypeMismatch {
                aggregate_id,
                actual,
                given,
            } => type_mismatch(&rejection, aggregate_id.as_str(), actual.as_str(), given.as_str()),
            AppendRejection::Invalid(invalid) => invalid.clone().into(),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Invalid(invalid) => invalid.into(),
            ReadError::Storage(error) => error.into(),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        match &error {
            SnapshotError::TypeMismatch {
                aggregate_id,
                actual,
                given,
            } => type_mismatch(&error, aggregate_id.as_str(), actual.as_str(), given.as_str()),
            SnapshotError::Invalid(invalid) => invalid.clone().into(),
            SnapshotError::Storage(error) => error.clone().into(),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Storage(error) => error.into(),
            VerifyError::Fault(fault) => {
                Self::new("storage_corrupted", &fault, false).raw("sequenceNumber", &fault.sequence_number.to_string())
            }
        }
    }
}

fn type_mismatch(message: impl Display, aggregate_id: &str, actual: &str, given: &str) -> Failure {
    Failure::new("aggregate_type_mismatch", message, false)
        .text("aggregateId", aggregate_id)
        .text("actual", actual)
        .text("given", given)
}

fn conflicts_json(conflicts: &[VersionConflict]) -> String {
    let mut json = String::from("[");
    for (index, conflict) in conflicts.iter().enumerate() {
        json.push_str(if index > 0 {
            ",{\"aggregateId\":"
        } else {
            "{\"aggregateId\":"
        });
        write_json_string(&mut json, conflict.aggregate_id.as_str());
        // Writing to a String does not fail.
        let _ = match conflict.expected {
            Expectation::Exact(version) => write!(json, ",\"expected\":{version}"),
            Expectation::Any => write!(json, ",\"expected\":\"any\""),
            Expectation::Exists => write!(json, ",\"expected\":\"exists\""),
        };
        let _ = write!(json, ",\"actual\":{}}}", conflict.actual);
    }
    json.push(']');
    json
}

/// What the browser threw, if that is where the error comes from.
fn browser_value(cause: &Cause) -> JsValue {
    #[cfg(feature = "indexed-db")]
    if let Some(value) = crate::backends::indexed_db::thrown_value(&**cause) {
        return value;
    }
    JsValue::from_str(&cause.to_string())
}
