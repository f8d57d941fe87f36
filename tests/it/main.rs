//! Redress from the outside: a real server, a real PostgreSQL, real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends by panicking, with the reason in the panic"
)]

mod embedded;
mod hints;
mod kills;
mod main_job;
mod metrics_doc;
mod sequence;
mod support;
