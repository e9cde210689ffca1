#[cfg(any(feature = "indexed-db", feature = "remote"))]
use std::time::Duration;

#[cfg(feature = "indexed-db")]
use crate::backends::indexed_db::{IndexedDbDurability, IndexedDbOptions};
#[cfg(feature = "remote")]
use crate::backends::remote::RemoteOptions;
use crate::core::{Head, InvalidInput, JsonCursor};

/// Reads the options of `remote(url, options)` and the head that is expected; what is absent or `null` keeps its default.
#[cfg(feature = "remote")]
pub(super) fn read_remote_options(json: &str) -> Result<(RemoteOptions, Option<Head>), InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let (mut options, mut expected) = (RemoteOptions::default(), None);
    let read = cursor.members(&["create", "timeout", "deadline", "expectHead"], &mut |cursor, name| {
        if cursor.null() {
            return Ok(());
        }
        match name {
            "create" => options.create = cursor.boolean()?,
            "timeout" => options.timeout = Duration::from_millis(cursor.integer()?.min(LONGEST_TIMER)),
            "deadline" => options.deadline = Duration::from_millis(cursor.integer()?.min(LONGEST_TIMER)),
            _ => expected = Some(Head::read_json(cursor)?),
        }
        Ok(())
    });
    read.and_then(|()| Ok(cursor.end()?))
        .map_err(|invalid| invalid.or_in("options"))?;
    // A log with an expected head has existed: a new one in its place would only hide that it is gone.
    options.create &= expected.is_none();
    Ok((options, expected))
}

/// Reads the options of `indexedDb(name, options)`; what is absent or `null` keeps its default.
#[cfg(feature = "indexed-db")]
pub(super) fn read_indexed_db_options(json: &str) -> Result<IndexedDbOptions, InvalidInput> {
    let mut cursor = JsonCursor::new(json);
    let mut options = IndexedDbOptions::default();
    let read = cursor.members(MEMBERS, &mut |cursor, name| {
        if cursor.null() {
            return Ok(());
        }
        match name {
            "durability" => {
                options.durability = match cursor.string()?.as_ref() {
                    "strict" => IndexedDbDurability::Strict,
                    "relaxed" => IndexedDbDurability::Relaxed,
                    _ => return Err("is neither \"strict\" nor \"relaxed\"".into()),
                }
            }
            "openTimeout" => options.open_timeout = Duration::from_millis(cursor.integer()?.min(LONGEST_TIMER)),
            "expectHead" => options.expect_head = Some(Head::read_json(cursor)?),
            #[cfg(feature = "testing")]
            "earlyAnswer" => options.sabotage.early_answer = cursor.boolean()?,
            #[cfg(feature = "testing")]
            "noTailCheck" => options.sabotage.no_tail_check = cursor.boolean()?,
            #[cfg(feature = "testing")]
            "sealEvents" => options.seal_events = Some(usize::try_from(cursor.integer()?).unwrap_or(usize::MAX)),
            _ => options.create = cursor.boolean()?,
        }
        Ok(())
    });
    read.and_then(|()| Ok(cursor.end()?))
        .map_err(|invalid| invalid.or_in("options"))?;
    Ok(options)
}

/// A timer of the browser that is to wait longer does not wait at all.
#[cfg(any(feature = "indexed-db", feature = "remote"))]
const LONGEST_TIMER: u64 = i32::MAX as u64;

#[cfg(feature = "indexed-db")]
const MEMBERS: &[&str] = &[
    "durability",
    "create",
    "expectHead",
    "openTimeout",
    #[cfg(feature = "testing")]
    "earlyAnswer",
    #[cfg(feature = "testing")]
    "noTailCheck",
    #[cfg(feature = "testing")]
    "sealEvents",
];
