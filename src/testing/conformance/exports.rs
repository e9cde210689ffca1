use super::{Lab, each, event, event_id};
use crate::{
    core::{Head, append::Expectation, event::NewEvent, read::EventFilter},
    engine::{EventStore, ImportError, ImportProgress, VerifyError},
    storage::{AppendError, Outcome, Storage, StorageError, StorageErrorKind},
    testing::{Fixture, read_all},
};

/// The lines of an export, with their line breaks.
pub(super) async fn export<S: Storage>(store: &EventStore<S>, after: u64, to: Option<u64>) -> Vec<String> {
    let mut export = store.export(after, to);
    let mut text = String::new();
    while let Some(lines) = export.page().await.unwrap() {
        text.push_str(&lines);
    }
    assert!(text.ends_with('\n'));
    text.split_inclusive('\n').map(str::to_owned).collect()
}

/// Imports lines from beginning to end.
pub(super) async fn import<S: Storage>(
    store: &EventStore<S>,
    lines: &[String],
    as_mirror: bool,
) -> Result<ImportProgress, ImportError> {
    let mut import = store.import().await?;
    for line in lines {
        import.push(line).await?;
    }
    import.finish(as_mirror).await
}

/// Imports the first lines and stops, as an import that is interrupted does.
pub(super) async fn import_part<S: Storage>(store: &EventStore<S>, lines: &[String]) {
    let mut import = store.import().await.unwrap();
    for line in lines {
        import.push(line).await.unwrap();
    }
}

/// Whether a log is a mirror, asked until it could be asked.
async fn is_mirror<S: Storage>(store: &EventStore<S>) -> bool {
    loop {
        if let Some(is_mirror) = store.health().await.is_mirror {
            return is_mirror;
        }
    }
}

/// What an import must have failed with, in the storage or for the log's history.
pub(super) fn failed(result: Result<ImportProgress, ImportError>) -> StorageError {
    match result {
        Err(ImportError::Storage(error)) => error,
        other => panic!("expected a storage error, got {other:?}"),
    }
}

/// Fills a log with `count` appends of one to four events over several aggregates; returns its number of events.
pub(super) async fn fill<F: Fixture>(lab: &Lab<F>, count: usize) -> u64 {
    for at in 0..count {
        let events = (0..=at % 4).map(|of| event(&format!("é{}", (at + of) % 3), &format!("{{\"n\": {at}.{of}0}}")));
        lab.add(events.collect()).await;
        lab.environment.advance(std::time::Duration::from_millis(7));
    }
    lab.head().await.sequence_number
}

fn many(count: usize) -> Vec<NewEvent> {
    (0..count).map(|at| event("a", &at.to_string())).collect()
}

async fn places<S: Storage>(store: &EventStore<S>, last: u64) -> Vec<Option<Head>> {
    let mut places = Vec::new();
    for number in 1..=last {
        places.push(store.place(number).await.unwrap());
    }
    places
}

/// Every text, time and link of the exported log is in the restored one, which then begins an epoch of its own and takes appends.
pub async fn export_and_import_restore_a_log<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    fill(&source, 40).await;
    source.maintain().await;
    let last = fill(&source, 3).await;
    let lines = export(&source.store, 0, None).await;
    assert_eq!(lines.len(), 43 + 3, "a header, genesis, one line an append, an end");
    let progress = import(&target.store, &lines, false).await.unwrap();
    assert_eq!((progress.imported, progress.skipped), (last, 0));
    let head = target.head().await;
    assert_eq!((progress.head, head.sequence_number), (head, last));
    assert_ne!(head.epoch, source.head().await.epoch);
    assert_eq!(target.all().await, source.all().await);
    assert_eq!(
        places(&target.store, last - 1).await,
        places(&source.store, last - 1).await
    );
    assert_eq!(target.version("é1").await, source.version("é1").await);
    target.maintain().await;
    let expected = Expectation::Exact(target.version("é1").await);
    let receipt = target
        .append(vec![event("é1", "1")], each(&[("é1", expected)]))
        .await
        .unwrap();
    assert_eq!(
        (receipt.first_sequence_number, receipt.head.epoch),
        (last + 1, head.epoch)
    );
    target.maintain().await;
    source.finish().await;
    target.finish().await;
}

/// An append that was stored before the export is recognised after the import.
pub async fn import_keeps_replays<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    let events = || -> Vec<NewEvent> {
        vec![
            event("a", "1").with_id(event_id(1)),
            event("b", "2").with_id(event_id(2)),
        ]
    };
    fill(&source, 5).await;
    let first = source.add(events()).await;
    fill(&source, 5).await;
    import(&target.store, &export(&source.store, 0, None).await, false)
        .await
        .unwrap();
    target.maintain().await;
    let again = target.add(events()).await;
    assert!(again.replayed);
    assert_eq!(again.first_sequence_number, first.first_sequence_number);
    assert_eq!((again.head, again.versions), (first.head, first.versions));
    assert_eq!(again.durability, target.fixture.durability());
    source.finish().await;
    target.finish().await;
}

