//! The model test: random operations on a backend, each result compared with that of a naive log.

mod appends;
mod choice;
mod naive;
mod observations;
mod run;

pub use run::run;
