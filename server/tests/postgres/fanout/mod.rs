//! G7 for the streams of an instance: each event once, in order, whatever becomes of listeners, rings and consumers.

mod follow;
mod hand_over;
mod instances;
mod life;
mod many;

pub(crate) use follow::{Instance, follow, request};
