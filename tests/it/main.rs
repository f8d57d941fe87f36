//! Redress from the outside: a real server, a real PostgreSQL, real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends by panicking, with the reason in the panic"
)]

mod access;
mod bad_input;
mod contract;
mod embedded;
mod floors;
mod hints;
mod kills;
mod main_job;
mod metrics_doc;
mod operations;
mod rest;
mod sequence;
mod source;
mod start;
mod support;
