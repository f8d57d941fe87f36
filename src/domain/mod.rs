//! The words and rules of a complaint desk, as pure data and functions.
//!
//! Nothing here does I/O, reads a clock or draws a random number: times and ids
//! are passed in. Nothing here may import another module of ours.

pub mod account;
pub mod action;
pub mod administration;
pub mod area;
pub mod boundary;
pub mod calendar;
pub mod catalogue;
pub mod cells;
pub mod change;
pub mod complaint;
pub mod credential;
pub mod deadline;
mod document;
pub mod erasure;
pub mod event;
pub mod fault;
pub mod figures;
pub mod listing;
pub mod machine;
pub mod nearby;
pub mod node;
pub mod open;
pub mod photo;
pub mod place;
pub mod places;
pub mod presence;
pub mod region;
pub mod reporter;
pub mod retention;
mod ring;
pub mod rules;
pub mod status;
pub mod term;
pub mod workflow;
