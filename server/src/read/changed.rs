use foldlog::storage::StorageError;

use crate::{log::Log, tables::head};

/// Completes when the log holds more than `after`: looks, and looks again at each piece of news and whenever it is time to.
pub(crate) async fn changed(log: &Log, after: u64) -> Result<(), StorageError> {
    let mut news = log.news.clone();
    let mut closing = log.closing.subscribe();
    loop {
        // Before looking, so that what comes meanwhile makes it look again.
        news.mark_unchanged();
        log.check_open()?;
        // A database that is away for a while ends no subscription: the next look may find it.
        if let Ok(head) = head(log).await
            && head.sequence_number > after
        {
            return log.check_open();
        }
        tokio::select! {
            _ = news.changed() => {}
            _ = closing.wait_for(|closed| *closed) => {}
            () = tokio::time::sleep(log.database.options.poll) => {}
        }
    }
}
