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
    options::{IndexedDbDurability, IndexedDbOptions},
    port::{Transaction, array, as_f64, page},
    read_records::WholeRecords,
    sealed::Sealed,
    tip::Tip,
    tip_loader::{ReadTip, read_records},
    trouble::missing,
};
use crate::{
    core::{Head, record::Record},
    environment::Environment,
    storage::{StorageError, StorageErrorKind},
};

/// Enough for the record that holds a place.
const AROUND_BYTES: usize = 1;

/// Opens the log of this name, or creates it.
pub(super) async fn open_log(
    name: &str,
    mut options: IndexedDbOptions,
    environment: Arc<dyn Environment>,
) -> Result<Rc<Log>, StorageError> {
    if !page().can_be_strict() {
        // A receipt says what was reached.
        options.durability = IndexedDbDurability::Relaxed;
    }
    // A log with an expected head has existed: a new one in its place would only hide that it is gone.
    let genesis = (options.create && options.expect_head.is_none())
        .then(|| Record::genesis(environment.mint_epoch(), environment.now(), options.durability.into()));
    let connection = Connection::new(name, options.open_timeout, Arc::clone(&environment));
    connection.handle(genesis.as_ref()).await?;
    let whole = Transaction::read_tip(0.0);
    let read = match connection.call(&whole).await {
        // A handle may die at once; nothing is known yet that a new one could contradict.
        Err(Failed::Transaction(_)) => connection.call(&whole).await,
        read => read,
    };
    let read = ReadTip::from_js(read?)?;
    let (is_mirror, sealed) = (read.is_mirror, read.sealed);
    let (tip, damage) = read.into_tip_up_to_damage();
    let tip = match (tip, sealed, &damage) {
        (Some(tip), ..) => tip,
        (None, Some(sealed), _) => Tip::after(Some(sealed), end_of_sealed(&connection, sealed).await?),
        (None, None, damage) => return Err(damage.clone().unwrap_or_else(|| missing(1))),
    };
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
        is_mirror: Cell::new(is_mirror),
        read_only: RefCell::new(is_foreign.then(unknown_critical)),
        last_error: Cell::new(None),
        segments: RefCell::new(VecDeque::new()),
    });
    if let Some(damage) = &damage {
        // What comes before it can be read and exported.
        log.note(damage);
    }
    if let Some(expected) = expected
        && let Err(error) = check_expected_head(&log, expected, damage).await
    {
        log.connection.close();
        return Err(error);
    }
    Ok(log)
}

/// The place where the sealed part of a log ends, whose unsealed records cannot be read.
async fn end_of_sealed(connection: &Connection, sealed: Sealed) -> Result<Head, StorageError> {
    let scan = Transaction::scan(as_f64(sealed.to) - 1.0, 1, -1.0);
    let segments = read_records(array(connection.call(&scan).await?).get(0), sealed.to.saturating_sub(1))?;
    let last = segments.first().map(|segment| segment.directory().head());
    last.filter(|head| head.sequence_number == sealed.to)
        .ok_or_else(|| missing(sealed.to))
}

/// Proves that the log holds a head that was remembered elsewhere, before what is damaged.
async fn check_expected_head(log: &Rc<Log>, expected: Head, damage: Option<StorageError>) -> Result<(), StorageError> {
    let number = expected.sequence_number;
    let mut around = WholeRecords::new(number.checked_sub(1), AROUND_BYTES);
    log.work(&mut around).await?;
    if around.into_records().iter().any(|record| record.passes(&expected)) {
        return Ok(());
    }
    let Some(found) = log.place(Some(number)).await? else {
        // The head may be in what cannot be read.
        if let Some(damage) = damage {
            return Err(damage);
        }
        let head = log.tip.borrow().head().sequence_number;
        let message =
            format!("the log ends at sequence number {head}, before the expected head {number}: events were lost");
        return Err(StorageError::new(StorageErrorKind::LogRewound, message).at(head));
    };
    if found == expected {
        // The beginning of an epoch, in the next record.
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
