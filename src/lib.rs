//! Redress: a self-hosted, real-time complaint desk.

pub mod embedded;
