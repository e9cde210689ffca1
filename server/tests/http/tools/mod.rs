//! A server of these tests' own, a client, tokens and requests.

mod client;
mod requests;
mod running;
mod tokens;

pub(crate) use client::{Answered, Client};
pub(crate) use requests::{append_body, event_id, samples};
pub(crate) use running::{Running, local, with_tokens};
pub(crate) use tokens::{Claims, PUBLIC_KEY, SECRET, eddsa_options, hs256_options, sign, token};
