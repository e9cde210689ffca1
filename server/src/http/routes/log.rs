use axum::http::StatusCode;
use foldlog::{
    core::InvalidInput,
    storage::StorageErrorKind,
    wire::{LogInfo, write_log_info, write_place},
};

use crate::{
    OpenLog,
    http::{Answer, Call, Problem, answer, open_logs::SharedLog},
};

/// Creates the log, unless it exists.
pub(crate) async fn create(mut call: Call) -> Answer {
    call.query(&[])?;
    if call.optional_json().await?.is_some_and(|text| !is_empty_object(&text)) {
        return Err(Problem::from(InvalidInput::argument("body", "is to be empty, or {}")).of_write());
    }
    let open = |create| call.service.logs.open(&call.admitted.name, OpenLog { create });
    let (log, status) = match open(false).await {
        Ok(log) => (log, StatusCode::OK),
        Err(error) if error.kind == StorageErrorKind::LogNotFound => (open(true).await?, StatusCode::CREATED),
        Err(error) => return Err(error.into()),
    };
    let mut response = tell(&log).await?;
    *response.status_mut() = status;
    Ok(response)
}

/// Tells of the log.
pub(crate) async fn info(call: Call) -> Answer {
    call.query(&[])?;
    tell(&call.log()?).await
}

/// The head, or the place of a sequence number.
pub(crate) async fn head(call: Call) -> Answer {
    let at = call.query(&["at"])?.number("at")?;
    let log = call.log()?;
    let place = match at {
        None => Some(log.store.head().await?),
        Some(at) => log.store.place(at).await?,
    };
    answer::json(|out| write_place(out, place.as_ref()))
}

async fn tell(log: &SharedLog) -> Answer {
    let (head, is_mirror) = log.store.storage().info().await?;
    answer::json(|out| write_log_info(out, &LogInfo { head, is_mirror }))
}

fn is_empty_object(text: &str) -> bool {
    let inside = text
        .trim_ascii()
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    inside.is_some_and(|inside| inside.trim_ascii().is_empty())
}
