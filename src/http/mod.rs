//! REST: routes on one page, one file a resource. Decides nothing about complaints: desks do.

pub mod accounts;
pub mod api_keys;
pub mod asked;
pub mod audit;
mod audited;
pub mod auth;
pub mod body;
pub mod calendars;
pub mod categories;
pub mod changes;
pub mod client_address;
pub mod complaint_list;
pub mod complaints;
pub mod deadlines;
pub mod desk;
pub mod dossier;
pub mod duplicates;
mod export;
mod field;
pub mod filter_query;
pub mod health;
pub mod holds;
pub mod idempotency;
pub mod identity;
mod import;
mod list_cursor;
pub mod list_query;
pub mod log_level;
pub mod login;
pub mod metrics;
pub mod officers;
pub mod openapi;
pub mod page;
pub mod pages;
pub mod people;
pub mod people_erasure;
pub mod photos;
pub mod problem;
pub mod purge;
pub mod region_events;
pub mod regions;
pub mod retention;
pub mod right;
pub mod snapshot;
pub mod stats;
pub mod submission;
pub mod trace;
pub mod tracking_events;
pub mod views;
pub mod websocket;
pub mod websocket_stats;
pub mod workflows;

use actix_web::web;

/// Every route of the server. A request is compared with them in this order; a path with a parameter
/// costs a regular expression, so fixed paths and frequent ones come first.
pub fn routes(config: &mut web::ServiceConfig) {
    health::configure(config);
    metrics::configure(config);
    openapi::configure(config);
    pages::configure(config);
    config.service(
        web::scope("/api/v1")
            .configure(complaints::configure)
            .configure(changes::configure)
            .configure(photos::configure)
            .configure(dossier::configure)
            .configure(snapshot::configure)
            .configure(officers::configure)
            .configure(stats::configure)
            .configure(regions::configure)
            .configure(categories::configure)
            .configure(workflows::configure)
            .configure(calendars::configure)
            .configure(deadlines::configure)
            .configure(websocket::configure)
            .configure(websocket_stats::configure)
            .configure(region_events::configure)
            .configure(tracking_events::configure)
            .configure(pages::session::configure)
            .configure(login::configure)
            .configure(accounts::configure)
            .configure(api_keys::configure)
            .configure(retention::configure)
            .configure(retention::runs::configure)
            .configure(purge::configure)
            .configure(audit::configure)
            .configure(people::configure)
            .configure(people_erasure::configure)
            .configure(holds::configure)
            .configure(identity::configure)
            .configure(log_level::configure),
    );
    openapi::configure_pages(config);
    pages::configure_files(config);
}
