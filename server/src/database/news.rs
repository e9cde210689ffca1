use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::sync::watch;

/// Who wants to hear of which log. News are hints: the log is the truth.
#[derive(Default)]
pub(crate) struct News {
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
        logs.entry(log.to_owned())
            .or_insert_with(|| watch::Sender::new(0))
            .subscribe()
    }

    /// Tells of a log.
    pub(crate) fn wake(&self, log: &str) {
        if let Some(sender) = self.logs.lock().unwrap_or_else(PoisonError::into_inner).get(log) {
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
