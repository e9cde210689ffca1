use std::time::Duration;

use deadpool_postgres::Pool;
use futures_util::future::join_all;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(30);

/// Keeps at least so many connections in a pool, for ever, and closes those beyond that have been idle for so long.
pub(super) async fn keep(pool: Pool, minimum: usize, idle: Duration) {
    loop {
        let mut spare = pool.status().size.saturating_sub(minimum);
        pool.retain(|_, metrics| {
            let closes = spare > 0 && metrics.last_used() > idle;
            spare -= usize::from(closes);
            !closes
        });
        if pool.status().size < minimum {
            // Those that are free are taken first, so that the rest has to be made. A database that is away is asked the next time.
            drop(join_all((0..minimum).map(|_| pool.get())).await);
        }
        tokio::time::sleep(PAUSE).await;
    }
}
