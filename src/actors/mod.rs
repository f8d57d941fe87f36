//! The supervised actors: who owns what, and in which order it happens.
//!
//! | actor | one per | owns |
//! |---|---|---|
//! | [`desks::Desks`] | process | region → desk, the sum of all status counts |
//! | [`region_desk::RegionDesk`] | region | the order of its commands and of its pushing, its status counts |
//! | [`commit_lane::CommitLane`] | two cores, and one for retention | one write connection and the batch in flight |
//! | [`registry::SessionRegistry`] | process | the shards and the sum of their counts |
//! | [`registry::shard::RegistryShard`] | HTTP worker | who is connected there and who watches which region |
//! | [`feed_poll::FeedPoll`] | process | how desks learn of what other processes committed |
//! | [`timer_poll::TimerPoll`] | process | when desks look at complaints whose time has come |
//! | [`thumbnailer::Thumbnailer`] | process | which photos are being turned into pictures |
//! | [`retention_scheduler::RetentionScheduler`] | process | when complaints go whose time is up, and how fast |
//! | [`blob_remover::BlobRemover`] | process | the removal of the bytes of erased photos |
//! | [`word_keeper::WordKeeper`] | process | when the words of new complaints are noted for searches |
//! | [`recounter::Recounter`] | process | counts by events, held against the rows; what is overdue |
//! | [`grant_watch::GrantWatch`] | process | the re-check of the rights of live sockets |
//! | [`presence::Presence`] | process | who is online where, and which claims hold |
//!
//! Messages go down or sideways and are never awaited upwards. A command is an imperative
//! (`Take`), a fact is in the past tense (`Committed`). Knows nothing of HTTP or sockets.

pub mod blob_remover;
pub mod command;
pub mod commit_lane;
pub mod desks;
pub mod feed_poll;
pub mod grant_watch;
pub mod kill_point;
pub mod lanes;
pub mod presence;
pub mod recounter;
pub mod region_desk;
pub mod registry;
pub mod retention_scheduler;
pub mod supervise;
pub mod thumbnailer;
pub mod timer_poll;
pub mod word_keeper;
