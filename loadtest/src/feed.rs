//! A server with sixteen regions on a core of its own, for scenes in which crowds follow what happens there.

use std::ops::Range;
use std::time::Duration;

use serde_json::json;

use crate::crowd::order::{Door, Pace, Place};
use crate::crowd::{Crowd, check_room};
use crate::http::request;
use crate::publisher::{Published, publish};
use crate::seed::{self, Amount, World};
use crate::server::Server;
use crate::stage::Stage;
use crate::{Fault, say};

/// Regions of the city.
pub(crate) const REGIONS: usize = 16;
const DESCRIPTION: &str = "There is a deep hole in the road in front of the school; two cyclists \
    fell this morning. Please close it before the holidays end. ";

/// The server and its stage.
pub(crate) struct Feed {
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    /// An admin's.
    pub(crate) token: String,
}

impl Feed {
    /// Starts it, with room for so many sockets.
    ///
    /// # Errors
    /// When there is no room, or the server does not start.
    pub(crate) async fn open(name: &str, sockets: usize) -> Result<Self, Fault> {
        check_room(sockets)?;
        let stage = Stage::set_apart(name).await?;
        let city = Amount {
            complaints: 0,
            regions: REGIONS,
        };
        seed::fill(&stage.database_url()?, name, &city).await?;
        let server = Server::start(&stage, name, &["--ping-interval-ms=600000"]).await?;
        Ok(Self {
            token: server.login(&seed::admin(), seed::PASSWORD).await?,
            stage,
            server,
        })
    }

    /// A crowd of so many sockets that watch `each` of the regions.
    ///
    /// # Errors
    /// When one is refused.
    pub(crate) async fn crowd(
        &self,
        sockets: usize,
        regions: Range<usize>,
        each: usize,
        pace: Pace,
    ) -> Result<Crowd, Fault> {
        say(&format!("opening {sockets} sockets"));
        let mut crowd = Crowd::gather(&self.stage)?;
        let door = Door {
            address: self.server.address,
            token: self.token.clone(),
            regions: regions.map(World::region).collect(),
            each,
            pace,
        };
        crowd.open(sockets, Place::Server(door)).await?;
        Ok(crowd)
    }

    /// Submits to the regions in turn, `rate` a second for so long; `length` is that of a description,
    /// in characters.
    ///
    /// # Errors
    /// When a submission is refused.
    pub(crate) async fn publish(
        &self,
        regions: Range<usize>,
        length: usize,
        rate: u32,
        time: Duration,
    ) -> Result<Published, Fault> {
        let requests: Vec<_> = regions
            .map(|region| self.submission(region, length))
            .collect();
        publish(self.server.address, &requests, rate, time).await
    }

    /// A submission's request.
    pub(crate) fn submission(&self, region: usize, length: usize) -> Vec<u8> {
        let [west, south, east, north] = World::bounds(region);
        let description: String = DESCRIPTION.chars().cycle().take(length).collect();
        let body = json!({"category": World::category(0), "region": World::region(region),
            "description": description, "latitude": f64::midpoint(south, north),
            "longitude": f64::midpoint(west, east)});
        let body = body.to_string();
        request(
            "POST",
            "/api/v1/complaints",
            self.server.address,
            "",
            body.as_bytes(),
        )
    }

    /// Stops everything; which core did what.
    ///
    /// # Errors
    /// When something does not stop.
    pub(crate) async fn close(self) -> Result<String, Fault> {
        let cores = self.stage.cores();
        self.server.stop().await?;
        self.stage.strike().await?;
        Ok(cores)
    }
}
