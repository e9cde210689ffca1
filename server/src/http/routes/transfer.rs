use std::{
    fmt::Write as _,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::{Body, Bytes};
use foldlog::{
    core::Head,
    engine::{Export, Import},
    storage::{Storage as _, StorageError},
    wire::{read_import, write_records},
};
use futures_util::Stream;
use tokio::sync::{OwnedSemaphorePermit, mpsc};

use crate::{
    PostgresStorage,
    http::{Answer, Call, Problem, answer, call::Pace, gate::busy, lines::Lines},
};

/// How long a client may leave a page of an export.
const PATIENCE: Duration = Duration::from_secs(30);

/// Appends that follow a place, as they are stored.
pub(crate) async fn appends(call: Call) -> Answer {
    let query = call.query(&["after", "maxBytes"])?;
    let most = call.service.options.page_bytes;
    let bytes = query.size("maxBytes")?.map_or(most, |bytes| bytes.min(most));
    let records = call
        .log()?
        .store
        .storage()
        .read_records(query.number("after")?, bytes)
        .await?;
    if records.is_empty() {
        return answer::none();
    }
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
    let mut export = call.log()?.store.export(after, to);
    // What fails before the first line can still be told.
    let first = export.page().await?.unwrap_or_default();
    let (pages, given) = mpsc::channel(1);
    tokio::spawn(give(export, first, room, pages));
    answer::lines(Body::from_stream(ReceiverStream(given)))
}

/// Takes an export.
pub(crate) async fn import(mut call: Call) -> Answer {
    let as_mirror = call.query(&["asMirror"])?.flag("asMirror")?;
    let (pace, mut lines) = (call.pace(), call.lines()?);
    let log = call.log()?;
    let mut import = log.store.import().await?;
    if let Err(problem) = push_all(&mut import, &mut lines, &pace).await {
        lines.drain().await;
        return Err(problem);
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
    Ok(call.log()?.store.storage().import(request).await?)
}

async fn push_all(import: &mut Import<PostgresStorage>, lines: &mut Lines, pace: &Pace) -> Result<(), Problem> {
    while let Some(line) = lines.next().await? {
        pace.take(line.len()).await;
        import.push(&line).await?;
    }
    Ok(())
}

type Page = Result<Bytes, StorageError>;

/// Gives page after page to a client that takes them; one that does not must not keep others from theirs.
///
/// After an error the lines end without the last one, which tells that they are incomplete.
async fn give(
    mut export: Export<PostgresStorage>,
    first: String,
    _room: OwnedSemaphorePermit,
    pages: mpsc::Sender<Page>,
) {
    let mut page = Ok(Some(first));
    loop {
        let (next, is_last) = match page {
            Ok(Some(text)) => (Ok(Bytes::from(text)), false),
            Ok(None) => return,
            Err(error) => (Err(error), true),
        };
        let taken = pages.send_timeout(next, PATIENCE).await;
        if is_last || taken.is_err() {
            return;
        }
        page = export.page().await;
    }
}

/// Pages as they come.
struct ReceiverStream(mpsc::Receiver<Page>);

impl Stream for ReceiverStream {
    type Item = Page;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Page>> {
        self.0.poll_recv(context)
    }
}
