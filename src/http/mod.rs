//! REST: routes on one page, one file a resource. Decides nothing about complaints: desks do.

pub mod auth;
pub mod body;
pub mod categories;
mod import;
pub mod problem;
pub mod regions;
