//! What the targets share: the pipeline itself, and what it holds in memory at most.

pub mod memory;

/// The server's own files.
#[path = "../../src/media"]
pub mod media {
    pub mod thumbnail;
}

pub use media::thumbnail;
