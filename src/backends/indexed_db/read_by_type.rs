//! Reading the events of some types from their copies, then from the tail.

use js_sys::Array;

use super::{
    log::Log,
    port::{Transaction, array, as_f64, list, string},
    read::{Tail, start, tail_of, take_tail},
    record_with::RecordWith,
    schema,
    sealed::Sealed,
    trouble::damage_error,
    work::{ReadPage, Work},
};
use crate::{
    core::{
        event::RecordedEvent,
        read::{EventFilter, EventPage, OneOf, PageBuilder},
        record::{DamagedRecord, Excerpt},
        sorted,
    },
    storage::{ReadEvents, StorageError},
};

/// How many copies of all types together one step reads.
const COPIES: u32 = 8;

/// Reads a page of the events of the filter's types.
pub(super) struct ByType {
    request: ReadEvents,
    /// Where it begins.
    begin: u64,
    position: u64,
    newest: f64,
    /// How far the log was sealed when the transaction began.
    sealed_to: u64,
    builder: PageBuilder,
    /// The search for the place of the position, if the page has to tell it.
    place: Option<RecordWith>,
    done: Option<bool>,
}

impl ByType {
    pub(super) fn new(request: ReadEvents) -> Self {
        let (after, position) = start(&request);
        Self {
            builder: PageBuilder::new(request.limits, after),
            request,
            begin: position,
            position,
            newest: 0.0,
            sealed_to: 0,
            place: None,
            done: None,
        }
    }
}

impl Work for ByType {
    fn next(&mut self, log: &Log) -> Result<Option<Transaction>, StorageError> {
        if let Some(place) = &mut self.place {
            if let Some(transaction) = place.next(log)? {
                return Ok(Some(transaction));
            }
            match place.place() {
                Some(place) => self.builder.advance_to(place),
                None => self.builder.advance(self.position),
            }
            self.place = None;
        }
        if self.done.is_some() {
            return Ok(None);
        }
        (self.newest, self.sealed_to) = (log.newest_key(), log.sealed_to());
        let ranges = Array::new();
        for event_type in self.request.filter.event_types.iter().flatten() {
            let lower = schema::type_key(event_type, self.position + 1);
            ranges.push(&list(&[lower.into(), format!("{event_type}\u{1}").into()]));
        }
        let after = as_f64(self.position);
        Ok(Some(Transaction::read_types(ranges, self.copies(), after, self.newest)))
    }

    fn take(&mut self, log: &Log, answer: &Array) -> Result<(), StorageError> {
        if let Some(place) = &mut self.place {
            return place.take(log, answer);
        }
        let step = self.read_step(log, answer)?;
        let filter = &self.request.filter;
        let went_through = step.push_into(filter, &mut self.position, &mut self.builder)?;
        if went_through && self.position >= step.sealed_to {
            let is_unreadable = |tail: &Tail| tail.damage.is_some() && tail.records.is_empty();
            if step.tail.as_ref().is_some_and(is_unreadable) && self.position > self.begin {
                // The page ends here, and the next one begins with the damage.
                self.end_at_position();
                return Ok(());
            }
            // Without the tail it is asked again, with nothing left to read from the copies.
            if let Some(tail) = step.tail {
                self.done = Some(take_tail(&tail, filter, self.position, self.begin, &mut self.builder)?);
            }
            return Ok(());
        }
        if went_through {
            self.note_position();
        } else {
            self.end_at_position();
        }
        Ok(())
    }
}

impl ReadPage for ByType {
    fn page(self: Box<Self>) -> EventPage {
        self.builder.finish(self.done == Some(true))
    }
}

/// Some copies, the position up to which they are complete, how far copies go at all, and the tail.
struct Step {
    excerpts: Vec<Excerpt>,
    complete_to: u64,
    sealed_to: u64,
    tail: Option<Tail>,
}

impl ByType {
    /// Makes the page say that it has come to the position.
    fn note_position(&mut self) {
        if self.request.with_place {
            self.place = Some(RecordWith::new(self.position));
        } else {
            self.builder.advance(self.position);
        }
    }

    /// Ends the page; there is more after the position.
    fn end_at_position(&mut self) {
        self.note_position();
        self.done = Some(false);
    }

    /// How many copies of one type a step reads.
    fn copies(&self) -> u32 {
        let types = self.request.filter.event_types.as_ref().map_or(1, OneOf::len);
        (COPIES / u32::try_from(types).unwrap_or(COPIES).max(1)).max(1)
    }

    fn read_step(&self, log: &Log, answer: &Array) -> Result<Step, StorageError> {
        let position = self.position;
        let (_, to) = self.request.filter.sequence_bounds();
        // Where the note is lost nothing is sealed any more, so that it is as far as was known.
        let noted = Sealed::read(&answer.get(0));
        let sealed_to = noted.map_or(0, |sealed| sealed.to).max(self.sealed_to);
        let mut step = Step {
            excerpts: Vec::new(),
            complete_to: sealed_to.min(to),
            sealed_to: sealed_to.min(to),
            tail: tail_of(log, &answer.get(2), self.newest, position.max(sealed_to)),
        };
        let limit = self.copies();
        for copies in array(answer.get(1)).iter() {
            let copies = array(copies);
            let (keys, values) = (array(copies.get(0)), array(copies.get(1)));
            if values.length() == limit {
                let last = string(&keys.get(limit - 1)).and_then(|key| schema::read_type_key(&key));
                step.complete_to = step.complete_to.min(last.unwrap_or(position));
            }
            for (key, value) in keys.iter().zip(values.iter()) {
                let excerpt = schema::read_excerpt(&value, position + 1)?;
                let key = string(&key).and_then(|key| schema::read_type_key(&key));
                if excerpt.entries().last().map(|last| last.sequence_number) != key {
                    let damage = DamagedRecord::new("the copy stands under the key of another one");
                    return Err(damage_error(position + 1, &damage));
                }
                step.excerpts.push(excerpt);
            }
        }
        Ok(step)
    }
}

impl Step {
    /// Adds what matches, in the order of the log. True if all that is complete was added.
    fn push_into(
        &self,
        filter: &EventFilter,
        position: &mut u64,
        builder: &mut PageBuilder,
    ) -> Result<bool, StorageError> {
        let mut places: Vec<(u64, usize, usize)> = Vec::new();
        for (of, excerpt) in self.excerpts.iter().enumerate() {
            for (index, entry) in excerpt.entries().iter().enumerate() {
                if entry.sequence_number > *position && entry.sequence_number <= self.complete_to {
                    places.push((entry.sequence_number, of, index));
                }
            }
        }
        for (sequence_number, of, index) in sorted(places) {
            let excerpt = &self.excerpts[of];
            let text = excerpt.event_text(index);
            if !filter.has_only_types() {
                let event = RecordedEvent::read_json(text)
                    .map_err(|reason| damage_error(sequence_number, &DamagedRecord::new(reason)))?;
                if !filter.matches(&event) {
                    continue;
                }
            }
            if builder.is_full() {
                *position = sequence_number - 1;
                return Ok(false);
            }
            builder.push_text(text, sequence_number, excerpt.entries()[index].aggregate_version);
        }
        *position = (*position).max(self.complete_to);
        Ok(true)
    }
}
