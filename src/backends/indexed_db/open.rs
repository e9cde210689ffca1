use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use super::{
    connection::{Connection, Failed},
    hints::Hints,
    log::{Log, unknown_critical},
    options::IndexedDbOptions,
    port::Transaction,
    tip_loader::ReadTip,
};
use crate::{
    core::{Head, record::Record},
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// Opens the log of this name, or creates it.
pub(super) async fn open_log(
    name: &str,
    options: IndexedDbOptions,
    environment: Arc<dyn Environment>,
) -> Result<Rc<Log>, StorageError> {
    // A log with an expected head has existed: a new one in its place would only hide that it is gone.
    let genesis = (options.create && options.expect_head.is_none())
        .then(|| Record::genesis(environment.mint_epoch(), environment.now(), options.durability.into()));
    let connection = Connection::new(name, options.open_timeout);
    connection.handle(genesis.as_ref()).await?;
    let whole = Transaction::read_tip(0.0);
    let read = match connection.call(&whole).await {
        // A handle may die at once; nothing is known yet that a new one could contradict.
        Err(Failed::Transaction(_)) => connection.call(&whole).await,
        read => read,
    };
    let tip = ReadTip::from_js(read?)?.into_tip()?;
    let expected = options.expect_head;
    let is_foreign = tip.tail().any(|record| record.directory().has_unknown_critical);
    let log = Rc::new(Log {
        proved_in: Cell::new(connection.generation()),
        hints: Hints::new(name, Arc::clone(&environment)),
        connection,
        environment,
        options,
        tip: RefCell::new(tip),
        queue: RefCell::new(VecDeque::new()),
        is_flushing: Cell::new(false),
        flush_waiters: RefCell::new(Vec::new()),
        is_seal_scheduled: Cell::new(false),
        is_closed: Cell::new(false),
        read_only: RefCell::new(is_foreign.then(unknown_critical)),
        last_error: Cell::new(None),
        segments: RefCell::new(VecDeque::new()),
    });
    if let Some(expected) = expected
        && let Err(error) = check_expected_head(&log, expected).await
    {
        log.connection.close();
        return Err(error);
    }
    Ok(log)
}

/// Proves that the log holds a head that was remembered elsewhere.
async fn check_expected_head(log: &Rc<Log>, expected: Head) -> Result<(), StorageError> {
    let number = expected.sequence_number;
    let found = log.place(Some(number)).await?;
    let Some(found) = found else {
        let head = log.tip.borrow().head().sequence_number;
        let message =
            format!("the log ends at sequence number {head}, before the expected head {number}: events were lost");
        return Err(StorageError::new(StorageErrorKind::LogRewound, message).at(head));
    };
    if found == expected {
        return Ok(());
    }
    let (kind, message) = if found.epoch == expected.epoch {
        (
            StorageErrorKind::LogDiverged,
            format!("the log has another history at the expected head {number}"),
        )
    } else {
        (
            StorageErrorKind::EpochChanged,
            format!(
                "the log is in epoch {}, the expected head in {}",
                found.epoch, expected.epoch
            ),
        )
    };
    Err(StorageError::new(kind, message).at(number))
}
