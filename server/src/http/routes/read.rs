use foldlog::{
    core::{AggregateId, read::PageLimits},
    storage::{ReadAggregate, Storage as _},
    wire::{read_read_events, write_aggregate, write_page},
};

use crate::http::{Answer, Call, HttpOptions, Query, answer};

/// A page of the events that match a filter.
pub(crate) async fn events(mut call: Call) -> Answer {
    call.query(&[])?;
    let mut request = read_read_events(&call.json().await?)?;
    request.limits = at_most(request.limits, &call.service.options);
    let page = call.log()?.store.read_events(request).await?;
    answer::json(|out| write_page(out, &page))
}

/// Where an aggregate stands.
pub(crate) async fn aggregate(call: Call) -> Answer {
    let id = call.query(&["id"])?.required("id", AggregateId::parse)?;
    let state = call.log()?.store.storage().aggregate(id).await?;
    answer::json(|out| write_aggregate(out, state.as_ref()))
}

/// A page of one aggregate's events.
pub(crate) async fn aggregate_events(call: Call) -> Answer {
    let query = call.query(&["id", "fromVersion", "toVersion", "maxEvents", "maxBytes"])?;
    let request = ReadAggregate {
        id: query.required("id", AggregateId::parse)?,
        from_version: query.number("fromVersion")?.unwrap_or(1),
        to_version: query.number("toVersion")?,
        limits: at_most(limits(&query)?, &call.service.options),
    };
    let page = call.log()?.store.read_aggregate(request).await?;
    answer::json(|out| write_page(out, &page))
}

fn limits(query: &Query) -> Result<PageLimits, foldlog::core::InvalidInput> {
    let usual = PageLimits::default();
    Ok(PageLimits {
        events: query.size("maxEvents")?.unwrap_or(usual.events),
        bytes: query.size("maxBytes")?.unwrap_or(usual.bytes),
    })
}

/// A page may be shorter than what was asked for, and says where to go on.
fn at_most(asked: PageLimits, options: &HttpOptions) -> PageLimits {
    PageLimits {
        events: asked.events.min(options.page_events),
        bytes: asked.bytes.min(options.page_bytes),
    }
}
