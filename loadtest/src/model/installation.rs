//! What an installation needs in its busiest hour: assumed habits of people times measured costs.

use super::measured::Measured;

/// Complaints of a thousand people in a year: many; cities with an app and a telephone line have so many.
pub(super) const COMPLAINTS: f64 = 400.0;
/// By how much the busiest hour (a storm) is above the year's mean.
pub(super) const STORM: f64 = 30.0;
/// Events of a complaint: submitted, taken, begun, commented, resolved, and a "me too".
pub(super) const EVENTS: f64 = 6.0;
/// Photos of a complaint.
pub(super) const PHOTOS: f64 = 0.5;
/// Lists that an officer opens in an hour.
pub(super) const LISTS: f64 = 60.0;
/// Events of a region that are kept in memory, at most: `--recent-bytes`.
pub(super) const RECENT_BYTES: f64 = 1_048_576.0;
/// What is provided is so many times what is needed.
pub(super) const HEADROOM: f64 = 2.0;

/// Who is to be served.
pub(super) struct Installation {
    pub(super) name: &'static str,
    pub(super) people: f64,
    pub(super) regions: f64,
    /// Online at the same time, each with a socket.
    pub(super) officers: f64,
    /// Regions of each officer.
    pub(super) each: f64,
}

/// The three of the tables.
pub(super) const INSTALLATIONS: [Installation; 3] = [
    Installation {
        name: "a town",
        people: 20_000.0,
        regions: 3.0,
        officers: 10.0,
        each: 2.0,
    },
    Installation {
        name: "a city",
        people: 500_000.0,
        regions: 16.0,
        officers: 200.0,
        each: 3.0,
    },
    Installation {
        name: "a state",
        people: 10_000_000.0,
        regions: 256.0,
        officers: 4_000.0,
        each: 4.0,
    },
];

/// What that comes to in the busiest hour.
pub(super) struct Need {
    /// A year.
    pub(super) complaints: f64,
    /// A second, all of these.
    pub(super) submissions: f64,
    pub(super) events: f64,
    pub(super) deliveries: f64,
    pub(super) lists: f64,
    pub(super) photos: f64,
    /// Cores in use.
    pub(super) server: f64,
    pub(super) database: f64,
    /// Of it photos; none while their cost is not measured.
    pub(super) for_photos: Option<f64>,
    /// Of the server, with all sockets and recent events.
    pub(super) bytes: f64,
    /// When everybody comes back at once: seconds of one core.
    pub(super) coming_back: f64,
}

impl Installation {
    /// The busiest hour.
    pub(super) fn need(&self, measured: &Measured) -> Need {
        let complaints = self.people / 1000.0 * COMPLAINTS;
        let submissions = complaints * STORM / (365.0 * 86_400.0);
        let events = submissions * EVENTS;
        let deliveries = events * self.officers * self.each / self.regions;
        let lists = self.officers * LISTS / 3600.0;
        let photos = submissions * PHOTOS;
        let for_photos = measured
            .photos
            .as_ref()
            .map(|(_, cost)| photos * cost / 1e6);
        Need {
            complaints,
            submissions,
            events,
            deliveries,
            lists,
            photos,
            // A list's time at the server is a part of its time in all: all of it counts for PostgreSQL.
            server: (submissions * measured.cycle_server_us
                + deliveries * measured.delivery_region_us)
                / 1e6
                + for_photos.unwrap_or(0.0),
            database: submissions * measured.cycle_database_us / 1e6
                + lists * measured.list_p50_ms / 1e3,
            for_photos,
            bytes: measured.base_bytes
                + self.officers * measured.socket_bytes
                + self.regions * RECENT_BYTES,
            coming_back: self.officers * measured.return_us / 1e6,
        }
    }
}

impl Need {
    /// Cores to provide, two at least: one for the server, one for PostgreSQL.
    pub(super) fn cores(&self) -> f64 {
        ((self.server + self.database) * HEADROOM).ceil().max(2.0)
    }
}
