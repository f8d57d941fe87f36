//! Photos: what is sent becomes pictures that hold nothing but what they show.
//!
//! - [`thumbnail`]: bytes into pictures; the only user of image codecs, and pure.
//! - [`pool`]: the threads on which that happens, the memory they may take together, panics, the time limit.

pub mod pool;
pub mod thumbnail;
