//! What stands before every operation: who calls, how often, which log, and whether that is theirs. No operation can forget it.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, Method, StatusCode, Uri},
    middleware::Next,
    response::{IntoResponse, Response},
};
use foldlog::storage::Outcome;

use super::{
    Problem, Service, accept, local,
    open_logs::SharedLog,
    operations::{self, Kind, Operation},
    path,
};
use crate::{
    LogName, OpenLog,
    auth::{Caller, Permission},
};

/// What the gate found out, for the operation.
#[derive(Clone)]
pub(crate) struct Admitted {
    pub(crate) caller: Caller,
    pub(crate) name: LogName,
    /// The log; none if the operation makes it.
    pub(crate) log: Option<SharedLog>,
}

/// Lets a request through to its operation.
pub(crate) async fn gate(State(service): State<Arc<Service>>, mut request: Request, next: Next) -> Response {
    let caller = match caller(&service, &request) {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let Some(matched) = matched else {
        return Problem::protocol(StatusCode::NOT_FOUND, "there is no such path: see docs/protocol.md").into_response();
    };
    let Some(operation) = operations::find(request.method(), matched.as_str()) else {
        return not_allowed(request, next).await;
    };
    match admit(&service, operation, caller, request.headers(), request.uri()).await {
        Ok(admitted) => {
            request.extensions_mut().insert(admitted);
            run(&service, operation, request, next).await
        }
        Err(problem) if operation.writes() => problem.of_write().into_response(),
        Err(problem) => problem.into_response(),
    }
}

fn caller(service: &Service, request: &Request) -> Result<Caller, Problem> {
    let Some(tokens) = &service.tokens else {
        local::check(request.headers(), request.uri(), &service.options.origins)?;
        return Ok(Caller::Local);
    };
    let caller = tokens.caller(request.headers())?;
    service.rates.request(caller.subject())?;
    Ok(caller)
}

/// Tells which methods the path has; asked for by OPTIONS, that is no refusal.
async fn not_allowed(request: Request, next: Next) -> Response {
    let asks = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if asks && response.status() == StatusCode::METHOD_NOT_ALLOWED {
        // Allow is added further out.
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

async fn admit(
    service: &Service,
    operation: &Operation,
    caller: Caller,
    headers: &HeaderMap,
    uri: &Uri,
) -> Result<Admitted, Problem> {
    let name = path::log_segment(uri.path()).and_then(path::decoded);
    // A name that is not UTF-8 is no log's, and no token's either.
    let permission = name
        .as_deref()
        .map_or(Permission::Foreign, |name| caller.may(name, operation.right));
    let (Some(name), Permission::Granted) = (name, permission) else {
        return Err(refuse(service, operation, permission).await);
    };
    let name = path::log_name(&name)?;
    accept::check(headers, operation.answers)?;
    let log = if operation.creates {
        None
    } else {
        Some(service.logs.open(&name, OpenLog { create: false }).await?)
    };
    Ok(Admitted { caller, name, log })
}

/// The answer for a log that is not the caller's is that of a log that does not exist, and costs the same.
async fn refuse(service: &Service, operation: &Operation, permission: Permission) -> Problem {
    if permission == Permission::LacksRight {
        let detail = format!("the token lacks the right \"{}\" on this log", operation.right);
        return Problem::new(StatusCode::FORBIDDEN, "forbidden", &detail);
    }
    match service.logs.miss().await {
        Ok(()) => Problem::log_not_found(),
        Err(error) => error.into(),
    }
}

async fn run(service: &Arc<Service>, operation: &Operation, request: Request, next: Next) -> Response {
    if service.is_closing() {
        let problem = Problem::later(
            StatusCode::SERVICE_UNAVAILABLE,
            "closed",
            "the server shuts down: send it again, to another instance",
        );
        return of(operation, problem).into_response();
    }
    let room = match operation.kind {
        Kind::Read | Kind::Write => Some(&service.requests),
        Kind::Scan => Some(&service.scans),
        // Takes its room for as long as it goes on.
        Kind::Stream => None,
    };
    let Ok(_taken) = room.map(|room| room.try_acquire()).transpose() else {
        return of(operation, busy()).into_response();
    };
    let limit = time_limit(service, operation);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        // What was begun is not taken back.
        Err(_) => Problem::timeout(limit, operation.writes().then_some(Outcome::Unknown)).into_response(),
    }
}

pub(crate) fn busy() -> Problem {
    Problem::later(
        StatusCode::SERVICE_UNAVAILABLE,
        "storage_unavailable",
        "the server has too many requests under way: send it again",
    )
}

fn of(operation: &Operation, problem: Problem) -> Problem {
    if operation.writes() {
        problem.of_write()
    } else {
        problem
    }
}

fn time_limit(service: &Service, operation: &Operation) -> Duration {
    match operation.kind {
        Kind::Scan => service.options.long_timeout,
        _ => service.options.request_timeout,
    }
}
