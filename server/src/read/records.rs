use foldlog::{
    core::{
        Digest, Epoch, Head, Link,
        append::Durability,
        record::{Record, RecordBuilder},
    },
    storage::StorageError,
};
use tokio_postgres::{Row, types::ToSql};
use uuid::Uuid;

use crate::{
    log::Log,
    sql,
    tables::{array, durability_of, event_of, head_of, number, number_of, time_of},
};

/// How many appends are looked at in one go.
const APPENDS: i64 = 500;

/// How many events, unless one append has more: those that are cut off for their size have been read all the same.
const EVENTS: usize = 2_000;

/// An append's row.
struct Append<'a> {
    row: &'a Row,
    number: u64,
    is_epoch_change: bool,
    epoch: Epoch,
    first: u64,
    last: u64,
    link: Link,
    durability: Durability,
}

/// Whole records that follow a position: one for each append, rebuilt from its rows with the texts, digests and links that it has on
/// every backend.
pub(crate) async fn read_records(log: &Log, after: Option<u64>, bytes: usize) -> Result<Vec<Record>, StorageError> {
    let name: &(dyn ToSql + Sync) = &&*log.name;
    let rows = log
        .query((sql::APPENDS_AFTER, &[name, &after.map(number), &APPENDS]))
        .await?;
    let mut count = 0;
    let appends: Vec<_> = rows
        .iter()
        .map(Append::of)
        .take_while(|append| {
            count += append.count();
            count <= EVENTS || count == append.count()
        })
        .collect();
    let (Some(first), Some(last)) = (appends.first(), appends.last()) else {
        return Ok(Vec::new());
    };
    let parameters: [&(dyn ToSql + Sync); 4] = [
        name,
        &number(first.first),
        &number(last.last),
        &i64::try_from(bytes).unwrap_or(i64::MAX).max(1),
    ];
    let mut found = log
        .queries(&[
            (sql::APPEND_BEFORE, &[name, &number(first.number)]),
            (sql::EVENTS_BETWEEN, &parameters),
        ])
        .await?;
    let mut events = found.pop().unwrap_or_default();
    let before = found.pop().unwrap_or_default();
    let mut place = before.first().map_or(
        Head {
            epoch: first.epoch,
            sequence_number: 0,
            link: Link::NONE,
        },
        head_of,
    );
    if let Some(first) = appends.iter().find(|append| append.count() > 0)
        && events.len() < first.count()
    {
        // At least one record with events, however large: who has the changes of epoch at a place already takes a page without one for
        // the log's end.
        let parameters: [&(dyn ToSql + Sync); 4] = [name, &number(first.first), &number(first.last), &i64::MAX];
        events = log.query((sql::EVENTS_BETWEEN, &parameters)).await?;
        if events.len() < first.count() {
            return Err(StorageError::corrupted(first.first, "events of an append are missing"));
        }
    }
    let mut records = Vec::new();
    let mut rest = &events[..];
    let mut total = 0;
    for append in &appends {
        if total >= bytes.max(1) {
            break;
        }
        let Some((own, others)) = rest.split_at_checked(append.count()) else {
            // Cut for their size, which may have counted more than their texts have.
            break;
        };
        rest = others;
        let record = append.record(&place, own)?;
        place = record.directory().head();
        total += record.text().len();
        records.push(record);
    }
    Ok(records)
}

impl<'a> Append<'a> {
    fn of(row: &'a Row) -> Self {
        Self {
            row,
            number: number_of(row, "append_number"),
            is_epoch_change: row.get::<_, i16>("kind") == 2,
            epoch: Epoch::from_bytes(row.get::<_, Uuid>("epoch").into_bytes()),
            first: number_of(row, "first_sequence_number"),
            last: number_of(row, "last_sequence_number"),
            link: Link::from_bytes(array(row, "link")),
            durability: durability_of(row),
        }
    }

    fn count(&self) -> usize {
        usize::try_from(self.last + 1 - self.first).unwrap_or(0)
    }

    /// The append as a record after a place.
    fn record(&self, before: &Head, events: &[Row]) -> Result<Record, StorageError> {
        let recorded_at = time_of(self.row, "recorded_at");
        let mut builder = RecordBuilder::after(before);
        if before.sequence_number + 1 != self.first {
            return Err(StorageError::corrupted(
                self.first,
                format!(
                    "an append begins here, after sequence number {}",
                    before.sequence_number
                ),
            ));
        }
        if self.is_epoch_change {
            builder.change_epoch(self.epoch, recorded_at, self.durability, self.link);
            return Ok(builder.finish());
        }
        for (row, due) in events.iter().zip(self.first..) {
            let event = event_of(row)?;
            if event.sequence_number != due || event.recorded_at != recorded_at {
                return Err(StorageError::corrupted(
                    due,
                    "an event is missing or has another time than its append",
                ));
            }
            let digest = Digest::from_bytes(array(row, "digest"));
            builder.push_event(&event.content, digest, event.aggregate_version, recorded_at);
        }
        builder.end_append(recorded_at, self.durability, self.link);
        Ok(builder.finish())
    }
}
