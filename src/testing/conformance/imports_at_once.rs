use super::{
    Lab, event,
    exports::{export, failed, fill, import, import_part},
};
use crate::{
    core::{Head, event::NewEvent},
    engine::{EventStore, Import, ImportProgress},
    storage::{Storage, StorageErrorKind},
    testing::{Fixture, Random, join_all},
};

/// Events of one append: several of them make a piece that is stored, so that pieces may end at different appends.
const BATCH: usize = 170;

fn batch(aggregate: &str) -> Vec<NewEvent> {
    (0..BATCH).map(|at| event(aggregate, &at.to_string())).collect()
}

/// A log of so many appends and its export, ready to be imported into another one.
async fn source<F: Fixture>(appends: usize) -> (Lab<F>, Vec<String>) {
    let source = Lab::<F>::new().await;
    for at in 0..appends {
        source.add(batch(&format!("a{}", at % 3))).await;
    }
    let lines = export(&source.store, 0, None).await;
    (source, lines)
}

/// The log holds all of the export, one change of epoch behind it, and takes appends.
async fn assert_restored<F: Fixture>(target: &Lab<F>, lines: &[String]) {
    let restored = export(&target.store, 0, None).await;
    let (end, content) = lines.split_last().unwrap();
    assert!(end.starts_with("{\"end\""));
    assert!(
        restored[..content.len()] == *content,
        "the log is not what was exported"
    );
    assert_eq!(restored.len(), lines.len() + 1, "one change of epoch follows");
    target.add(vec![event("later", "1")]).await;
}

/// An import that is taken line by line.
struct Runner<S> {
    store: EventStore<S>,
    import: Option<Import<S>>,
    pushed: usize,
    done: Option<ImportProgress>,
}

impl<S: Storage> Runner<S> {
    fn new(store: EventStore<S>) -> Self {
        Self {
            store,
            import: None,
            pushed: 0,
            done: None,
        }
    }

    async fn step(&mut self, lines: &[String]) {
        if self.done.is_some() {
            return;
        }
        let Some(import) = &mut self.import else {
            self.import = Some(self.store.import().await.unwrap());
            return;
        };
        if let Some(line) = lines.get(self.pushed) {
            self.pushed += 1;
            import.push(line).await.unwrap();
        } else if let Some(mut import) = self.import.take() {
            self.done = Some(import.finish(false).await.unwrap());
        }
    }
}

/// What one import stores in the middle of another one's piece counts as skipped there, and both go on from the log's end.
pub async fn import_goes_on_where_it_was_overtaken<F: Fixture>() {
    let (source, lines) = source::<F>(12).await;
    let (target, total) = (Lab::<F>::new().await, source.head().await.sequence_number);
    let batch = BATCH as u64;
    let mut first = target.store.import().await.unwrap();
    // The header, genesis and two appends: read, not stored yet.
    for line in &lines[..4] {
        first.push(line).await.unwrap();
    }
    let other = target.another_tab().await;
    let part = export(&source.store, 0, Some(3 * batch)).await;
    assert_eq!(import(&other, &part, true).await.unwrap().imported, 3 * batch);
    // Another one stands at the end of that; its piece ends three appends behind the first one's.
    let mut second = other.import().await.unwrap();
    for line in &lines[..8] {
        second.push(line).await.unwrap();
    }
    assert_eq!(second.progress().skipped, 3 * batch);
    for line in &lines[4..] {
        first.push(line).await.unwrap();
    }
    assert_eq!(first.progress().skipped, 3 * batch);
    let stored = target.head().await.sequence_number;
    assert!(
        (3 * batch + 1..total).contains(&stored),
        "{stored} of {total} events stored"
    );
    for line in &lines[8..] {
        second.push(line).await.unwrap();
    }
    let (first, second) = (first.finish(false).await.unwrap(), second.finish(false).await.unwrap());
    let imported = first.imported + second.imported;
    assert!(
        imported == total - 3 * batch || !target.fixture.knows_who_stored(),
        "{imported}"
    );
    assert_eq!(
        (first.imported + first.skipped, second.imported + second.skipped),
        (total, total)
    );
    let head = target.head().await;
    assert_eq!((first.head, second.head), (head, head));
    assert_restored(&target, &lines).await;
    source.finish().await;
    target.finish().await;
}

