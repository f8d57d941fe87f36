//! Redress from the outside: a real server, a real PostgreSQL, real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends by panicking, with the reason in the panic"
)]

mod actors;
mod drain;
mod embedded;
mod joins;
mod main_job;
mod outage;
mod protocol;
mod races;
mod slow;
mod support;
