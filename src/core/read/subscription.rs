use super::{EventFilter, EventPage};
use crate::core::{Cursor, Head};

/// A subscription as a machine without IO: catch-up, then live, each matching event once and in order.
///
/// The driver does what [`Subscription::poll_output`] asks for and reports back with [`Subscription::handle_page`] and
/// [`Subscription::handle_change`]. Events come from reads of the log only; that something changed is a hint, so that a lost hint
/// costs time and never an event.
///
/// ```
/// use foldlog::core::read::{EventFilter, Subscription, SubscriptionOutput};
/// # use foldlog::core::{Epoch, Head, Link};
/// # let place = Head { epoch: Epoch::from_random([0; 16]), sequence_number: 7, link: Link::NONE };
/// let mut subscription = Subscription::new(EventFilter::default(), place);
/// assert_eq!(subscription.poll_output(), SubscriptionOutput::Fetch { after: 7 });
/// ```
#[derive(Clone, Debug)]
pub struct Subscription {
    filter: EventFilter,
    place: Head,
    phase: Phase,
    caught_up: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Reading,
    Waiting,
    Ended,
}

/// What the driver is to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubscriptionOutput {
    /// Read a page of matching events after this position and hand it to [`Subscription::handle_page`].
    Fetch {
        /// The exclusive position.
        after: u64,
    },
    /// Wait until the log may hold more than this, then call [`Subscription::handle_change`].
    Wait {
        /// The position that the subscription has reached.
        after: u64,
    },
    /// Stop.
    End,
}

/// What a consumer gets: events, or only news of the position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionBatch {
    /// Matching events, in order; perhaps none.
    pub page: EventPage,
    /// Where to resume after this batch.
    pub cursor: Cursor,
    /// Whether the subscription has seen all that the log held.
    pub caught_up: bool,
}

impl Subscription {
    /// A subscription to what matches `filter` after `place`.
    pub fn new(filter: EventFilter, place: Head) -> Self {
        Self {
            filter,
            place,
            phase: Phase::Reading,
            caught_up: false,
        }
    }

    /// What it is subscribed to.
    pub fn filter(&self) -> &EventFilter {
        &self.filter
    }

    /// Where it stands: all before was delivered or does not match.
    pub fn place(&self) -> Head {
        self.place
    }

    /// Whether it has seen all that the log held when it was last read.
    pub fn caught_up(&self) -> bool {
        self.caught_up
    }

    /// What the driver is to do next; the same until an input changes it.
    pub fn poll_output(&self) -> SubscriptionOutput {
        let after = self.place.sequence_number;
        match self.phase {
            Phase::Reading => SubscriptionOutput::Fetch { after },
            Phase::Waiting => SubscriptionOutput::Wait { after },
            Phase::Ended => SubscriptionOutput::End,
        }
    }

    /// Takes the page that was asked for; returns what to deliver, if there is news.
    pub fn handle_page(&mut self, page: EventPage) -> Option<SubscriptionBatch> {
        if self.phase == Phase::Ended {
            return None;
        }
        let moved = page
            .place
            .filter(|place| place.sequence_number > self.place.sequence_number);
        let news = moved.is_some() || page.done && !self.caught_up;
        if let Some(place) = moved {
            self.place = place;
        }
        self.caught_up = page.done;
        self.phase = if page.done { Phase::Waiting } else { Phase::Reading };
        news.then_some(SubscriptionBatch {
            page,
            cursor: self.place,
            caught_up: self.caught_up,
        })
    }

    /// Takes the hint that the log may hold more.
    pub fn handle_change(&mut self) {
        if self.phase == Phase::Waiting {
            self.phase = Phase::Reading;
        }
    }

    /// Ends it.
    pub fn end(&mut self) {
        self.phase = Phase::Ended;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        Epoch, Link,
        read::{PageBuilder, PageLimits},
    };

    fn place(sequence_number: u64) -> Head {
        Head {
            epoch: Epoch::from_random([1; 16]),
            sequence_number,
            link: Link::NONE,
        }
    }

    fn page(events: &[u64], position: u64, done: bool) -> EventPage {
        let mut builder = PageBuilder::new(PageLimits::default(), 0);
        for sequence_number in events {
            builder.push_text("{}", *sequence_number, 1);
        }
        builder.advance_to(place(position));
        builder.finish(done)
    }

    fn numbers(batch: &SubscriptionBatch) -> Vec<u64> {
        batch.page.entries().iter().map(|entry| entry.sequence_number).collect()
    }

    #[test]
    fn it_catches_up_and_goes_live_without_a_gap() {
        let mut subscription = Subscription::new(EventFilter::default(), place(0));
        let first = subscription.handle_page(page(&[1, 2], 2, false)).unwrap();
        assert_eq!((numbers(&first), first.caught_up), (vec![1, 2], false));
        assert_eq!(subscription.poll_output(), SubscriptionOutput::Fetch { after: 2 });
        let second = subscription.handle_page(page(&[3], 3, true)).unwrap();
        assert!(second.caught_up);
        assert_eq!(subscription.poll_output(), SubscriptionOutput::Wait { after: 3 });
        subscription.handle_change();
        assert_eq!(subscription.poll_output(), SubscriptionOutput::Fetch { after: 3 });
    }

    #[test]
    fn a_hint_without_news_delivers_nothing() {
        let mut subscription = Subscription::new(EventFilter::default(), place(5));
        assert!(subscription.handle_page(page(&[], 5, true)).unwrap().caught_up);
        subscription.handle_change();
        assert_eq!(subscription.handle_page(page(&[], 5, true)), None);
    }

    #[test]
    fn the_position_moves_over_what_does_not_match() {
        let mut subscription = Subscription::new(EventFilter::default(), place(0));
        let batch = subscription.handle_page(page(&[], 1_000, false)).unwrap();
        assert_eq!((numbers(&batch), batch.cursor.sequence_number), (vec![], 1_000));
    }

    #[test]
    fn a_page_that_arrives_after_the_end_is_dropped() {
        let mut subscription = Subscription::new(EventFilter::default(), place(0));
        subscription.end();
        assert_eq!(subscription.handle_page(page(&[1], 1, true)), None);
        subscription.handle_change();
        assert_eq!(subscription.poll_output(), SubscriptionOutput::End);
    }
}
