use std::{fmt::Write as _, sync::Arc};

use axum::body::{Body, Bytes};
use foldlog::{
    core::Head,
    engine::{EventStore, Export},
    storage::{Storage as _, StorageError},
    wire::{read_import, write_records},
};
use futures_util::{StreamExt as _, stream};
use tokio::sync::OwnedSemaphorePermit;

use crate::{
    PostgresStorage,
    http::{Answer, Call, Problem, answer, gate::busy},
};

/// Appends that follow a place, as they are stored.
pub(crate) async fn appends(call: Call) -> Answer {
    let query = call.query(&["after", "maxBytes"])?;
    let most = call.service.options.page_bytes;
    let bytes = query.size("maxBytes")?.map_or(most, |bytes| bytes.min(most));
    let records = call
        .log()?
        .storage()
        .read_records(query.number("after")?, bytes)
        .await?;
    let mut lines = String::new();
    write_records(&mut lines, &records);
    answer::lines(lines)
}

/// Stores appends as they are, links included.
pub(crate) async fn store_appends(mut call: Call) -> Answer {
    let head = store(&mut call).await.map_err(Problem::of_write)?;
    answer::json(|out| head.write_json(out))
}

/// The whole log, page by page.
pub(crate) async fn export(call: Call) -> Answer {
    let query = call.query(&["after", "to"])?;
    let (after, to) = (query.number("after")?.unwrap_or(0), query.number("to")?);
    let room = Arc::clone(&call.service.scans)
        .try_acquire_owned()
        .map_err(|_| busy())?;
    let log: EventStore<PostgresStorage> = (*call.log()?).clone();
    let mut export = log.export(after, to);
    // What fails before the first line can still be told.
    let first = export.page().await?.unwrap_or_default();
    let rest = stream::unfold(Some((export, room)), next_page);
    let pages = stream::once(async move { Ok::<_, StorageError>(Bytes::from(first)) }).chain(rest);
    answer::lines(Body::from_stream(pages))
}

/// Takes an export.
pub(crate) async fn import(mut call: Call) -> Answer {
    let as_mirror = call.query(&["asMirror"])?.flag("asMirror")?;
    let (pace, mut lines) = (call.pace(), call.lines()?);
    let log: EventStore<PostgresStorage> = (*call.log()?).clone();
    let mut import = log.import().await?;
    while let Some(line) = lines.next().await? {
        pace.take(line.len()).await;
        import.push(&line).await?;
    }
    let done = import.finish(as_mirror).await?;
    answer::json(|out| {
        // Writing to a String does not fail.
        let _ = write!(
            out,
            "{{\"imported\":{},\"skipped\":{},\"head\":",
            done.imported, done.skipped
        );
        done.head.write_json(out);
        out.push('}');
    })
}

async fn store(call: &mut Call) -> Result<Head, Problem> {
    call.query(&[])?;
    let request = read_import(&call.whole_lines().await?)?;
    let events = request.record.directory().events.len();
    call.service.rates.events(call.admitted.caller.subject(), events)?;
    Ok(call.log()?.storage().import(request).await?)
}

type UnderWay = Option<(Export<PostgresStorage>, OwnedSemaphorePermit)>;

/// After an error the lines end without the last one, which tells that they are incomplete.
async fn next_page(state: UnderWay) -> Option<(Result<Bytes, StorageError>, UnderWay)> {
    let (mut export, room) = state?;
    match export.page().await {
        Ok(Some(page)) => Some((Ok(Bytes::from(page)), Some((export, room)))),
        Ok(None) => None,
        Err(error) => Some((Err(error), None)),
    }
}
