//! Redress from the outside: a real server, a real PostgreSQL, real sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::large_futures,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a test ends by panicking, with the reason in the panic"
)]

mod access;
mod actors;
mod audit;
mod bad_input;
mod canary;
mod cluster;
mod contract;
mod drain;
mod embedded;
mod epoch;
mod erasure;
mod faults;
mod floors;
mod hints;
mod history;
mod joins;
mod kills;
mod main_job;
mod metrics_doc;
mod monitoring;
mod operations;
mod outage;
mod pages;
mod photos;
mod pictures;
mod presence;
mod privacy;
mod protocol;
mod proxy;
mod races;
mod rest;
mod retention;
mod sentry;
mod sequence;
mod slow;
mod source;
mod start;
mod statistics;
mod streams;
mod support;
mod work;
