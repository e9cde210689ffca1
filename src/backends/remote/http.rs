//! The transport of native programs, by `reqwest` on tokio.

use std::{future::Future, sync::Arc, time::Duration};

use reqwest::{Client, header, redirect::Policy};
use tokio::{
    runtime::Handle,
    sync::{Mutex, watch},
    time::timeout,
};

use super::transport::{OnReach, Request, Response, Transport, TransportError, TransportErrorKind};
use crate::{
    environment::BoxFuture,
    storage::{Cause, StorageError, StorageErrorKind},
    wire::StreamLine,
};

/// Requests by `reqwest`.
pub struct Http {
    way: Arc<Way>,
    runtime: Handle,
    ending: watch::Sender<bool>,
}

/// What the server knows the caller by.
#[derive(Clone)]
pub enum Token {
    /// Nothing, for a server without authentication.
    None,
    /// Always the same.
    Fixed(String),
    /// What this gives, asked again when the server refuses it.
    Asked(AskToken),
}

/// Gives a token.
pub type AskToken = Arc<dyn Fn() -> BoxFuture<Result<String, Cause>> + Send + Sync>;

struct Way {
    client: Client,
    base: String,
    token: Token,
    given: Mutex<Option<String>>,
}

impl Http {
    /// The way to the server at this address; all work runs on the tokio runtime that this is called in.
    ///
    /// # Errors
    ///
    /// `storage_unavailable` outside of a runtime, or if no client can be made.
    pub fn new(base: &str, token: Token) -> Result<Self, StorageError> {
        let unavailable = |cause: Cause| {
            let message = "no client for http can be made: call this in a tokio runtime";
            StorageError::new(StorageErrorKind::StorageUnavailable, message).with_cause(cause)
        };
        let runtime = Handle::try_current().map_err(|error| unavailable(Arc::new(error)))?;
        // A token goes to the server that it is for, and nowhere else.
        let client = Client::builder().redirect(Policy::none()).build();
        Ok(Self {
            way: Arc::new(Way {
                client: client.map_err(|error| unavailable(Arc::new(error)))?,
                base: base.trim_end_matches('/').to_owned(),
                token,
                given: Mutex::new(None),
            }),
            runtime,
            ending: watch::Sender::new(false),
        })
    }

    /// Runs work on the runtime, wherever its end is waited for.
    fn run(
        &self,
        work: impl Future<Output = Result<Response, TransportError>> + Send + 'static,
    ) -> BoxFuture<Result<Response, TransportError>> {
        let running = self.runtime.spawn(work);
        Box::pin(async move {
            running
                .await
                .unwrap_or_else(|error| Err(failed(TransportErrorKind::Network, Arc::new(error))))
        })
    }
}

impl Transport for Http {
    fn send(&self, request: &Request, fresh_token: bool) -> BoxFuture<Result<Response, TransportError>> {
        let (way, request) = (Arc::clone(&self.way), request.clone());
        self.run(async move {
            let sent = async {
                let mut response = way.send(&request, fresh_token).await?;
                let mut answer = answered(&response);
                let mut body = Vec::new();
                while let Some(piece) = response.chunk().await.map_err(lost)? {
                    body.extend_from_slice(&piece);
                }
                answer.body = String::from_utf8_lossy(&body).into_owned();
                Ok(answer)
            };
            timeout(request.timeout, sent).await.unwrap_or_else(late)
        })
    }

    fn stream(
        &self,
        request: &Request,
        fresh_token: bool,
        on_reach: OnReach,
    ) -> BoxFuture<Result<Response, TransportError>> {
        let (way, request) = (Arc::clone(&self.way), request.clone());
        let mut ending = self.ending.subscribe();
        self.run(async move {
            let silence = request.timeout;
            let followed = async {
                let sending = way.send(&request, fresh_token);
                let mut response = timeout(silence, sending).await.unwrap_or_else(late)?;
                let mut rest = Vec::new();
                loop {
                    let piece = timeout(silence, response.chunk()).await;
                    let Some(piece) = piece.map_or_else(late, |piece| piece.map_err(lost))? else {
                        return Ok(answered(&response));
                    };
                    rest.extend_from_slice(&piece);
                    tell(&mut rest, &on_reach);
                }
            };
            tokio::select! {
                answer = followed => answer,
                _ = ending.wait_for(|is_over| *is_over) => Ok(Response::default()),
            }
        })
    }

    fn spawn(&self, work: BoxFuture<()>) {
        self.runtime.spawn(work);
    }

    fn close(&self) {
        self.ending.send_replace(true);
    }
}

impl Way {
    async fn send(&self, request: &Request, fresh_token: bool) -> Result<reqwest::Response, TransportError> {
        let method = request.method.parse().unwrap_or(reqwest::Method::GET);
        let mut sent = self.client.request(method, format!("{}{}", self.base, request.path));
        if let Some(token) = self.bearer(fresh_token).await? {
            sent = sent.bearer_auth(token);
        }
        if !request.body.is_empty() {
            let kind = if request.is_lines {
                "application/x-ndjson"
            } else {
                "application/json"
            };
            sent = sent.header(header::CONTENT_TYPE, kind).body(request.body.clone());
        }
        sent.send().await.map_err(lost)
    }

    async fn bearer(&self, fresh: bool) -> Result<Option<String>, TransportError> {
        let ask = match &self.token {
            Token::None => return Ok(None),
            Token::Fixed(token) => return Ok(Some(token.clone())),
            Token::Asked(ask) => ask,
        };
        // Whoever comes meanwhile waits for the same one.
        let mut given = self.given.lock().await;
        if fresh || given.is_none() {
            *given = None;
            *given = Some(ask().await.map_err(|cause| failed(TransportErrorKind::Token, cause))?);
        }
        Ok(given.clone())
    }
}

/// Tells of each whole line, and leaves what follows the last one.
fn tell(rest: &mut Vec<u8>, on_reach: &OnReach) {
    let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else {
        return;
    };
    for line in String::from_utf8_lossy(&rest[..end]).lines() {
        if let Ok(StreamLine::Reaches(cursor) | StreamLine::End(_, cursor)) = StreamLine::read_json(line) {
            on_reach(cursor.sequence_number);
        }
    }
    rest.drain(..=end);
}

fn answered(response: &reqwest::Response) -> Response {
    let told = response.headers().get(header::RETRY_AFTER);
    // A time, which is allowed too, is left to the usual pauses.
    let seconds = told.and_then(|told| told.to_str().ok()?.parse().ok());
    Response {
        status: response.status().as_u16(),
        body: String::new(),
        retry_after: seconds.map(Duration::from_secs),
    }
}

fn lost(error: reqwest::Error) -> TransportError {
    // The address says nothing that the caller does not know.
    failed(TransportErrorKind::Network, Arc::new(error.without_url()))
}

fn late<T>(elapsed: tokio::time::error::Elapsed) -> Result<T, TransportError> {
    Err(failed(TransportErrorKind::Timeout, Arc::new(elapsed)))
}

fn failed(kind: TransportErrorKind, cause: Cause) -> TransportError {
    TransportError {
        kind,
        cause: Some(cause),
    }
}