/// Importing what is there stores nothing, however often.
pub async fn import_is_idempotent<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    let last = fill(&source, 30).await;
    let lines = export(&source.store, 0, None).await;
    let restored = import(&target.store, &lines, false).await.unwrap().head;
    for round in 0..3 {
        if round == 1 {
            target.maintain().await;
        }
        let progress = import(&target.store, &lines, false).await.unwrap();
        assert_eq!(
            (progress.imported, progress.skipped, progress.head),
            (0, last, restored)
        );
    }
    // Also into the log that it came from.
    let head = source.head().await;
    let progress = import(&source.store, &lines, false).await.unwrap();
    assert_eq!((progress.imported, progress.head), (0, head));
    // And an export of the restored log, changes of epoch included, is one of the same kind.
    let again = export(&target.store, 0, None).await;
    assert_eq!(again.len(), lines.len() + 1);
    let third = Lab::<F>::new().await;
    assert_eq!(import(&third.store, &again, false).await.unwrap().imported, last);
    third.finish().await;
    source.finish().await;
    target.finish().await;
}

/// An import that was interrupted goes on; until it has ended the log takes no appends, in no tab and after no reopening.
pub async fn import_resumes<F: Fixture>() {
    let (source, mut target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    for _ in 0..4 {
        source.add(many(700)).await;
    }
    let lines = export(&source.store, 0, None).await;
    let early = target.another_tab().await;
    assert!(!is_mirror(&early).await);
    import_part(&target.store, &lines[..lines.len() - 2]).await;
    let stored = target.head().await.sequence_number;
    assert!((1..2_800).contains(&stored), "{stored} events stored of 2,800");
    let refused = |result: Result<_, AppendError>| match result {
        Err(AppendError::Storage(error)) => {
            assert_eq!(
                (error.kind, error.outcome),
                (StorageErrorKind::Forbidden, Some(Outcome::NotCommitted))
            );
        }
        other => panic!("expected a refusal, got {other:?}"),
    };
    let attempt = || (vec![event("b", "1")], each(&[("b", Expectation::Any)]));
    let (events, expectations) = attempt();
    refused(early.append(events, expectations).await);
    assert!(is_mirror(&early).await);
    target.reopen().await;
    assert!(is_mirror(&target.store).await);
    let (events, expectations) = attempt();
    refused(target.append(events, expectations).await);
    let (events, expectations) = attempt();
    refused(early.append(events, expectations).await);
    let progress = import(&target.store, &lines, false).await.unwrap();
    assert_eq!(
        (progress.skipped, progress.skipped + progress.imported),
        (stored, 2_800)
    );
    target.maintain().await;
    for store in [&early, &target.store] {
        assert!(!is_mirror(store).await);
        let (events, expectations) = attempt();
        store.append(events, expectations).await.unwrap();
    }
    assert_eq!(target.head().await.sequence_number, 2_802);
    source.finish().await;
    target.finish().await;
}

/// What follows a change of epoch is exported and verified also if it is larger than a page.
pub async fn export_and_verify_pass_a_change_of_epoch<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    source.add(many(2)).await;
    import(&target.store, &export(&source.store, 0, None).await, false)
        .await
        .unwrap();
    let large = format!("\"{}\"", "x".repeat((1 << 20) - 200));
    target.add((0..6).map(|_| event("a", &large)).collect()).await;
    target.add(many(1)).await;
    // A header, the change of epoch, two appends, the end.
    assert_eq!(export(&target.store, 2, None).await.len(), 5);
    let verified = target.store.verify(None).await.unwrap();
    assert_eq!((verified.events, verified.head), (9, target.head().await));
    source.finish().await;
    target.finish().await;
}

/// A mirror follows its source export by export and is the same log all the time.
pub async fn import_continues_a_mirror<F: Fixture>() {
    let (source, mirror) = (Lab::<F>::new().await, Lab::<F>::new().await);
    let mut known = 0;
    for round in 0..4 {
        fill(&source, 9).await;
        let lines = export(&source.store, known, None).await;
        let progress = import(&mirror.store, &lines, true).await.unwrap();
        let head = source.head().await;
        assert_eq!((progress.head, mirror.head().await), (head, head));
        assert_eq!(progress.imported, head.sequence_number - known);
        known = head.sequence_number;
        if round == 1 {
            mirror.maintain().await;
        }
        // Nothing new.
        let nothing = export(&source.store, known, None).await;
        assert_eq!(nothing.len(), 2);
        assert_eq!(import(&mirror.store, &nothing, true).await.unwrap().imported, 0);
    }
    assert_eq!(mirror.all().await, source.all().await);
    source.finish().await;
    mirror.finish().await;
}

