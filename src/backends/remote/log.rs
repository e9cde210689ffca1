use std::{
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use super::{
    call::{Called, Refused, call},
    news::News,
    options::RemoteOptions,
    queue::Queue,
    seen::check_head,
    transport::{Request, Transport},
    url::Path,
};
use crate::{
    core::{Head, InvalidInput, record::Record},
    environment::Environment,
    maybe_send::Waiting,
    storage::{StorageError, StorageErrorKind},
    wire,
};

/// A log on a server, as one handle has it open.
pub(super) struct Log<T> {
    pub(super) transport: T,
    pub(super) name: String,
    pub(super) options: RemoteOptions,
    pub(super) environment: Arc<dyn Environment>,
    pub(super) queue: Queue,
    pub(super) news: News,
    pub(super) is_closed: AtomicBool,
    state: Mutex<State>,
}

/// What is known of the log and its server.
#[derive(Default)]
struct State {
    newest: Option<Head>,
    last_error: Option<StorageErrorKind>,
    is_lost: bool,
}

impl<T: Transport> Log<T> {
    pub(super) fn new(transport: T, name: &str, options: RemoteOptions, environment: Arc<dyn Environment>) -> Self {
        Self {
            transport,
            name: name.to_owned(),
            options,
            environment,
            queue: Queue::default(),
            news: News::default(),
            is_closed: AtomicBool::new(false),
            state: Mutex::default(),
        }
    }

    pub(super) fn check_open(&self) -> Result<(), StorageError> {
        if self.is_closed.load(Ordering::SeqCst) {
            Err(StorageError::closed())
        } else {
            Ok(())
        }
    }

    /// A path below the log.
    pub(super) fn path(&self, rest: &str) -> Path {
        Path::of_log(&self.name, rest)
    }

    pub(super) fn request(&self, method: &'static str, path: Path, body: String) -> Request {
        Request {
            method,
            path: path.into_text(),
            body,
            is_lines: false,
            timeout: self.options.timeout,
        }
    }

    /// Asks for something, with all its attempts.
    pub(super) fn call(&self, request: Request) -> Waiting<'_, Called> {
        Box::pin(async move { call(self, &request, false).await })
    }

    /// Asks for something of an open log, and gives the body of the answer.
    pub(super) fn body(&self, request: Request) -> Waiting<'_, Result<String, StorageError>> {
        Box::pin(async move {
            self.check_open()?;
            match call(self, &request, true).await.result {
                Ok(response) => Ok(response.body),
                Err(refused) => Err(refused.into_storage_error()),
            }
        })
    }

    /// Asks for something that is read with `read`.
    pub(super) fn ask<R>(&self, path: Path, read: fn(&str) -> Result<R, InvalidInput>) -> Asked<'_, R> {
        Asked {
            body: self.body(self.request("GET", path, String::new())),
            read,
        }
    }

    /// The place of a sequence number, or the head.
    pub(super) async fn place(&self, sequence_number: Option<u64>) -> Result<Option<Head>, StorageError> {
        let known = self.newest();
        let path = self.path("/head").with_number("at", sequence_number);
        let place = self.ask(path, wire::read_place).await?;
        if let (None, Some(head)) = (sequence_number, place) {
            check_head(self, known, head).await?;
        }
        Ok(place)
    }

    /// Whether the log takes imports only. Asked once: who looks after a log's health wants to know soon that there is no answer.
    pub(super) async fn is_mirror(&self) -> Option<bool> {
        self.check_open().ok()?;
        let request = self.request("GET", self.path(""), String::new());
        let answer = self.transport.send(&request, false).await.ok()?;
        let info = wire::read_log_info(&answer.body).ok()?;
        Some(info.is_mirror)
    }

    /// Whole records after a position.
    pub(super) async fn records(&self, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
        let path = self.path("/appends").with_number("after", after);
        let path = path.with_number("maxBytes", Some(bytes as u64));
        let body = self.body(self.request("GET", path, String::new())).await?;
        // What does not fit its links was altered, on the server or on the way.
        let read = wire::read_records(&body).map_err(|invalid| {
            StorageError::corrupted(
                after.unwrap_or(0) + 1,
                format!("what the server has is damaged: {invalid}"),
            )
        });
        Ok(Vec::from_iter(read?))
    }

    /// The newest head that was seen.
    pub(super) fn newest(&self) -> Option<Head> {
        self.lock().newest
    }

    /// Remembers a head that the log has.
    pub(super) fn see(&self, head: Head) {
        let mut state = self.lock();
        let is_newer = state
            .newest
            .is_none_or(|newest| newest.sequence_number <= head.sequence_number);
        if is_newer || state.newest.is_some_and(|newest| newest.sequence_number == 0) {
            state.newest = Some(head);
        }
    }

    /// Notes how a call ended, for health.
    pub(super) fn note(&self, refused: Option<&Refused>) {
        let kind = match refused {
            None => None,
            Some(Refused::NoAnswer(error)) => Some(error.kind),
            Some(Refused::Problem(problem)) => problem.storage_kind(),
        };
        let is_lost = matches!(
            kind,
            Some(StorageErrorKind::Network | StorageErrorKind::Timeout | StorageErrorKind::StorageUnavailable)
        );
        let mut state = self.lock();
        let is_news = state.is_lost != is_lost || kind.is_some() && state.last_error != kind;
        state.is_lost = is_lost;
        state.last_error = kind.or(state.last_error);
        drop(state);
        if is_news {
            self.environment.health_changed();
        }
    }

    pub(super) fn forget_error(&self) {
        self.lock().last_error = None;
    }

    /// The word for the handle in `health()`, and the last error.
    pub(super) fn condition(&self) -> (&'static str, Option<StorageErrorKind>) {
        let state = self.lock();
        let handle = match (self.check_open().is_err(), state.is_lost) {
            (true, _) => "closed",
            (false, true) => "lost",
            (false, false) => "open",
        };
        (handle, state.last_error)
    }

    pub(super) fn random(&self) -> u16 {
        let mut bytes = [0; 2];
        self.environment.fill_random(&mut bytes);
        u16::from_le_bytes(bytes)
    }

    /// A part of a pause, chosen by chance.
    pub(super) fn jittered(&self, longest: Duration) -> Duration {
        longest * u32::from(self.random()) / u32::from(u16::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No step between two fields can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question under way: one kind of work for all, and a function that reads what comes of it.
pub(super) struct Asked<'a, R> {
    body: Waiting<'a, Result<String, StorageError>>,
    read: fn(&str) -> Result<R, InvalidInput>,
}

impl<R> Future for Asked<'_, R> {
    type Output = Result<R, StorageError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let body = std::task::ready!(self.body.as_mut().poll(context))?;
        Poll::Ready((self.read)(&body).map_err(not_understood))
    }
}

/// The error for an answer that is none of the protocol's.
#[expect(clippy::needless_pass_by_value, reason = "so it fits map_err")]
pub(super) fn not_understood(invalid: InvalidInput) -> StorageError {
    StorageError::new(
        StorageErrorKind::Protocol,
        format!("the server's answer is not understood: {invalid}: check the url and the server's version"),
    )
}
