use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use super::{
    connection::Connection,
    hints::Hints,
    log::{Log, unknown_critical},
    options::IndexedDbOptions,
    port::{Create, Mode},
    schema,
    tip_loader::{TIP_STORES, load_tip},
};
use crate::{
    core::{Head, append::Durability, record::Record},
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// Opens the log of this name, or creates it.
pub(super) async fn open_log(
    name: &str,
    options: IndexedDbOptions,
    environment: Arc<dyn Environment>,
) -> Result<Rc<Log>, StorageError> {
    let create = options
        .create
        .then(|| creation(&*environment, options.durability.into()));
    let connection = Connection::new(name, Arc::clone(&environment), options.open_timeout);
    connection.open(create).await?;
    let tip = connection.repeatable(&TIP_STORES, Mode::Read, load_tip).await?;
    let expected = options.expect_head;
    let read_only = tip
        .tail()
        .any(|record| record.directory().has_unknown_critical)
        .then(unknown_critical);
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
        read_only: RefCell::new(read_only),
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
        return Err(StorageError {
            sequence_number: Some(head),
            ..StorageError::new(StorageErrorKind::LogRewound, message)
        });
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
    Err(StorageError {
        sequence_number: Some(number),
        ..StorageError::new(kind, message)
    })
}

fn creation(environment: &dyn Environment, durability: Durability) -> Create {
    let genesis = Record::genesis(environment.mint_epoch(), environment.now(), durability);
    Box::new(move |database, transaction| schema::create(database, transaction, &genesis))
}
