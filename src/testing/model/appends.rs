use super::{naive::Verdict, run::Run};
use crate::{
    core::{
        append::{AppendRejection, GivenExpectations, Receipt},
        event::NewEvent,
        read::EventFilter,
    },
    environment::Environment,
    storage::AppendError,
    testing::{Fixture, join_all, read_all},
};

impl<F: Fixture> Run<F> {
    pub(super) async fn append_at_once(&mut self) {
        let count = 2 + self.choice.random.below(5);
        let appends = (0..count).map(|_| self.choice.append(&self.log)).collect();
        self.append(appends).await;
    }

    /// Sends appends from one tab without waiting in between; the model does them one after the other.
    pub(super) async fn append(&mut self, appends: Vec<(Vec<NewEvent>, GivenExpectations)>) {
        let tab = self.tab();
        let sent: Vec<_> = appends
            .iter()
            .map(|(events, given)| tab.append(events.clone(), given.clone()))
            .collect();
        let now = self.environment.now().millis();
        for ((events, given), result) in appends.iter().zip(join_all(sent).await) {
            let verdict = self.log.judge(events, given);
            self.compare(events, &verdict, result, now).await;
        }
    }

    async fn compare(
        &mut self,
        events: &[NewEvent],
        verdict: &Verdict,
        result: Result<Receipt, AppendError>,
        now: i64,
    ) {
        let found = match &result {
            Ok(receipt) if !receipt.replayed => {
                assert_eq!(*verdict, Verdict::Stored, "it was stored");
                self.store(events, receipt.clone(), now).await;
                return;
            }
            Ok(receipt) => {
                let original = self
                    .receipts
                    .iter()
                    .position(|original| original.head == receipt.head)
                    .unwrap();
                assert_eq!(
                    Receipt {
                        replayed: false,
                        ..receipt.clone()
                    },
                    self.receipts[original]
                );
                Verdict::Replayed(original)
            }
            Err(AppendError::Rejected(AppendRejection::DuplicateEvent {
                event_id,
                sequence_number,
            })) => Verdict::Duplicate(*event_id, *sequence_number),
            Err(AppendError::Rejected(AppendRejection::AggregateTypeMismatch { aggregate_id, .. })) => {
                Verdict::OtherType(aggregate_id.to_string())
            }
            Err(AppendError::Rejected(AppendRejection::ConcurrencyConflict(conflicts))) => {
                let all = conflicts
                    .iter()
                    .map(|conflict| (conflict.aggregate_id.to_string(), conflict.actual));
                Verdict::Conflicts(all.collect())
            }
            // Two types for one aggregate in one append are refused before the log is looked at.
            Err(AppendError::Invalid(invalid)) => {
                assert!(invalid.field.ends_with(".aggregateType"), "{invalid}");
                return;
            }
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!(found, *verdict);
    }

    async fn store(&mut self, events: &[NewEvent], receipt: Receipt, now: i64) {
        let first = self.log.events.len() as u64 + 1;
        assert_eq!(receipt.first_sequence_number, first);
        assert_eq!(receipt.last_sequence_number, first + events.len() as u64 - 1);
        assert_eq!(receipt.durability, self.fixture.durability());
        let tab = self.tab();
        let bounds = EventFilter {
            from_sequence: Some(first),
            to_sequence: Some(receipt.last_sequence_number),
            ..EventFilter::default()
        };
        let ids: Vec<_> = read_all(&tab, &bounds, 100)
            .await
            .unwrap()
            .iter()
            .map(|event| event.content.id)
            .collect();
        assert_eq!(ids.len(), events.len());
        self.log.store(events, &ids, now);
        for (id, version) in &receipt.versions {
            assert_eq!(*version, self.log.version(id.as_str()));
        }
        self.receipts.push(receipt);
    }
}
