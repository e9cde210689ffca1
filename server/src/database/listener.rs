use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use tokio_postgres::AsyncMessage;

use super::{Dsn, news::News};
use crate::sql;

/// How long it waits before it connects again; the poll of each reader covers the time.
const PAUSE: Duration = Duration::from_millis(500);

/// Passes on what other instances tell, for ever, over a connection of its own.
pub(super) async fn listen(dsn: Dsn, channel: String, news: Arc<News>) {
    let listen = sql::LISTEN.replace("{channel}", &channel);
    loop {
        listen_once(&dsn, &listen, &news).await;
        news.note_connected(false);
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until the connection is lost.
async fn listen_once(dsn: &Dsn, listen: &str, news: &News) {
    let Ok((client, mut connection)) = dsn.config.connect(dsn.tls.clone()).await else {
        return;
    };
    let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
    let begin = async {
        if client.batch_execute(listen).await.is_ok() {
            news.note_connected(true);
            // What was told before this moment was not heard.
            news.wake_all();
        }
    };
    let hear = async {
        while let Some(Ok(message)) = messages.next().await {
            if let AsyncMessage::Notification(told) = message {
                news.wake_topic(told.payload());
            }
        }
    };
    tokio::join!(begin, hear);
}
