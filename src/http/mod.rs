//! REST: routes on one page, one file a resource. Decides nothing about complaints: desks do.

pub mod accounts;
pub mod api_keys;
pub mod auth;
pub mod body;
pub mod categories;
pub mod client_address;
mod import;
pub mod login;
pub mod page;
pub mod problem;
pub mod regions;
