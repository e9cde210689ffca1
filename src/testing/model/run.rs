use std::{collections::HashMap, sync::Arc, time::Duration};

use super::{choice::Choice, naive::NaiveLog};
use crate::{
    core::{Cursor, Limits, Timestamp, append::Receipt, read::EventFilter},
    engine::EventStore,
    environment::Environment,
    testing::{Fixture, TestEnvironment, read_all},
};

/// Runs `steps` random operations that follow from `seed`, and panics at the first result that the model does not give.
pub async fn run<F: Fixture>(seed: u64, steps: u64) {
    let fixture = F::new().await;
    let environment = fixture.environment();
    let mut run = Run::<F> {
        choice: Choice::new(seed),
        tabs: Vec::new(),
        log: NaiveLog {
            began: environment.now().millis(),
            events: Vec::new(),
        },
        receipts: Vec::new(),
        snapshots: HashMap::new(),
        cursor: None,
        fixture,
        environment,
    };
    run.open_tab().await;
    for step in 0..steps {
        run.step().await;
        if step % 500 == 499 {
            run.check_all().await;
        }
    }
    run.check_all().await;
    for tab in run.tabs {
        tab.close().await;
    }
    run.fixture.remove().await;
}

pub(super) struct Run<F: Fixture> {
    pub(super) fixture: F,
    pub(super) environment: Arc<TestEnvironment>,
    tabs: Vec<EventStore<F::Storage>>,
    pub(super) choice: Choice,
    pub(super) log: NaiveLog,
    /// The receipt of each append.
    pub(super) receipts: Vec<Receipt>,
    pub(super) snapshots: HashMap<String, (u64, String)>,
    /// Where the subscription has come to; none at the beginning of the log.
    pub(super) cursor: Option<Cursor>,
}

impl<F: Fixture> Run<F> {
    async fn step(&mut self) {
        match self.choice.random.below(100) {
            0..40 => {
                let append = self.choice.append(&self.log);
                self.append(vec![append]).await;
            }
            40..52 => {
                if let Some(append) = self.choice.repetition(&self.log) {
                    self.append(vec![append]).await;
                }
            }
            52..60 => self.append_at_once().await,
            60..72 => self.read().await,
            72..78 => self.read_aggregate().await,
            78..83 => self.look_up().await,
            83..89 => self.snapshot().await,
            89..94 => self.subscribe().await,
            94..96 => self.open_or_close().await,
            96..98 => self.move_clock(),
            _ => {
                let tab = self.tab();
                self.fixture.maintain(tab.storage()).await;
            }
        }
    }

    pub(super) fn tab(&mut self) -> EventStore<F::Storage> {
        self.tabs[self.choice.random.index(self.tabs.len())].clone()
    }

    /// Mostly forward; clocks are set back too.
    fn move_clock(&mut self) {
        self.environment
            .advance(Duration::from_millis(self.choice.random.below(5_000)));
        if self.choice.random.one_in(4) {
            let back = self.environment.now().millis() - 10_000;
            self.environment.set(Timestamp::from_millis(back));
        }
    }

    async fn open_tab(&mut self) {
        let storage = self.fixture.open().await.unwrap();
        self.tabs
            .push(EventStore::new(storage, self.environment.clone(), Limits::default()));
    }

    async fn open_or_close(&mut self) {
        if self.tabs.len() < 3 {
            self.open_tab().await;
        } else {
            let at = self.choice.random.index(3);
            self.tabs.swap_remove(at).close().await;
        }
    }

    async fn check_all(&mut self) {
        let tab = self.tab();
        let all = read_all(&tab, &EventFilter::default(), 333).await.unwrap();
        assert_eq!(all.len(), self.log.events.len());
        assert!(
            self.log
                .events
                .iter()
                .zip(1..)
                .zip(&all)
                .all(|((event, number), read)| event.is(number, read))
        );
        let verified = tab.verify(None).await.unwrap();
        assert_eq!(
            (verified.events, verified.appends),
            (all.len() as u64, self.receipts.len() as u64)
        );
        assert_eq!(
            Some(verified.head),
            self.receipts
                .last()
                .map(|receipt| receipt.head)
                .or(Some(tab.head().await.unwrap()))
        );
    }
}
