use std::sync::Arc;

use super::{
    log::{Log, not_understood},
    options::RemoteOptions,
    transport::Transport,
};
use crate::{
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
    wire,
};

/// Opens a log, or makes it if the options allow: first it is only asked for, so that making one needs the right and using one does not.
pub(super) async fn open_log<T: Transport>(
    transport: T,
    name: &str,
    options: RemoteOptions,
    environment: Arc<dyn Environment>,
) -> Result<Arc<Log<T>>, StorageError> {
    let log = Log::new(transport, name, options, environment);
    let mut body = log.body(log.request("GET", log.path(""), String::new())).await;
    if log.options.create
        && let Err(error) = &body
        && error.kind == StorageErrorKind::LogNotFound
    {
        body = log.body(log.request("PUT", log.path(""), "{}".to_owned())).await;
        if body.is_ok() {
            // That it was not there before is no failure.
            log.forget_error();
        }
    }
    let info = wire::read_log_info(&body?).map_err(not_understood)?;
    log.see(info.head);
    #[allow(
        clippy::arc_with_non_send_sync,
        reason = "in a browser everything stays on one thread, natively it is both"
    )]
    Ok(Arc::new(log))
}
