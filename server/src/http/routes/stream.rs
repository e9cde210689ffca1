use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
};
use foldlog::{
    engine::SubscribeFrom,
    wire::{self, StreamEnd, StreamFrom, StreamLine},
};
use futures_util::{Stream, StreamExt as _};
use tokio::time::Instant;

use crate::{
    EndReason, EventStream, StreamItem, StreamRequest,
    http::{Answer, Call, Problem, Service, answer, gate::busy, stream_room::NoRoom},
};

/// Lines until the client goes.
pub(crate) async fn stream(mut call: Call) -> Answer {
    call.query(&[])?;
    let asked = wire::StreamRequest::read_json(&call.json().await?)?;
    let place = call
        .service
        .streams
        .take(call.admitted.caller.subject())
        .map_err(refusal)?;
    let log = call.log()?;
    let request = StreamRequest {
        after: match asked.after {
            StreamFrom::Sequence(number) => SubscribeFrom::Sequence(number),
            StreamFrom::Cursor(cursor) => SubscribeFrom::Cursor(cursor),
        },
        filter: asked.filter,
        events: asked.events,
        deadline: call.admitted.caller.expires_at().map(|at| instant(&call.service, at)),
    };
    let events = log.fanout.stream(request).await?;
    if call.service.is_closing() {
        // It began while all others were ended.
        log.fanout.close();
    }
    // The log is kept open, and the place taken, for as long as the lines go on.
    let kept = (log, place);
    let lines = lines(events).map(move |line| {
        let _ = &kept;
        line
    });
    let mut response = answer::lines(Body::from_stream(lines))?;
    let control = HeaderValue::from_static("no-store, no-transform");
    response.headers_mut().insert(CACHE_CONTROL, control);
    Ok(response)
}

fn lines(events: EventStream) -> impl Stream<Item = Result<Bytes, Infallible>> + Send {
    events.map(|item| {
        let mut text = String::new();
        line_of(item).write_json(&mut text);
        Ok(Bytes::from(text))
    })
}

fn line_of(item: StreamItem) -> StreamLine {
    match item {
        StreamItem::Events {
            page,
            cursor,
            caught_up,
        } => StreamLine::Events {
            text: page.text().to_owned(),
            cursor,
            caught_up,
        },
        StreamItem::Position(cursor) => StreamLine::Reaches(cursor),
        StreamItem::End { reason, cursor } => StreamLine::End(end_of(reason), cursor),
    }
}

fn end_of(reason: EndReason) -> StreamEnd {
    match reason {
        EndReason::Slow => StreamEnd::Slow,
        EndReason::Shutdown => StreamEnd::Shutdown,
        EndReason::Expired => StreamEnd::Expired,
        EndReason::Problem(error) => StreamEnd::by(&wire::Problem::from(error), None),
    }
}

fn refusal(no_room: NoRoom) -> Problem {
    match no_room {
        NoRoom::OfTheServer => busy(),
        NoRoom::OfTheSubject => Problem::later(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "the token has as many streams as it may: close one, or share one",
        ),
    }
}

/// The moment of a time in seconds of Unix time.
fn instant(service: &Arc<Service>, at: u64) -> Instant {
    let now = u64::try_from(service.environment.now().millis()).unwrap_or(0);
    Instant::now() + Duration::from_millis(at.saturating_mul(1_000).saturating_sub(now).min(u64::from(u32::MAX)))
}
