//! The bodies of the protocol: what one side writes, the other reads as the same, for any events and logs.

use foldlog::{
    core::{
        Limits, Timestamp,
        append::{Durability, Expectation},
        read::{EventFilter, PageBuilder, PageLimits},
        record::Record,
    },
    storage::{AppendRequest, ImportRequest, ImportStep, ReadEvents},
    wire,
};
use proptest::prelude::*;

use crate::samples::{ListedLog, events, name, prepare};

fn written(write: impl FnOnce(&mut String)) -> String {
    let mut out = String::new();
    write(&mut out);
    out
}

proptest! {
    #[test]
    fn an_append_is_the_same_on_the_other_side(events in events(), expected in 0..4_u64, now in 0..4_000_000_000_000_i64) {
        let expectation = [Expectation::Any, Expectation::Exists, Expectation::Exact(expected)][usize::try_from(expected % 3).unwrap()];
        let append = prepare(events, expectation, now, 1);
        let request = AppendRequest::from(append);
        let body = written(|out| wire::write_append(out, &request));
        prop_assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok() || body.contains("\\ud800"));
        let read = wire::read_append(&body, &Limits::default(), Timestamp::from_millis(now)).unwrap();
        prop_assert_eq!(read, request);
    }

    #[test]
    fn pages_records_and_stored_appends_are_the_same_on_the_other_side(
        appends in prop::collection::vec(events(), 0..5),
        cut in any::<prop::sample::Index>(),
    ) {
        let log = ListedLog::of(appends);
        let mut builder = PageBuilder::new(PageLimits::default(), 0);
        for (record, index) in log.events() {
            builder.push(record, index);
            let stored = record.append_with(index);
            let body = written(|out| wire::write_stored_append(out, Some(&stored)));
            prop_assert_eq!(wire::read_stored_append(&body).unwrap(), Some(stored));
        }
        let head = log.records.last().unwrap().directory().head();
        builder.advance_to(head);
        let page = builder.finish(true);
        let body = written(|out| wire::write_page(out, &page));
        prop_assert_eq!(wire::read_page(&body).unwrap(), page);

        let records = &log.records[cut.index(log.records.len())..];
        let body = written(|out| wire::write_records(out, records));
        let whole = Record::join(records).unwrap().with_durability(Durability::Remote);
        prop_assert_eq!(wire::read_records(&body).unwrap(), Some(whole.clone()));
        let request = ImportRequest { record: whole, step: ImportStep::Continue };
        let body = written(|out| wire::write_import(out, &request));
        prop_assert_eq!(wire::read_import(&body).unwrap(), request);
    }

    #[test]
    fn a_filter_is_the_same_on_the_other_side(
        ids in prop::option::of(prop::collection::vec(name(), 0..3)),
        tags in prop::collection::vec(name(), 0..3),
        caused_by in prop::option::of(name()),
        numbers in (prop::option::of(0..9_u64), prop::option::of(0..9_u64)),
        time in prop::option::of(0..4_000_000_000_000_i64),
        backward in any::<bool>(),
    ) {
        let label = |text: &String| foldlog::core::Label::parse(text).unwrap();
        let mut different: Vec<_> = tags.iter().map(label).collect();
        different.sort();
        different.dedup();
        let request = ReadEvents {
            filter: EventFilter {
                aggregate_ids: ids.map(|ids| ids.iter().map(|id| foldlog::core::AggregateId::parse(id).unwrap()).collect()),
                tags: different,
                caused_by: caused_by.as_ref().map(label),
                to_version: numbers.0,
                from_recorded_at: time.map(Timestamp::from_millis),
                ..EventFilter::default()
            },
            from: numbers.1,
            backward,
            ..ReadEvents::default()
        };
        let body = written(|out| wire::write_read_events(out, &request));
        prop_assert_eq!(wire::read_read_events(&body).unwrap(), request);
    }
}
