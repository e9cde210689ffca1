use super::body::read_array;
use crate::{
    core::{
        AggregateId, AggregateType, EventId, Head, InvalidInput, JsonCursor, JsonText, MAX_JSON_DEPTH,
        append::{AppendRejection, VersionConflict, read_expectation},
    },
    storage::{AppendError, CheckpointError, ImportError, Outcome, StorageError, StorageErrorKind},
};

/// A problem as it arrived, whoever answered: a server of this protocol, or something in between.
///
/// Each member is looked for when it is needed; one that is unknown is left out, as RFC 9457 wants, and so is one that is malformed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedProblem {
    status: u16,
    /// An object.
    body: JsonText,
}

impl ReceivedProblem {
    /// Takes what [`Problem::write_json`](super::Problem::write_json) writes; of a body that is no object the status tells what there is to
    /// tell.
    pub fn read(status: u16, body: &str) -> Self {
        let object = JsonText::parse(body).ok().filter(|json| json.as_str().starts_with('{'));
        Self {
            status,
            body: object.unwrap_or_else(|| JsonText::scanned("{}")),
        }
    }

    /// The code of the public API; empty if there is none.
    pub fn code(&self) -> String {
        self.text("code").unwrap_or_default()
    }

    /// What became of the write, if it was told.
    pub fn outcome(&self) -> Option<Outcome> {
        Outcome::parse(&self.text("outcome")?)
    }

    /// The error of an append.
    pub fn into_append_error(self) -> AppendError {
        match self.rejection() {
            Some(rejection) => rejection.into(),
            None => match self.invalid() {
                Some(invalid) => AppendError::Invalid(invalid),
                None => self.into_storage_error().into(),
            },
        }
    }

    /// The error of an import.
    pub fn into_import_error(self) -> ImportError {
        match (self.member("head", Head::read_json), self.invalid()) {
            (Some(head), _) => ImportError::Elsewhere(head),
            (None, Some(invalid)) => ImportError::Invalid(invalid),
            (None, None) => self.into_storage_error().into(),
        }
    }

    /// The error of a checkpoint's move.
    pub fn into_checkpoint_error(self) -> CheckpointError {
        if self.code() == "checkpoint_conflict" {
            let actual = self.parsed("actual", Head::from_cursor);
            return CheckpointError::Conflict { actual };
        }
        self.into_storage_error().into()
    }

    /// The error of any other call.
    pub fn into_storage_error(self) -> StorageError {
        let said = self.text("detail");
        let message = said.unwrap_or_else(|| format!("the server answered with status {}", self.status));
        let mut error = StorageError::new(self.kind(), message);
        if let Some(outcome) = self.outcome() {
            error = error.with_outcome(outcome);
        }
        match self.number("sequenceNumber") {
            Some(number) => error.at(number),
            None => error,
        }
    }

    /// What went wrong, by the code if it is one of a storage's, else by the status.
    pub fn kind(&self) -> StorageErrorKind {
        match StorageErrorKind::from_code(&self.code()) {
            // It is the server that was closed, not the store here.
            Some(StorageErrorKind::Closed) => StorageErrorKind::StorageUnavailable,
            Some(kind) => kind,
            None => match self.status {
                401 => StorageErrorKind::Unauthenticated,
                403 => StorageErrorKind::Forbidden,
                408 | 504 => StorageErrorKind::Timeout,
                429 => StorageErrorKind::RateLimited,
                502 | 503 => StorageErrorKind::StorageUnavailable,
                _ => StorageErrorKind::Protocol,
            },
        }
    }

    /// As [`ReceivedProblem::kind`]; none for a refusal that has to do with the request alone.
    pub fn storage_kind(&self) -> Option<StorageErrorKind> {
        let code = self.code();
        let is_kind = code.is_empty() || StorageErrorKind::from_code(&code).is_some();
        is_kind.then(|| self.kind())
    }

    fn rejection(&self) -> Option<AppendRejection> {
        match &*self.code() {
            "concurrency_conflict" => {
                let conflicts = self.member("conflicts", read_conflicts)?;
                (!conflicts.is_empty()).then_some(AppendRejection::ConcurrencyConflict(conflicts))
            }
            "duplicate_event" => Some(AppendRejection::DuplicateEvent {
                event_id: self.parsed("eventId", EventId::parse)?,
                sequence_number: self.number("sequenceNumber")?,
            }),
            "aggregate_type_mismatch" => Some(AppendRejection::AggregateTypeMismatch {
                aggregate_id: self.parsed("aggregateId", AggregateId::parse)?,
                actual: self.parsed("actual", AggregateType::parse)?,
                given: self.parsed("given", AggregateType::parse)?,
            }),
            _ => None,
        }
    }

    fn invalid(&self) -> Option<InvalidInput> {
        let code = self.code();
        if code != "invalid_event" && code != "invalid_argument" {
            return None;
        }
        let (field, detail) = (
            self.text("field").unwrap_or_default(),
            self.text("detail").unwrap_or_default(),
        );
        // The detail is the whole sentence, which says the field itself.
        let said = detail.strip_prefix(&*field).and_then(|rest| rest.strip_prefix(": "));
        let reason = said.unwrap_or(&detail);
        let invalid = InvalidInput::argument(&*field, reason);
        Some(if code == "invalid_event" {
            invalid.of_event()
        } else {
            invalid
        })
    }

    fn text(&self, name: &str) -> Option<String> {
        self.member(name, |cursor| Ok(cursor.string()?.into_owned()))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.member(name, |cursor| Ok(cursor.integer()?))
    }

    fn parsed<T>(&self, name: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        parse(&self.text(name)?).ok()
    }

    fn member<T>(&self, name: &str, read: fn(&mut JsonCursor<'_>) -> Result<T, InvalidInput>) -> Option<T> {
        read(&mut self.find(name)?).ok()
    }

    /// A cursor right before the value of a member; of equal names that of the first.
    fn find(&self, name: &str) -> Option<JsonCursor<'_>> {
        let mut cursor = JsonCursor::new(self.body.as_str());
        let mut first = true;
        cursor.begin_object().ok()?;
        while cursor.next_key(&mut first).ok()?? != name {
            cursor.value(MAX_JSON_DEPTH).ok()?;
        }
        Some(cursor)
    }
}

fn read_conflicts(cursor: &mut JsonCursor<'_>) -> Result<Vec<VersionConflict>, InvalidInput> {
    let mut conflicts = Vec::new();
    read_array(cursor, &mut |cursor| {
        conflicts.push(read_conflict(cursor)?);
        Ok(())
    })?;
    Ok(conflicts)
}

fn read_conflict(cursor: &mut JsonCursor<'_>) -> Result<VersionConflict, InvalidInput> {
    let (mut aggregate_id, mut expected, mut actual) = (None, None, None);
    cursor.members(&["aggregateId", "expected", "actual"], &mut |cursor, name| {
        match name {
            "aggregateId" => aggregate_id = Some(cursor.text(AggregateId::parse)?),
            "expected" => expected = Some(read_expectation(cursor)?),
            _ => actual = Some(cursor.integer()?),
        }
        Ok(())
    })?;
    match (aggregate_id, expected, actual) {
        (Some(aggregate_id), Some(expected), Some(actual)) => Ok(VersionConflict {
            aggregate_id,
            expected,
            actual,
        }),
        _ => Err("lacks a member".into()),
    }
}
