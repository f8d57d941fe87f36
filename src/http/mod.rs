//! REST: routes on one page, one file a resource. Decides nothing about complaints: desks do.

pub mod body;
pub mod problem;
