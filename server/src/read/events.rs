use foldlog::{
    core::{
        MAX_SAFE_INTEGER,
        read::{EventFilter, EventPage, PageBuilder, PageLimits},
    },
    storage::{ReadAggregate, ReadEvents, StorageError},
};
use tokio_postgres::{Row, types::ToSql};

use super::statements::FilterStatement;
use crate::{
    log::Log,
    sql,
    tables::{event_of, from_number, head, number, number_of, place},
};

/// How many sequence numbers one statement examines at the most.
const SPAN: u64 = 500_000;

/// A page of the events that match a filter, in the order of the log.
///
/// The head is read first, and what stands above it is left for the next page: so a page that is done has examined exactly the log up to it.
pub(crate) async fn read_events(log: &Log, request: &ReadEvents) -> Result<EventPage, StorageError> {
    let statement = FilterStatement::new(&request.filter, request.backward);
    let head = head(log).await?;
    let (first, last) = bounds(log, &request.filter, &statement).await?;
    let end = head.sequence_number + 1;
    let from = match (request.backward, request.from) {
        (false, from) => from.unwrap_or(0),
        (true, from) => from.map_or(end, |from| from.min(end)),
    };
    let mut page = PageBuilder::new(request.limits, from);
    let (mut first, mut last) = if request.backward {
        (first, last.min(from.saturating_sub(1)))
    } else {
        (first.max(from.saturating_add(1)), last.min(head.sequence_number))
    };
    while first <= last {
        // A filter that fits nothing must not make one statement examine a whole log.
        let (low, high) = if request.backward {
            (first.max(last.saturating_sub(SPAN)), last)
        } else {
            (first, last.min(first.saturating_add(SPAN)))
        };
        let (limit, bytes) = room(&page, request.limits);
        let name: &(dyn ToSql + Sync) = &&*log.name;
        let (low_number, high_number) = (number(low), number(high));
        let place_and_size: [&(dyn ToSql + Sync); 5] = [name, &low_number, &high_number, &limit, &bytes];
        let parameters: Vec<_> = place_and_size.into_iter().chain(statement.parameters()).collect();
        let chunk = Chunk::of(log.query((statement.sql, &parameters)).await?, limit);
        let mut examined = None;
        for row in &chunk.rows {
            if page.is_full() {
                return leave(log, page, request).await;
            }
            let sequence_number = push(&mut page, row)?;
            page.advance(sequence_number);
            examined = Some(sequence_number);
        }
        match (examined.filter(|_| !chunk.is_last), request.backward) {
            (Some(examined), true) => last = examined - 1,
            (Some(examined), false) => first = examined + 1,
            (None, true) => last = low - 1,
            (None, false) => first = high + 1,
        }
    }
    if request.backward {
        page.advance(from.min(1));
    } else if from <= head.sequence_number {
        page.advance_to(head);
    }
    Ok(page.finish(true))
}

/// A page of one aggregate's events, in the order of their versions.
pub(crate) async fn read_aggregate(log: &Log, request: &ReadAggregate) -> Result<EventPage, StorageError> {
    let mut first = request.from_version.max(1);
    let last = request.to_version.unwrap_or(MAX_SAFE_INTEGER);
    let mut page = PageBuilder::new(request.limits, first - 1);
    let mut chunk = Chunk::default();
    while !chunk.is_last && first <= last {
        let (limit, bytes) = room(&page, request.limits);
        let parameters: [&(dyn ToSql + Sync); 6] = [
            &&*log.name,
            &request.id.as_str(),
            &number(first),
            &number(last),
            &limit,
            &bytes,
        ];
        chunk = Chunk::of(log.query((sql::AGGREGATE_EVENTS, &parameters)).await?, limit);
        for row in &chunk.rows {
            if page.is_full() {
                return Ok(page.finish(false));
            }
            let sequence_number = push(&mut page, row)?;
            if number_of(row, "aggregate_version") != first {
                let message = format!("version {first} of its aggregate is missing before it");
                return Err(StorageError::corrupted(sequence_number, message));
            }
            page.advance(first);
            first += 1;
        }
        if page.is_full() && !chunk.is_last {
            return Ok(page.finish(false));
        }
    }
    Ok(page.finish(true))
}

/// Rows of a statement that measures.
#[derive(Default)]
struct Chunk {
    rows: Vec<Row>,
    /// Whether nothing is left behind it.
    is_last: bool,
}

impl Chunk {
    /// The rows that were asked for with this limit.
    fn of(rows: Vec<Row>, limit: i64) -> Self {
        // How many there were before some were left out for their size.
        let found = rows.first().map_or(0, |row| row.get::<_, i64>("found"));
        Self {
            is_last: found < limit && i64::try_from(rows.len()) == Ok(found),
            rows,
        }
    }
}

/// How many rows to ask for, one more than the page takes so that its end is known, and up to how many bytes.
fn room(page: &PageBuilder, limits: PageLimits) -> (i64, i64) {
    let limit = i64::try_from(page.room().max(1))
        .unwrap_or(i64::MAX - 1)
        .saturating_add(1);
    (limit, i64::try_from(limits.bytes).unwrap_or(i64::MAX).max(1))
}

/// A page that is full though there may be more.
async fn leave(log: &Log, mut page: PageBuilder, request: &ReadEvents) -> Result<EventPage, StorageError> {
    if request.with_place
        && !request.backward
        && let Some(place) = place(log, page.position()).await?
    {
        page.advance_to(place);
    }
    Ok(page.finish(false))
}

fn push(page: &mut PageBuilder, row: &Row) -> Result<u64, StorageError> {
    let event = event_of(row)?;
    let mut text = String::new();
    event.write_json(&mut text);
    page.push_text(&text, event.sequence_number, event.aggregate_version);
    Ok(event.sequence_number)
}

/// The sequence numbers outside of which nothing matches, as far as the head goes that was read before; a span of time is turned into
/// them.
async fn bounds(log: &Log, filter: &EventFilter, statement: &FilterStatement<'_>) -> Result<(u64, u64), StorageError> {
    let (first, last) = filter.sequence_bounds();
    if filter.from_recorded_at.is_none() && filter.to_recorded_at.is_none() {
        return Ok((first, last));
    }
    let name: &(dyn ToSql + Sync) = &&*log.name;
    let [from, to] = statement.span();
    let rows = log.query((sql::SEQUENCE_BOUNDS, &[name, from, to])).await?;
    let column = |column| {
        rows.first()
            .and_then(|row| row.get::<_, Option<i64>>(column))
            .map(from_number)
    };
    Ok(match (column("first"), column("last")) {
        (Some(from), Some(to)) => (first.max(from), last.min(to)),
        // Nothing was recorded in that span when this was asked.
        _ => (1, 0),
    })
}
