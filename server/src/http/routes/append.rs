use std::time::Instant;

use foldlog::{
    core::EventId,
    storage::Storage as _,
    wire::{read_append, write_stored_append},
};

use crate::http::{Answer, Call, Problem, answer};

/// Appends.
pub(crate) async fn append(mut call: Call) -> Answer {
    store(&mut call).await.map_err(Problem::of_write)
}

/// The append that stored an event.
pub(crate) async fn find(call: Call) -> Answer {
    let id = call.query(&["eventId"])?.required("eventId", EventId::parse)?;
    let stored = call.log()?.store.storage().find_append(id).await?;
    answer::json(|out| write_stored_append(out, stored.as_ref()))
}

async fn store(call: &mut Call) -> Answer {
    call.query(&[])?;
    let text = call.json().await?;
    let (log, service) = (call.log()?, &call.service);
    let now = service.environment.now();
    let request = read_append(&text, &service.options.limits, now)?;
    let (events, bytes) = (request.append.events().len(), text.len());
    service.rates.events(call.admitted.caller.subject(), events)?;
    drop(text);
    let begun = Instant::now();
    let outcome = log.store.storage().append(request).await;
    service.metrics.appended(events, bytes, &outcome, begun.elapsed());
    let receipt = outcome?;
    answer::json(|out| receipt.write_json(out))
}
