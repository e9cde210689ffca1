use super::body::read_array;
use crate::{
    core::{
        AggregateId, AggregateType, EventId, Head, InvalidInput, JsonCursor, MAX_JSON_DEPTH,
        append::{AppendRejection, VersionConflict, read_expectation},
    },
    storage::{AppendError, CheckpointError, ImportError, Outcome, StorageError, StorageErrorKind},
};

/// A problem as it arrived, whoever answered: a server of this protocol, or something in between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReceivedProblem {
    /// The code of the public API; empty if there is none.
    pub code: String,
    /// What happened.
    pub detail: String,
    /// What became of the write, if it was told.
    pub outcome: Option<Outcome>,
    status: u16,
    field: String,
    conflicts: Vec<VersionConflict>,
    event_id: Option<EventId>,
    sequence_number: Option<u64>,
    aggregate_id: Option<AggregateId>,
    actual: Option<String>,
    given: Option<AggregateType>,
    head: Option<Head>,
}

impl ReceivedProblem {
    /// Reads what [`Problem::write_json`](super::Problem::write_json) writes. Members that are unknown are left out, as RFC 9457 wants; of
    /// a body that is no problem the status tells what there is to tell.
    pub fn read(status: u16, body: &str) -> Self {
        let mut problem = Self {
            status,
            ..Self::default()
        };
        let mut cursor = JsonCursor::new(body);
        let read = problem.read_members(&mut cursor);
        if read.and_then(|()| Ok(cursor.end()?)).is_err() {
            return Self {
                status,
                ..Self::default()
            };
        }
        problem
    }

    /// The error of an append.
    pub fn into_append_error(self) -> AppendError {
        match (&*self.code, self.event_id, self.sequence_number) {
            ("concurrency_conflict", ..) if !self.conflicts.is_empty() => {
                return AppendRejection::ConcurrencyConflict(self.conflicts).into();
            }
            ("duplicate_event", Some(event_id), Some(sequence_number)) => {
                return AppendRejection::DuplicateEvent {
                    event_id,
                    sequence_number,
                }
                .into();
            }
            _ => {}
        }
        let actual = self.actual.as_deref().and_then(|name| AggregateType::parse(name).ok());
        if let ("aggregate_type_mismatch", Some(aggregate_id), Some(actual), Some(given)) =
            (&*self.code, &self.aggregate_id, actual, &self.given)
        {
            return AppendRejection::AggregateTypeMismatch {
                aggregate_id: aggregate_id.clone(),
                actual,
                given: given.clone(),
            }
            .into();
        }
        match self.invalid() {
            Some(invalid) => AppendError::Invalid(invalid),
            None => AppendError::Storage(self.into_storage_error()),
        }
    }

    /// The error of an import.
    pub fn into_import_error(self) -> ImportError {
        match (self.head, self.invalid()) {
            (Some(head), _) => ImportError::Elsewhere(head),
            (None, Some(invalid)) => ImportError::Invalid(invalid),
            (None, None) => ImportError::Storage(self.into_storage_error()),
        }
    }

    /// The error of a checkpoint's move.
    pub fn into_checkpoint_error(self) -> CheckpointError {
        if self.code == "checkpoint_conflict" {
            let actual = self.actual.as_deref().and_then(|text| Head::from_cursor(text).ok());
            return CheckpointError::Conflict { actual };
        }
        CheckpointError::Storage(self.into_storage_error())
    }

    /// The error of any other call.
    pub fn into_storage_error(self) -> StorageError {
        let kind = self.kind();
        let message = if self.detail.is_empty() {
            format!("the server answered with status {}", self.status)
        } else {
            self.detail
        };
        let mut error = StorageError::new(kind, message);
        if let Some(outcome) = self.outcome {
            error = error.with_outcome(outcome);
        }
        match self.sequence_number {
            Some(number) => error.at(number),
            None => error,
        }
    }

    /// What went wrong, by the code if it is one of a storage's, else by the status.
    pub fn kind(&self) -> StorageErrorKind {
        match StorageErrorKind::from_code(&self.code) {
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

    fn invalid(&self) -> Option<InvalidInput> {
        // The detail is the whole sentence, which says the field itself.
        let said = self.detail.strip_prefix(&*self.field);
        let reason = said.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(&self.detail);
        match &*self.code {
            "invalid_event" => Some(InvalidInput::event(&*self.field, reason)),
            "invalid_argument" => Some(InvalidInput::argument(&*self.field, reason)),
            _ => None,
        }
    }

    fn read_members(&mut self, cursor: &mut JsonCursor<'_>) -> Result<(), InvalidInput> {
        let mut first = true;
        cursor.begin_object()?;
        while let Some(name) = cursor.next_key(&mut first)? {
            if cursor.null() {
                continue;
            }
            match &*name {
                "code" => self.code = cursor.string()?.into_owned(),
                "detail" => self.detail = cursor.string()?.into_owned(),
                "field" => self.field = cursor.string()?.into_owned(),
                "actual" => self.actual = Some(cursor.string()?.into_owned()),
                "outcome" => self.outcome = Outcome::parse(&cursor.string()?),
                "eventId" => self.event_id = Some(cursor.text(EventId::parse)?),
                "sequenceNumber" => self.sequence_number = Some(cursor.integer()?),
                "aggregateId" => self.aggregate_id = Some(cursor.text(AggregateId::parse)?),
                "given" => self.given = Some(cursor.text(AggregateType::parse)?),
                "head" => self.head = Some(Head::read_json(cursor)?),
                "conflicts" => read_array(cursor, &mut |cursor| {
                    self.conflicts.push(read_conflict(cursor)?);
                    Ok(())
                })?,
                _ => drop(cursor.value(MAX_JSON_DEPTH)?),
            }
        }
        Ok(())
    }
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
