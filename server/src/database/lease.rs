use deadpool_postgres::Object;
use futures_util::future::join_all;
use tokio_postgres::{Row, types::ToSql};

use super::Failure;
use crate::sql;

/// A statement and its parameters.
pub(crate) type Statement<'a> = (&'static str, &'a [&'a (dyn ToSql + Sync)]);

/// A connection of the pool. If it is let go with a transaction open, it is closed and not used again.
pub(crate) struct Lease {
    client: Option<Object>,
    in_transaction: bool,
}

impl Lease {
    pub(super) fn new(client: Object) -> Self {
        Self {
            client: Some(client),
            in_transaction: false,
        }
    }

    /// Sends all statements at once and gives the answer of each, in order: one round trip once they are prepared.
    ///
    /// One that fails does not keep the server from running those behind it, unless they are in one transaction.
    pub(crate) async fn pipeline(&self, statements: &[Statement<'_>]) -> Vec<Result<Vec<Row>, Failure>> {
        let Some(client) = &self.client else { return Vec::new() };
        let mut prepared = Vec::with_capacity(statements.len());
        for (sql, _) in statements {
            match client.prepare_cached(sql).await {
                Ok(statement) => prepared.push(statement),
                Err(error) => return vec![Err(error.into())],
            }
        }
        // Polled in order, and each is sent when it is polled first.
        let running = prepared
            .iter()
            .zip(statements)
            .map(|(statement, (_, parameters))| client.query(statement, parameters));
        let answers = join_all(running).await;
        answers
            .into_iter()
            .map(|answer| answer.map_err(Failure::from))
            .collect()
    }

    /// As [`Lease::pipeline`]; the first failure is the answer of all.
    pub(crate) async fn all(&self, statements: &[Statement<'_>]) -> Result<Vec<Vec<Row>>, Failure> {
        self.pipeline(statements).await.into_iter().collect()
    }

    /// Notes that the next statement begins a transaction.
    pub(crate) fn begin(&mut self) {
        self.in_transaction = true;
    }

    /// Notes that a transaction has ended.
    pub(crate) fn ended(&mut self) {
        self.in_transaction = false;
    }

    /// Ends a transaction without effect, if one is open.
    pub(crate) async fn roll_back(mut self) {
        if self.in_transaction
            && let Some(client) = &self.client
            && client.batch_execute(sql::ROLLBACK).await.is_ok()
        {
            self.in_transaction = false;
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if self.in_transaction
            && let Some(client) = self.client.take()
        {
            // Closes it, and with it the transaction.
            drop(Object::take(client));
        }
    }
}
