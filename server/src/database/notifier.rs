use std::{collections::BTreeSet, sync::Arc, time::Duration};

use deadpool_postgres::Pool;
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
};

use super::news::topic_of;
use crate::sql;

/// NOTIFY takes a lock of the whole cluster at its commit: each log is told of at most once in this time, outside of the appends.
const WINDOW: Duration = Duration::from_millis(20);

/// Tells other instances of appends, soon.
pub(crate) struct Notifier(UnboundedSender<Arc<str>>);

impl Notifier {
    pub(crate) fn tell(&self, log: &Arc<str>) {
        // Without a task nobody is told, and the poll of each reader finds it.
        let _ = self.0.send(Arc::clone(log));
    }
}

/// A notifier and the task that does its work.
pub(super) fn notify(pool: Pool, channel: String) -> (Notifier, JoinHandle<()>) {
    let (sender, receiver) = unbounded_channel();
    (Notifier(sender), tokio::spawn(run(pool, channel, receiver)))
}

async fn run(pool: Pool, channel: String, mut appended: UnboundedReceiver<Arc<str>>) {
    while let Some(first) = appended.recv().await {
        let mut logs = BTreeSet::from([first]);
        while let Ok(log) = appended.try_recv() {
            logs.insert(log);
        }
        // A hint that fails is not repeated.
        if let Ok(client) = pool.get().await
            && let Ok(statement) = client.prepare_cached(sql::NOTIFY).await
        {
            for log in logs {
                let _ = client.query(&statement, &[&channel, &topic_of(&log)]).await;
            }
        }
        tokio::time::sleep(WINDOW).await;
    }
}