/// Another tab that has the empty log open sees what is restored.
pub async fn import_reaches_other_tabs<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    fill(&source, 20).await;
    let other = target.another_tab().await;
    assert_eq!(other.head().await.unwrap().sequence_number, 0);
    import(&target.store, &export(&source.store, 0, None).await, false)
        .await
        .unwrap();
    other.storage().changed(0).await.unwrap();
    assert_eq!(other.head().await.unwrap(), target.head().await);
    assert_eq!(
        read_all(&other, &EventFilter::default(), 7).await.unwrap(),
        source.all().await
    );
    let receipt = other
        .append(vec![event("x", "1")], each(&[("x", Expectation::Exact(0))]))
        .await;
    assert_eq!(receipt.unwrap().head, target.head().await);
    source.finish().await;
    target.finish().await;
}

/// A log takes only what continues its own chain; the first sequence number that differs is named, and nothing is stored.
pub async fn import_refuses_another_history<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    let last = fill(&source, 20).await;
    let lines = export(&source.store, 0, None).await;
    // A log of its own.
    let stranger = Lab::<F>::new().await;
    fill(&stranger, 1).await;
    let error = failed(import(&stranger.store, &lines, false).await);
    assert_eq!(
        (error.kind, error.sequence_number),
        (StorageErrorKind::LogDiverged, Some(1))
    );
    // The same log up to a place, and then two histories.
    import(&target.store, &lines, false).await.unwrap();
    target.add(vec![event("t", "1"), event("t", "2")]).await;
    source.add(vec![event("s", "1")]).await;
    let head = target.head().await;
    let error = failed(import(&target.store, &export(&source.store, 0, None).await, false).await);
    assert_eq!(
        (error.kind, error.sequence_number),
        (StorageErrorKind::LogDiverged, Some(last + 1))
    );
    // A gap.
    let late = export(&source.store, last, None).await;
    let empty = Lab::<F>::new().await;
    let error = failed(import(&empty.store, &late, false).await);
    assert_eq!(
        (error.kind, error.sequence_number),
        (StorageErrorKind::LogDiverged, Some(1))
    );
    for (lab, events) in [(&stranger, 1), (&target, head.sequence_number), (&empty, 0)] {
        assert_eq!(lab.head().await.sequence_number, events);
    }
    assert_eq!(target.head().await, head);
    for lab in [source, target, stranger, empty] {
        lab.finish().await;
    }
}

/// An export begins and ends between appends.
pub async fn export_is_cut_between_appends<F: Fixture>() {
    let lab = Lab::<F>::new().await;
    for _ in 0..5 {
        lab.add(many(3)).await;
    }
    lab.maintain().await;
    let firsts = |lines: &[String]| -> Vec<u64> {
        let number = |line: &String| {
            line.strip_prefix("{\"firstSequenceNumber\":")?
                .split(',')
                .next()?
                .parse()
                .ok()
        };
        lines.iter().filter_map(number).collect()
    };
    for (after, to, expected) in [
        (0, None, vec![1, 1, 4, 7, 10, 13]),
        (3, None, vec![4, 7, 10, 13]),
        (4, None, vec![4, 7, 10, 13]),
        (5, Some(11), vec![4, 7]),
        (6, Some(12), vec![7, 10]),
        (15, None, vec![]),
        (0, Some(2), vec![1]),
    ] {
        let lines = export(&lab.store, after, to).await;
        assert_eq!(firsts(&lines), expected, "after {after} to {to:?}");
        assert!(lines[0].starts_with("{\"foldlogExport\":1,\"after\":"));
        assert!(lines.last().unwrap().starts_with("{\"end\":{\"epoch\""));
    }
    let error = lab.store.export(16, None).page().await.unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::LogRewound);
    lab.finish().await;
}

/// Heads that were kept before the restore prove the history up to them, also the last one, after which a new epoch has begun. What
/// the original log stored after its export is not in the restored one.
pub async fn import_changes_the_epoch<F: Fixture>() {
    let (source, target) = (Lab::<F>::new().await, Lab::<F>::new().await);
    let last = fill(&source, 10).await;
    let lines = export(&source.store, 0, None).await;
    let (kept, inside) = (source.head().await, source.store.place(last - 3).await.unwrap());
    source.add(vec![event("s", "1")]).await;
    let later = source.head().await;
    import(&target.store, &lines, false).await.unwrap();
    for round in 0..3 {
        target.store.verify(inside).await.unwrap();
        target.store.verify(Some(kept)).await.unwrap();
        let told = match target.store.verify(Some(later)).await {
            Err(VerifyError::Storage(error)) => error.kind,
            other => panic!("expected a lost place, got {other:?}"),
        };
        let expected = [StorageErrorKind::LogRewound, StorageErrorKind::EpochChanged];
        assert_eq!(told, expected[usize::from(round > 0)]);
        // Then with something after the new epoch, and then with all of that sealed.
        target.add(vec![event("t", "1")]).await;
        if round == 1 {
            target.maintain().await;
        }
    }
    let began = target.store.place(last).await.unwrap().unwrap();
    assert_eq!((began.epoch, began.sequence_number), (target.head().await.epoch, last));
    assert_ne!(began.epoch, kept.epoch);
    assert_eq!(target.store.verify(Some(began)).await.unwrap().events, 3);
    source.finish().await;
    target.finish().await;
}
