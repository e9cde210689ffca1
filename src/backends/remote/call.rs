use super::{
    log::Log,
    news::pause_while_open,
    retry::{Attempts, Ended},
    transport::{Request, Response, Transport, TransportError, TransportErrorKind},
};
use crate::{
    storage::{AppendError, CheckpointError, ImportError, Outcome, StorageError, StorageErrorKind},
    wire::ReceivedProblem,
};

/// What became of a call, after all its attempts.
pub(super) struct Called {
    pub(super) result: Result<Response, Refused>,
    /// Whether an attempt before, or this one, may have done what was asked without an answer.
    pub(super) may_be_done: bool,
}

/// Why a call failed.
pub(super) enum Refused {
    /// The server, or something in between, said no.
    Problem(Box<ReceivedProblem>),
    /// There was no answer.
    NoAnswer(StorageError),
}

impl Refused {
    pub(super) fn into_append_error(self) -> AppendError {
        match self {
            Self::Problem(problem) => problem.into_append_error(),
            Self::NoAnswer(error) => error.into(),
        }
    }

    pub(super) fn into_import_error(self) -> ImportError {
        match self {
            Self::Problem(problem) => problem.into_import_error(),
            Self::NoAnswer(error) => error.into(),
        }
    }

    pub(super) fn into_checkpoint_error(self) -> CheckpointError {
        match self {
            Self::Problem(problem) => problem.into_checkpoint_error(),
            Self::NoAnswer(error) => error.into(),
        }
    }

    pub(super) fn into_storage_error(self) -> StorageError {
        match self {
            Self::Problem(problem) => problem.into_storage_error(),
            Self::NoAnswer(error) => error,
        }
    }
}

/// Sends a request until it is answered, or it is no use or too late to go on. What only reads ends when the log is closed; a write goes
/// on, since closing waits for its outcome.
pub(super) async fn call<T: Transport>(log: &Log<T>, request: &Request, is_read: bool) -> Called {
    let mut attempts = Attempts::new(&log.options);
    let mut fresh_token = false;
    loop {
        let begun = log.environment.now();
        let answer = log.transport.send(request, fresh_token).await;
        let spent = log.environment.now().millis().saturating_sub(begun.millis());
        // A clock may be set while nobody looks.
        let spent = std::time::Duration::from_millis(u64::try_from(spent).unwrap_or(0)).min(request.timeout);
        let retry_after = answer.as_ref().ok().and_then(|response| response.retry_after);
        let (ended, result) = judged(answer);
        let Some(again) = attempts.after(ended, spent, retry_after, log.random()) else {
            log.note(result.as_ref().err());
            return Called {
                result,
                may_be_done: attempts.may_be_done(),
            };
        };
        fresh_token = again.fresh_token;
        if is_read {
            pause_while_open(log, again.pause).await;
            if let Err(closed) = log.check_open() {
                return Called {
                    result: Err(Refused::NoAnswer(closed)),
                    may_be_done: attempts.may_be_done(),
                };
            }
        } else if !again.pause.is_zero() {
            log.environment.sleep(again.pause).await;
        }
    }
}

fn judged(answer: Result<Response, TransportError>) -> (Ended, Result<Response, Refused>) {
    let response = match answer {
        Ok(response) if (200..300).contains(&response.status) => return (Ended::Answered, Ok(response)),
        Ok(response) => response,
        Err(error) => {
            let ended = match error.kind {
                TransportErrorKind::Token => Ended::Answered,
                _ => Ended::Lost,
            };
            return (ended, Err(Refused::NoAnswer(no_answer(error))));
        }
    };
    let problem = ReceivedProblem::read(response.status, &response.body);
    let is_open = match problem.outcome() {
        Some(outcome) => outcome == Outcome::Unknown,
        None => response.status >= 500,
    };
    let ended = match response.status {
        401 => Ended::Unauthenticated,
        408 | 502..=504 if is_open => Ended::Lost,
        408 | 429 | 502..=504 => Ended::Refused,
        _ if is_open => Ended::Broken,
        _ => Ended::Answered,
    };
    (ended, Err(Refused::Problem(Box::new(problem))))
}

fn no_answer(error: TransportError) -> StorageError {
    let (kind, message) = match error.kind {
        TransportErrorKind::Network => (
            StorageErrorKind::Network,
            "the server cannot be reached or its answer was lost: check the connection and the url, then try again",
        ),
        TransportErrorKind::Timeout => (
            StorageErrorKind::Timeout,
            "the server did not answer in time: try again later",
        ),
        TransportErrorKind::Token => (
            StorageErrorKind::Unauthenticated,
            "the token callback gave no token: nothing was sent",
        ),
    };
    let said = StorageError::new(kind, message);
    match error.cause {
        Some(cause) => said.with_cause(cause),
        None => said,
    }
}
