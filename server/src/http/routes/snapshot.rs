use foldlog::{
    core::{AggregateId, InvalidInput, ReducerIdentity},
    storage::Storage as _,
    wire::{read_snapshot, write_snapshot},
};

use crate::http::{Answer, Call, Problem, answer};

/// The newest snapshot for a reducer.
pub(crate) async fn read(call: Call) -> Answer {
    let (id, reducer) = which(&call)?;
    let snapshot = call.log()?.store.storage().snapshot(id, reducer).await?;
    answer::json(|out| write_snapshot(out, snapshot.as_ref()))
}

/// Keeps a snapshot. Whether it is true nobody can see but who loads from it: its place decides.
pub(crate) async fn save(mut call: Call) -> Answer {
    keep(&mut call).await.map_err(Problem::of_write)
}

/// Removes the snapshot for a reducer.
pub(crate) async fn delete(call: Call) -> Answer {
    let (id, reducer) = which(&call).map_err(|invalid| Problem::from(invalid).of_write())?;
    let deleted = call.log()?.store.storage().delete_snapshot(id, reducer).await;
    deleted.map_err(|error| Problem::from(error).of_write())?;
    answer::none()
}

async fn keep(call: &mut Call) -> Answer {
    call.query(&[])?;
    let text = call.json().await?;
    let snapshot = read_snapshot(&text)?.ok_or_else(|| InvalidInput::argument("snapshot", "is null"))?;
    call.log()?.store.storage().save_snapshot(snapshot).await?;
    answer::none()
}

fn which(call: &Call) -> Result<(AggregateId, ReducerIdentity), InvalidInput> {
    let query = call.query(&["aggregateId", "reducer"])?;
    Ok((
        query.required("aggregateId", AggregateId::parse)?,
        query.required("reducer", ReducerIdentity::parse)?,
    ))
}
