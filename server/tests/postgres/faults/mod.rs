//! Real faults: PostgreSQL killed, an instance killed, a full disk; and many clients whose histories are checked by what knows nothing of
//! how they came about.

mod checker;
mod client;
mod clients;
mod crash;
mod disk;
mod process;