/// However imports of the same export come between each other, each succeeds, and each event is stored by one of them.
pub async fn imports_of_one_export_at_once_succeed<F: Fixture>() {
    let (source, lines) = source::<F>(12).await;
    let total = source.head().await.sequence_number;
    for seed in 0..3 {
        let target = Lab::<F>::new().await;
        let stores = [
            target.store.clone(),
            target.another_tab().await,
            target.another_tab().await,
        ];
        let mut random = Random::new(seed);
        let mut runners: Vec<_> = stores.into_iter().map(Runner::new).collect();
        if seed == 0 {
            let each = runners.iter_mut().map(async |runner| {
                while runner.done.is_none() {
                    runner.step(&lines).await;
                }
            });
            join_all(each).await;
        }
        while runners.iter().any(|runner| runner.done.is_none()) {
            let at = random.index(runners.len());
            // Some lines at a time, so that one is now and then far ahead of another.
            for _ in 0..=random.below(9) {
                runners[at].step(&lines).await;
            }
        }
        let progress: Vec<_> = runners.iter().filter_map(|runner| runner.done).collect();
        let head = target.head().await;
        for each in &progress {
            assert_eq!((each.imported + each.skipped, each.head), (total, head), "seed {seed}");
        }
        let imported: u64 = progress.iter().map(|each| each.imported).sum();
        assert!(
            imported == total || !target.fixture.knows_who_stored(),
            "{imported}, seed {seed}"
        );
        assert_restored(&target, &lines).await;
        target.finish().await;
    }
    source.finish().await;
}

/// Overtaken by another history: the first sequence number that differs is named, and what the other one stored stays.
pub async fn import_overtaken_by_another_history_is_refused<F: Fixture>() {
    let (source, common) = source::<F>(3).await;
    let fork = Lab::<F>::new().await;
    import(&fork.store, &common, false).await.unwrap();
    let shared = source.head().await.sequence_number;
    for lab in [&source, &fork] {
        for _ in 0..9 {
            lab.add(batch("b")).await;
        }
    }
    let (ours, theirs) = (export(&source.store, 0, None).await, export(&fork.store, 0, None).await);
    // Two histories with a common beginning, and none of it in the log when either import began.
    let target = Lab::<F>::new().await;
    let other = target.another_tab().await;
    let mut overtaken = target.store.import().await.unwrap();
    for line in &ours[..5] {
        overtaken.push(line).await.unwrap();
    }
    let head = import(&other, &theirs, false).await.unwrap().head;
    let pushed = async {
        for line in &ours[5..] {
            overtaken.push(line).await?;
        }
        overtaken.finish(false).await
    };
    let error = failed(pushed.await);
    assert_eq!(
        (error.kind, error.sequence_number),
        (StorageErrorKind::LogDiverged, Some(shared + 1))
    );
    assert_eq!(target.head().await, head);
    for lab in [source, fork, target] {
        lab.finish().await;
    }
}

/// Of restores that end at once one begins the new epoch, and all are told of it. A restore that ends while another one is still behind
/// it in the file begins its epoch where the log ends by then, as it would if the other one had been interrupted there.
pub async fn imports_that_end_at_once_begin_one_epoch<F: Fixture>() {
    let (source, lines) = source::<F>(12).await;
    for together in [false, true] {
        let target = Lab::<F>::new().await;
        let stores = [target.store.clone(), target.another_tab().await];
        let mut imports = Vec::new();
        for store in &stores {
            let mut import = store.import().await.unwrap();
            for line in &lines {
                import.push(line).await.unwrap();
            }
            imports.push(import);
        }
        let mut heads: Vec<Head> = Vec::new();
        if together {
            let ends = imports.into_iter().map(async |mut import| import.finish(false).await);
            heads.extend(join_all(ends).await.into_iter().map(|end| end.unwrap().head));
        } else {
            for mut import in imports {
                heads.push(import.finish(false).await.unwrap().head);
            }
        }
        let head = target.head().await;
        assert_eq!(heads, [head, head]);
        assert_restored(&target, &lines).await;
        target.finish().await;
    }
    let target = Lab::<F>::new().await;
    let (short, batch) = (export(&source.store, 0, Some(3 * BATCH as u64)).await, BATCH as u64);
    let mut shorter = target.store.import().await.unwrap();
    for line in &short {
        shorter.push(line).await.unwrap();
    }
    import_part(&target.another_tab().await, &lines[..lines.len() - 2]).await;
    let mut longer = target.another_tab().await.import().await.unwrap();
    let there = target.head().await.sequence_number;
    assert!(there > 3 * batch && there < 12 * batch, "{there} events stored");
    for line in &lines[..lines.len() - 2] {
        longer.push(line).await.unwrap();
    }
    let ended = shorter.finish(false).await.unwrap();
    assert_eq!((ended.imported, ended.skipped), (0, 3 * batch));
    assert_eq!((ended.head, ended.head.sequence_number), (target.head().await, there));
    target.add(vec![event("later", "1")]).await;
    let pushed = async {
        longer.push(&lines[lines.len() - 2]).await?;
        longer.push(&lines[lines.len() - 1]).await?;
        longer.finish(false).await
    };
    let error = failed(pushed.await);
    assert_eq!(
        (error.kind, error.sequence_number),
        (StorageErrorKind::LogDiverged, Some(there + 1))
    );
    fill(&target, 3).await;
    source.finish().await;
    target.finish().await;
}
