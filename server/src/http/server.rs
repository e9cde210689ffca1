use std::{error::Error, fmt, future::Future, io, net::SocketAddr, sync::Arc, time::Duration};

use foldlog::environment::Environment;
use tokio::net::TcpListener;

use super::{HttpOptions, Service, connections::take_connections, ops, router::router};
use crate::PostgresDatabase;

/// How often what is idle is let go.
const HOUSEKEEPING: Duration = Duration::from_secs(30);

/// The most connections of those who ask for metrics.
const OPS_CONNECTIONS: usize = 64;

/// A server that has its address and does not answer yet.
pub struct HttpServer {
    service: Arc<Service>,
    listener: TcpListener,
    ops: Option<TcpListener>,
}

/// Why a server did not begin.
#[derive(Debug)]
pub enum StartError {
    /// The options contradict each other, or a key cannot be used.
    Options(String),
    /// An address could not be had.
    Address(SocketAddr, io::Error),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Options(reason) => f.write_str(reason),
            Self::Address(address, _) => write!(f, "the server cannot listen on {address}"),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Options(_) => None,
            Self::Address(_, error) => Some(error),
        }
    }
}

impl HttpServer {
    /// Takes an address, and one for `/metrics` if it is to have one.
    ///
    /// # Errors
    ///
    /// The options are refused, such as an address that others reach without authentication; or an address cannot be had.
    pub async fn bind(
        address: SocketAddr,
        ops: Option<SocketAddr>,
        options: HttpOptions,
        database: PostgresDatabase,
        environment: Arc<dyn Environment>,
    ) -> Result<Self, StartError> {
        if options.tokens.is_none() && !address.ip().is_loopback() {
            return Err(StartError::Options(format!(
                "without authentication the server listens on loopback only, not on {address}: configure keys, or listen on 127.0.0.1"
            )));
        }
        let service = Service::new(options, database, environment).map_err(StartError::Options)?;
        Ok(Self {
            service,
            listener: listen(address).await?,
            ops: match ops {
                Some(address) => Some(listen(address).await?),
                None => None,
            },
        })
    }

    /// The address that it has.
    ///
    /// # Errors
    ///
    /// The operating system does not tell.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The address of `/metrics`.
    ///
    /// # Errors
    ///
    /// There is none, or the operating system does not tell.
    pub fn ops_addr(&self) -> io::Result<SocketAddr> {
        let listener = self.ops.as_ref().ok_or(io::ErrorKind::NotFound)?;
        listener.local_addr()
    }

    /// Answers until `shutdown` completes; then takes nothing new, answers what it has taken, ends streams with their cursor, and returns.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let Self { service, listener, ops } = self;
        let options = &service.options;
        let mut tasks = vec![tokio::spawn(keep_house(Arc::clone(&service)))];
        if let Some(ops) = ops {
            // Answers until the end, so that one can see how it goes.
            let router = ops::router(&service);
            let never = std::future::pending();
            let timeout = options.header_timeout;
            tasks.push(tokio::spawn(async move {
                take_connections(ops, router, OPS_CONNECTIONS, timeout, never, Duration::ZERO).await;
            }));
        }
        let ending = Arc::clone(&service);
        let until = async move {
            shutdown.await;
            ending.closing.send_replace(true);
            ending.logs.end_streams();
        };
        take_connections(
            listener,
            router(&service),
            options.connections,
            options.header_timeout,
            until,
            options.shutdown_timeout,
        )
        .await;
        // What was accepted is answered, and what nobody waits for any more is stored all the same.
        service.logs.close().await;
        for task in tasks {
            task.abort();
        }
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|error| StartError::Address(address, error))
}

async fn keep_house(service: Arc<Service>) {
    loop {
        tokio::time::sleep(HOUSEKEEPING.min(service.options.idle_log)).await;
        service.logs.forget_idle(service.options.idle_log);
        service.rates.forget_idle();
    }
}
