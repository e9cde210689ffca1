use super::run::Run;
use crate::{
    core::{
        Head, JsonText,
        append::Receipt,
        read::{EventFilter, PageLimits},
    },
    engine::SubscribeFrom,
    storage::{ReadAggregate, ReadEvents},
    testing::{Fixture, aggregate_id, read_all, reducer},
};

impl<F: Fixture> Run<F> {
    pub(super) async fn read(&mut self) {
        let (tab, filter) = (self.tab(), self.choice.filter(&self.log));
        let due = self.log.matching(&filter);
        let page_events = 1 + self.choice.random.index(40);
        let found = read_all(&tab, &filter, page_events).await.unwrap();
        let numbers: Vec<_> = found.iter().map(|event| event.sequence_number).collect();
        assert_eq!(numbers, due, "{filter:?}");
        for event in &found {
            let place = usize::try_from(event.sequence_number - 1).unwrap();
            assert!(self.log.events[place].is(event.sequence_number, event), "{event:?}");
        }
        let from =
            Some(self.choice.random.below(self.log.events.len() as u64 + 2)).filter(|_| self.choice.random.one_in(2));
        let request = ReadEvents {
            filter,
            from,
            backward: true,
            limits: PageLimits {
                events: page_events,
                ..PageLimits::default()
            },
            ..ReadEvents::default()
        };
        let page = tab.read_events(request).await.unwrap();
        let numbers: Vec<_> = page.entries().iter().map(|entry| entry.sequence_number).collect();
        let mut backward = due
            .into_iter()
            .rev()
            .filter(|number| from.is_none_or(|from| *number < from));
        let first: Vec<_> = backward.by_ref().take(page_events).collect();
        assert_eq!(numbers, first);
        assert!(!page.done || backward.next().is_none());
    }

    pub(super) async fn read_aggregate(&mut self) {
        let (tab, aggregate) = (self.tab(), self.choice.aggregate());
        let version = self.log.version(&aggregate);
        assert_eq!(tab.aggregate_version(&aggregate_id(&aggregate)).await.unwrap(), version);
        let from = self.choice.random.below(version + 3);
        let to = self
            .choice
            .random
            .one_in(2)
            .then(|| self.choice.random.below(version + 3));
        let request = ReadAggregate {
            id: aggregate_id(&aggregate),
            from_version: from,
            to_version: to,
            limits: PageLimits {
                events: 100_000,
                ..PageLimits::default()
            },
        };
        let page = tab.read_aggregate(request).await.unwrap();
        let ids: Vec<_> = page.events().unwrap().iter().map(|event| event.content.id).collect();
        let range = from..=to.unwrap_or(u64::MAX);
        let due: Vec<_> = self
            .log
            .of(&aggregate)
            .filter(|event| range.contains(&event.version))
            .map(|event| event.id)
            .collect();
        assert_eq!((ids, page.done), (due, true));
    }

    pub(super) async fn look_up(&mut self) {
        let tab = self.tab();
        let number = self.choice.random.below(self.log.events.len() as u64 + 2);
        let place = tab.place(number).await.unwrap();
        let event = usize::try_from(number)
            .ok()
            .and_then(|number| self.log.events.get(number.checked_sub(1)?));
        if let Some(event) = event {
            let receipt = &self.receipts[event.append];
            assert_eq!(
                place,
                Some(Head {
                    sequence_number: number,
                    ..receipt.head
                })
            );
            let found = tab.find_append(event.id).await.unwrap();
            assert_eq!(
                found,
                Some(Receipt {
                    replayed: true,
                    ..receipt.clone()
                })
            );
        } else {
            assert_eq!(place.is_some(), number == 0);
        }
    }

    pub(super) async fn snapshot(&mut self) {
        let (tab, aggregate, reducer) = (self.tab(), self.choice.aggregate(), reducer("r"));
        let id = aggregate_id(&aggregate);
        if self.choice.random.one_in(8) {
            tab.delete_snapshot(&id, &reducer).await.unwrap();
            self.snapshots.remove(&aggregate);
        } else if let Some(event) = self.log.of(&aggregate).next() {
            let version = self.choice.random.below(self.log.version(&aggregate) + 2);
            let data = self.choice.random.number().to_string();
            let json = JsonText::parse(&data).unwrap();
            let made = tab
                .create_snapshot(&id, &event.given.aggregate_type, version, json, &reducer)
                .await;
            assert_eq!(made.is_ok(), (1..=self.log.version(&aggregate)).contains(&version));
            let newer = self.snapshots.get(&aggregate).is_some_and(|(kept, _)| *kept > version);
            if made.is_ok() && !newer {
                self.snapshots.insert(aggregate.clone(), (version, data));
            }
        }
        let found = self.tab().snapshot(&id, &reducer).await.unwrap();
        let found = found.map(|snapshot| (snapshot.aggregate_version, snapshot.data.as_str().to_owned()));
        assert_eq!(found.as_ref(), self.snapshots.get(&aggregate));
    }

    /// Takes up the subscription where it was left, perhaps in another tab, and reads a few batches.
    pub(super) async fn subscribe(&mut self) {
        let tab = self.tab();
        let from = self.cursor.map_or(SubscribeFrom::Sequence(0), SubscribeFrom::Cursor);
        let subscription = tab.subscribe(EventFilter::default(), from).await.unwrap();
        let mut position = self.cursor.map_or(0, |cursor| cursor.sequence_number);
        for _ in 0..self.choice.random.below(4) {
            let batch = subscription
                .next(1 + self.choice.random.index(30))
                .await
                .unwrap()
                .unwrap();
            for event in batch.page.events().unwrap() {
                position += 1;
                assert!(self.log.events[usize::try_from(position - 1).unwrap()].is(position, &event));
            }
            assert_eq!(batch.cursor.sequence_number, position);
            assert_eq!(batch.caught_up, position == self.log.events.len() as u64);
            self.cursor = Some(batch.cursor);
            if batch.caught_up {
                break;
            }
        }
    }
}
