use std::{future::Future, io, sync::Arc, time::Duration};

use axum::Router;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

/// The most that the head of a request may take.
const HEAD_BYTES: usize = 64 << 10;

/// After how long without a sign of life a connection of HTTP/2 is asked for one.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// How long to wait when no connection can be taken, as when there are no file descriptors.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes connections until it is told to end, then waits for the requests under way, but not longer than `patience`.
pub(crate) async fn take_connections(
    listener: TcpListener,
    router: Router,
    most: usize,
    header_timeout: Duration,
    until: impl Future<Output = ()>,
    patience: Duration,
) {
    let graceful = GracefulShutdown::new();
    let builder = builder(header_timeout);
    let room = Arc::new(Semaphore::new(most));
    let mut until = std::pin::pin!(until);
    loop {
        let next = async {
            // The semaphore is never closed.
            let taken = Arc::clone(&room).acquire_owned().await;
            (taken, listener.accept().await)
        };
        let (taken, accepted) = tokio::select! {
            biased;
            () = &mut until => break,
            next = next => next,
        };
        let Some(stream) = usable(accepted).await else { continue };
        let service = TowerToHyperService::new(router.clone());
        let connection = builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = watched.await {
                // A client that goes away is no news.
                tracing::debug!(reason = %error_kind(&*error), "a connection ended early");
            }
            drop(taken);
        });
    }
    drop(listener);
    if tokio::time::timeout(patience, graceful.shutdown()).await.is_err() {
        tracing::warn!(
            seconds = patience.as_secs(),
            "requests were cut off, since they took too long to end"
        );
    }
}

fn builder(header_timeout: Duration) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(KEEP_ALIVE)
        .max_header_list_size(u32::try_from(HEAD_BYTES).unwrap_or(u32::MAX));
    builder
}

async fn usable(accepted: io::Result<(TcpStream, std::net::SocketAddr)>) -> Option<TcpStream> {
    match accepted {
        Ok((stream, _)) => {
            // An answer is sent whole; to wait for more of it gains nothing.
            let _ = stream.set_nodelay(true);
            Some(stream)
        }
        Err(error) if is_of_the_client(&error) => None,
        Err(error) => {
            tracing::warn!(kind = ?error.kind(), "no connection could be taken");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

fn is_of_the_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused | io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
    )
}

/// Without what the client sent.
fn error_kind(error: &(dyn std::error::Error + Send + Sync + 'static)) -> &'static str {
    match error.downcast_ref::<hyper::Error>() {
        Some(error) if error.is_timeout() => "it took too long to send a request",
        Some(error) if error.is_parse() => "it did not send HTTP",
        Some(error) if error.is_incomplete_message() => "it went away",
        _ => "it failed",
    }
}
