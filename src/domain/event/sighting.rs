//! What an event says of its complaint, for those who keep the open ones in memory.

use std::sync::Arc;

use super::Sides;
use crate::domain::place::Point;
use crate::domain::region::RegionId;

/// A complaint as it is after an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Sighting {
    /// The event's region.
    pub region: RegionId,
    /// The complaint and what it is, before and after.
    pub sides: Arc<Sides>,
    /// Where it is.
    pub point: Option<Point>,
    /// Whether it is open, and in that region.
    pub is_open: bool,
}
