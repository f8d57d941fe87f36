//! Photos: what is sent becomes pictures that hold nothing but what they show.
//!
//! - [`thumbnail`]: bytes into pictures; the only user of image codecs, and pure.
//! - [`blobs`]: where the bytes are, a folder or an S3-compatible store.
//! - [`intake`]: how many photos come in at a time, and how fast.
//! - [`sweep`]: what was left over there.
//! - [`pool`]: the threads on which that happens, the memory they may take together, panics, the time limit.

pub mod blobs;
pub mod intake;
pub mod pool;
pub mod sweep;
pub mod thumbnail;
