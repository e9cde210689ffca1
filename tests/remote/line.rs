use std::{
    collections::VecDeque,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    task::Poll,
    thread,
    time::Duration,
};

use foldlog::{
    backends::remote::{OnReach, Request, Response, Transport, TransportError, TransportErrorKind},
    environment::{BoxFuture, system},
    testing::{Random, yield_now},
};
use pollster::block_on;

use crate::server::Server;

/// The line between a client and the server, with what can happen on it.
pub(crate) struct Line {
    server: Arc<Server>,
    faults: Arc<Faults>,
    is_closed: Arc<AtomicBool>,
    /// A request that is delivered once more, after another one.
    late: Arc<Mutex<Option<Request>>>,
    /// For how many requests the token is good in any case.
    good_token: AtomicU32,
    refuses_tokens: AtomicBool,
    forgives_reads: AtomicBool,
}

const TOKEN_REQUESTS: u32 = 30;

/// What happens to requests.
pub(crate) enum Faults {
    /// They are answered.
    None,
    /// About every third meets one of the faults.
    Random(Arc<Mutex<Random>>),
    /// These, one a request, then none.
    Given(Arc<Mutex<VecDeque<Fault>>>),
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Nothing.
    None,
    /// It does not arrive.
    RequestLost,
    /// It is done, and the answer does not arrive.
    AnswerLost,
    /// It is done twice at once.
    Doubled,
    /// It is done, the answer comes too late, and the same request arrives once more after the next one.
    Late,
    /// It waits before it is done.
    Delayed,
    /// It is not done: too many requests.
    RateLimited,
    /// It is not done, as something in between says.
    BadGateway,
    /// It is not done, as the server says.
    Unavailable,
    /// It is not done: the token is not good any more.
    Unauthenticated,
}

const ALL: [Fault; 9] = [
    Fault::RequestLost,
    Fault::AnswerLost,
    Fault::Doubled,
    Fault::Late,
    Fault::Delayed,
    Fault::RateLimited,
    Fault::BadGateway,
    Fault::Unavailable,
    Fault::Unauthenticated,
];

impl Line {
    pub(crate) fn new(server: Arc<Server>, faults: Faults) -> Self {
        Self {
            server,
            faults: Arc::new(faults),
            is_closed: Arc::default(),
            late: Arc::default(),
            good_token: AtomicU32::new(0),
            refuses_tokens: AtomicBool::new(false),
            forgives_reads: AtomicBool::new(false),
        }
    }

    /// No token is good from now on, where the faults say so.
    pub(crate) fn refuse_tokens(&self) {
        self.refuses_tokens.store(true, Ordering::SeqCst);
    }

    /// What only reads meets no fault from now on.
    pub(crate) fn forgive_reads(&self) {
        self.forgives_reads.store(true, Ordering::SeqCst);
    }
}

impl Faults {
    pub(crate) fn these(faults: impl IntoIterator<Item = Fault>) -> Self {
        Self::Given(Arc::new(Mutex::new(faults.into_iter().collect())))
    }

    fn next(&self) -> Fault {
        match self {
            Self::None => Fault::None,
            Self::Given(faults) => faults.lock().unwrap().pop_front().unwrap_or(Fault::None),
            Self::Random(random) => {
                let byte = usize::from(random.lock().unwrap().byte());
                ALL.get(byte / 9).copied().unwrap_or(Fault::None)
            }
        }
    }
}

impl Transport for Line {
    fn send(&self, request: &Request, fresh_token: bool) -> BoxFuture<Result<Response, TransportError>> {
        let mut fault = self.faults.next();
        if fresh_token {
            self.good_token.store(TOKEN_REQUESTS, Ordering::SeqCst);
        }
        let left = self.good_token.load(Ordering::SeqCst);
        self.good_token.store(left.saturating_sub(1), Ordering::SeqCst);
        if request.method == "GET" && self.forgives_reads.load(Ordering::SeqCst) {
            fault = Fault::None;
        }
        if left > 0 && !self.refuses_tokens.load(Ordering::SeqCst) && fault == Fault::Unauthenticated {
            fault = Fault::None;
        }
        let (server, late, request) = (Arc::clone(&self.server), Arc::clone(&self.late), request.clone());
        Box::pin(async move {
            // Others come in between, as they do on a real line.
            yield_now().await;
            let answer = happen(&server, &request, fault).await;
            let due = late.lock().unwrap().take();
            if let Some(due) = due {
                server.answer(&due).await;
            }
            if fault == Fault::Late {
                *late.lock().unwrap() = Some(request);
            }
            answer
        })
    }

    fn stream(
        &self,
        request: &Request,
        _fresh_token: bool,
        on_reach: OnReach,
    ) -> BoxFuture<Result<Response, TransportError>> {
        let (server, request, is_closed) = (Arc::clone(&self.server), request.clone(), Arc::clone(&self.is_closed));
        Box::pin(async move {
            let mut stream = pin!(server.stream(&request, on_reach));
            let mut look = system().sleep(Duration::from_millis(20));
            poll_fn(|context| {
                let ended = stream.as_mut().poll(context).is_ready();
                while look.as_mut().poll(context).is_ready() {
                    look = system().sleep(Duration::from_millis(20));
                }
                if ended || is_closed.load(Ordering::SeqCst) {
                    Poll::Ready(())
                } else {
                    Poll::Pending
                }
            })
            .await;
            Err(failed(TransportErrorKind::Network))
        })
    }

    fn spawn(&self, work: BoxFuture<()>) {
        thread::spawn(move || block_on(work));
    }

    fn close(&self) {
        self.is_closed.store(true, Ordering::SeqCst);
    }
}

async fn happen(server: &Server, request: &Request, fault: Fault) -> Result<Response, TransportError> {
    let refused = |status, body: &str| {
        Ok(Response {
            status,
            body: body.to_owned(),
            retry_after: Some(Duration::from_millis(1)),
        })
    };
    match fault {
        Fault::None => Ok(server.answer(request).await),
        Fault::RequestLost => Err(failed(TransportErrorKind::Network)),
        Fault::AnswerLost => {
            server.answer(request).await;
            Err(failed(TransportErrorKind::Network))
        }
        Fault::Late => {
            server.answer(request).await;
            Err(failed(TransportErrorKind::Timeout))
        }
        Fault::Doubled => {
            let (first, second) = (server.answer(request).await, server.answer(request).await);
            // Appends are known by their ids, so either answer will do. Imports and checkpoints are compared with where the log or the
            // consumer stands: the double of one comes too late, and says so.
            let is_append = request.method == "POST" && request.path.ends_with("/append");
            Ok(if is_append { second } else { first })
        }
        Fault::Delayed => {
            system().sleep(Duration::from_millis(3)).await;
            Ok(server.answer(request).await)
        }
        Fault::RateLimited => refused(429, "{\"code\":\"rate_limited\",\"detail\":\"slower\"}"),
        Fault::BadGateway => refused(502, "<html>"),
        Fault::Unavailable => refused(
            503,
            "{\"code\":\"closed\",\"outcome\":\"not_committed\",\"detail\":\"later\"}",
        ),
        Fault::Unauthenticated => refused(
            401,
            "{\"code\":\"unauthenticated\",\"detail\":\"the token has expired\"}",
        ),
    }
}

fn failed(kind: TransportErrorKind) -> TransportError {
    TransportError { kind, cause: None }
}
