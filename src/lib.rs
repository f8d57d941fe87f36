//! Redress: a self-hosted, real-time complaint desk.
//!
//! Floors (an arrow means: may import; `tests/it/floors.rs` holds it):
//!
//! ```text
//! main → cli → app → { demo, http → ws → actors → feed } → { access, import, media, retention }
//!      → { store, embedded } → telemetry → config → domain
//! ```
//!
//! Truth is in PostgreSQL; an actor owns the order and the pushing of its region.
//! Start reading at [`app`], or follow a complaint: [`http`] → [`actors`] → [`store`] → back to
//! [`actors`] → [`ws`]. `docs/ARCHITECTURE.md` walks through it.

pub mod access;
pub mod actors;
pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod domain;
pub mod embedded;
pub mod feed;
pub mod http;
pub mod import;
pub mod media;
pub mod retention;
pub mod store;
pub mod telemetry;
pub mod ws;
