use std::{
    collections::HashMap,
    fmt::Write as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sha2::{Digest as _, Sha256};
use tokio::sync::watch;

/// Who wants to hear of which log. News are hints: the log is the truth.
#[derive(Default)]
pub(crate) struct News {
    /// By topic.
    logs: Mutex<HashMap<String, watch::Sender<u64>>>,
    /// Whether other instances are heard.
    is_connected: AtomicBool,
}

impl News {
    /// Hears of a log from now on; the value only counts.
    pub(crate) fn subscribe(&self, log: &str) -> watch::Receiver<u64> {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        // Those of closed logs leave no other trace.
        logs.retain(|_, sender| sender.receiver_count() > 0);
        logs.entry(topic_of(log))
            .or_insert_with(|| watch::Sender::new(0))
            .subscribe()
    }

    /// Tells of a log.
    pub(crate) fn wake(&self, log: &str) {
        self.wake_topic(&topic_of(log));
    }

    /// Tells of the log with this topic.
    pub(super) fn wake_topic(&self, topic: &str) {
        if let Some(sender) = self.logs.lock().unwrap_or_else(PoisonError::into_inner).get(topic) {
            sender.send_modify(|count| *count += 1);
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.is_connected.load(Ordering::Relaxed)
    }

    pub(crate) fn note_connected(&self, is_connected: bool) {
        self.is_connected.store(is_connected, Ordering::Relaxed);
    }

    /// Tells of every log: some news may have been lost.
    pub(crate) fn wake_all(&self) {
        for sender in self.logs.lock().unwrap_or_else(PoisonError::into_inner).values() {
            sender.send_modify(|count| *count += 1);
        }
    }
}

/// What stands for a log in a notification, which every role of the database can hear: its name may be personal.
pub(super) fn topic_of(log: &str) -> String {
    let mut topic = String::new();
    for byte in Sha256::digest(log) {
        // Writing to a String does not fail.
        let _ = write!(topic, "{byte:02x}");
    }
    topic
}
