use foldlog::{
    core::CheckpointName,
    wire::{self, read_checkpoint_move, write_checkpoint},
};

use crate::http::{Answer, Call, Problem, answer};

/// The stored position of a consumer.
pub(crate) async fn read(call: Call) -> Answer {
    let name = call.query(&["name"])?.required("name", CheckpointName::parse)?;
    let cursor = call.log()?.store.checkpoint(&name).await?;
    answer::json(|out| write_checkpoint(out, cursor.as_ref()))
}

/// Moves it.
pub(crate) async fn save(mut call: Call) -> Answer {
    shift(&mut call).await.map_err(Problem::of_write)
}

async fn shift(call: &mut Call) -> Answer {
    call.query(&[])?;
    let step = read_checkpoint_move(&call.json().await?)?;
    let name = step.name.clone();
    let moved = call.log()?.store.save_checkpoint(step).await;
    moved.map_err(|error| wire::Problem::of_checkpoint(error, &name))?;
    answer::none()
}
