use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use foldlog::{
    core::{
        Cursor,
        read::{EventFilter, EventPage},
    },
    engine::SubscribeFrom,
    storage::StorageError,
};
use futures_util::Stream;
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

/// What a stream is asked for.
#[derive(Clone, Debug)]
pub struct StreamRequest {
    /// Where it begins; exclusive.
    pub after: SubscribeFrom,
    /// Which events it gives. Without events it is told of every growth, whatever the filter says.
    pub filter: EventFilter,
    /// Whether it gives events, or only tells how far the log reaches.
    pub events: bool,
    /// When it ends with [`EndReason::Expired`].
    pub deadline: Option<Instant>,
}

/// What a stream gives.
#[derive(Clone, Debug)]
pub enum StreamItem {
    /// Events that match, in order; perhaps none, to say that the stream has caught up.
    Events {
        /// The events; many streams may share them, so only its text and entries say something of this stream.
        page: Arc<EventPage>,
        /// The position that the log was examined to: where to resume after this item.
        cursor: Cursor,
        /// Whether the stream has seen all that this instance knows the log to hold.
        caught_up: bool,
    },
    /// With events: all that match up to here were given. Without: the log reaches this far.
    Position(Cursor),
    /// The last item.
    End {
        /// Why.
        reason: EndReason,
        /// Where to resume.
        cursor: Cursor,
    },
}

/// Why a stream ended.
#[derive(Clone, Debug)]
pub enum EndReason {
    /// It did not take what it was given in time: resume from the cursor.
    Slow,
    /// The instance, or its handle on the log, is closed: resume at another.
    Shutdown,
    /// Its deadline has come.
    Expired,
    /// The log cannot be followed any further: `epoch_changed`, `log_rewound`, `storage_corrupted` and the like.
    Problem(StorageError),
}

impl EndReason {
    /// The word of the protocol.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Slow => "slow",
            Self::Shutdown => "shutdown",
            Self::Expired => "expired",
            Self::Problem(_) => "problem",
        }
    }
}

/// A running stream: give it away to stop it. Its last item is [`StreamItem::End`].
///
/// A task of its own works for it, so that it ends in time whether or not it is polled; at most one item waits to be taken.
pub struct EventStream {
    items: mpsc::Receiver<StreamItem>,
    task: Option<JoinHandle<StreamItem>>,
    cursor: Cursor,
}

impl EventStream {
    pub(super) fn new(items: mpsc::Receiver<StreamItem>, task: JoinHandle<StreamItem>, cursor: Cursor) -> Self {
        Self {
            items,
            task: Some(task),
            cursor,
        }
    }

    /// The next item; none after the end.
    pub async fn next(&mut self) -> Option<StreamItem> {
        std::future::poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<StreamItem>> {
        if let Some(item) = ready!(self.items.poll_recv(context)) {
            if let StreamItem::Events { cursor, .. } | StreamItem::Position(cursor) = &item {
                self.cursor = *cursor;
            }
            return Poll::Ready(Some(item));
        }
        let Some(task) = &mut self.task else {
            return Poll::Ready(None);
        };
        // It fails only if the runtime ends.
        let end = ready!(Pin::new(task).poll(context)).unwrap_or(StreamItem::End {
            reason: EndReason::Shutdown,
            cursor: self.cursor,
        });
        self.task = None;
        Poll::Ready(Some(end))
    }
}

impl Stream for EventStream {
    type Item = StreamItem;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<StreamItem>> {
        self.get_mut().poll(context)
    }
}

impl Drop for EventStream {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}
