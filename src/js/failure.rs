use js_sys::{Object, Reflect};
use wasm_bindgen::JsValue;

use super::results::import_progress;
use crate::{
    core::{CheckpointName, InvalidInput, write_json_string},
    engine::{ImportError, ImportProgress, ReadError, SnapshotError, VerifyError},
    storage::{AppendError, Cause, CheckpointError, Outcome, StorageError},
    wire::Problem,
};

/// An error on its way to the facade: a `RawFailure` of `abi.d.ts`, with the members that it has on its way from a server too.
pub(super) struct Failure {
    problem: Problem,
    cause: JsValue,
}

impl Failure {
    /// The same failure of a call that writes: what does not say what became of the write failed before it.
    pub(super) fn of_write(mut self) -> Self {
        self.problem.outcome = self.problem.outcome.or(Some(Outcome::NotCommitted));
        self
    }

    /// The failure of an import, with how far it had come.
    pub(super) fn of_import(error: ImportError, progress: &ImportProgress) -> Self {
        let fault = error.export_fault();
        let mut failure = match error {
            ImportError::NotAnExport(invalid) | ImportError::Incomplete(invalid) | ImportError::Altered(invalid) => {
                Self::from(invalid)
            }
            ImportError::Storage(error) => Self::from(error),
        };
        if let Some(fault) = fault {
            failure.problem = failure.problem.text("exportFault", fault);
        }
        failure.problem = failure.problem.raw("progress", &import_progress(progress));
        failure
    }

    /// The same failure of a checkpoint's move, which names the checkpoint.
    pub(super) fn of_checkpoint(error: CheckpointError, name: &CheckpointName) -> Self {
        match error {
            CheckpointError::Storage(error) => error.into(),
            conflict @ CheckpointError::Conflict { .. } => Problem::of_checkpoint(conflict, name).into(),
        }
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let mut json = String::from("{");
        failure.problem.write_members(&mut json);
        json.push_str(",\"message\":");
        write_json_string(&mut json, &failure.problem.detail);
        json.push('}');
        let object = Object::new();
        // Setting a member of a fresh plain object does not fail.
        let _ = Reflect::set(&object, &Self::from_str("foldlogError"), &Self::from_str(&json));
        let _ = Reflect::set(&object, &Self::from_str("cause"), &failure.cause);
        object.into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            cause: JsValue::UNDEFINED,
        }
    }
}

impl From<InvalidInput> for Failure {
    fn from(invalid: InvalidInput) -> Self {
        Problem::from(invalid).into()
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self {
            cause: error.cause.as_ref().map_or(JsValue::UNDEFINED, browser_value),
            problem: error.into(),
        }
    }
}

impl From<AppendError> for Failure {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Storage(error) => error.into(),
            refused => Problem::from(refused).into(),
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
            } => Problem::of_type_mismatch(&error, aggregate_id.as_str(), actual.as_str(), given.as_str()).into(),
            SnapshotError::Invalid(invalid) => invalid.clone().into(),
            SnapshotError::Storage(error) => error.clone().into(),
        }
    }
}

impl From<VerifyError> for Failure {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Storage(error) => error.into(),
            VerifyError::Fault(fault) => Problem::new(500, "storage_corrupted", &fault)
                .raw("sequenceNumber", &fault.sequence_number)
                .into(),
        }
    }
}

/// What the browser threw, if that is where the error comes from.
fn browser_value(cause: &Cause) -> JsValue {
    #[cfg(feature = "indexed-db")]
    if let Some(value) = crate::backends::indexed_db::thrown_value(&**cause) {
        return value;
    }
    #[cfg(feature = "remote")]
    if let Some(value) = crate::backends::remote::fetch::thrown_value(cause) {
        return value;
    }
    JsValue::from_str(&cause.to_string())
}
