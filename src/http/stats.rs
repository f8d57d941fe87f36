//! Statistics of regions: what is open, what is due, what came and went.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, web};
use futures_util::future::try_join;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::auth::Staff;
use super::complaint_list::granted;
use super::desk::Desk;
use super::page::query;
use super::problem::{Problem, ProblemBody};
use crate::domain::erasure::settled;
use crate::domain::figures::{DayFigures, Durations};
use crate::domain::open::OpenCounts;
use crate::domain::region::RegionId;
use crate::domain::status::Status;
use crate::store::stats::{self, Deadlines};

/// Days that are looked back when nobody says.
const DAYS: u16 = 30;
/// Most days that are looked back.
const DAYS_MOST: u16 = 366;
/// Deadlines that pass within this time pass soon.
const SOON: SignedDuration = SignedDuration::from_hours(24);

/// Adds the routes of this file, relative to `/api/v1`.
pub fn configure(config: &mut web::ServiceConfig) {
    config.service(web::resource("/stats").route(web::get().to(get)));
}

/// What is counted.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct StatsQuery {
    /// Only this region; absent: all of yours.
    region: Option<String>,
    /// How many days to look back, today included; 30 if absent.
    #[param(minimum = 1, maximum = 366)]
    days: Option<u16>,
}

/// Figures of some regions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Statistics {
    /// When they were counted (UTC).
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Complaints in each status, live.
    by_status: BTreeMap<&'static str, i64>,
    /// The same by region.
    by_region: BTreeMap<String, BTreeMap<&'static str, i64>>,
    /// Open complaints, live.
    open: OpenFigures,
    /// Open complaints whose deadline has passed.
    overdue: i64,
    /// Open complaints whose deadline passes within 24 hours.
    due_soon: i64,
    /// What happened on each day (UTC), earliest first.
    days: Vec<Day>,
    /// From submission to acknowledgement, of those acknowledged on these days.
    time_to_acknowledge: Times,
    /// From submission to resolution, of those resolved on these days.
    time_to_resolve: Times,
}

/// Open complaints.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenFigures {
    /// By category.
    by_category: BTreeMap<String, i64>,
    /// By severity.
    by_severity: BTreeMap<&'static str, i64>,
    /// Of each officer, most first.
    by_assignee: Vec<Load>,
    /// Of nobody.
    unassigned: i64,
}

/// What an officer has to do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Load {
    /// The officer's account.
    assignee: Uuid,
    /// Open complaints.
    open: i64,
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
pub struct Day {
    /// Which (UTC).
    #[schema(value_type = String, format = Date)]
    day: Date,
    /// Complaints submitted.
    opened: i64,
    /// Complaints resolved; one that is reopened and resolved again counts again.
    resolved: i64,
}

/// How long something took, to within a twentieth.
#[derive(Debug, Serialize, ToSchema)]
pub struct Times {
    /// Of how many complaints.
    complaints: i64,
    /// Half of them took no longer, in seconds; null without any.
    median_s: Option<f64>,
    /// Nine tenths of them took no longer, in seconds; null without any.
    p90_s: Option<f64>,
}

/// Statistics of your regions: an admin's are all.
#[utoipa::path(get, path = "/api/v1/stats", tag = "complaints", params(StatsQuery),
    security(("bearer" = [])),
    responses(
        (status = 200, description = "The figures", body = Statistics),
        (status = 400, description = "Unknown parameter", body = ProblemBody),
        (status = 401, description = "Not signed in", body = ProblemBody),
        (status = 403, description = "Not one of your regions", body = ProblemBody),
        (status = 404, description = "No such region", body = ProblemBody),
        (status = 422, description = "Parameters at fault", body = ProblemBody),
        (status = 503, description = "Not everything is counted yet", body = ProblemBody)))]
pub async fn get(
    Staff(identity): Staff,
    request: HttpRequest,
    desk: Desk,
) -> Result<web::Json<Statistics>, Problem> {
    let asked: StatsQuery = query(&request)?;
    let looked_back = asked.days.unwrap_or(DAYS);
    if !(1..=DAYS_MOST).contains(&looked_back) {
        let message = format!("must be between 1 and {DAYS_MOST}");
        return Err(Problem::invalid_field("days", "out_of_range", message));
    }
    let granted = granted(&identity);
    let regions = match &asked.region {
        Some(id) => Some(vec![chosen(id, granted.as_deref(), &desk)?]),
        None => granted,
    };
    let now = Timestamp::now();
    let regions = regions.as_deref();
    let by_region = live(&desk, regions)?;
    let open = desk.desks.open_complaints().counts(regions);
    let (first, settled) = range(now, looked_back);
    let soon = now.saturating_add(SOON).unwrap_or(Timestamp::MAX);
    let (deadlines, days) = try_join(
        stats::deadlines(&desk.store, regions, now, soon),
        stats::days(&desk.store, regions, (first, settled), now),
    )
    .await?;
    Ok(web::Json(statistics(
        now, first, by_region, open, deadlines, &days,
    )))
}

/// The region that was asked for, if it may be seen.
fn chosen(id: &str, granted: Option<&[RegionId]>, desk: &Desk) -> Result<RegionId, Problem> {
    let region = RegionId::from_stored(id);
    if !desk.catalogue.get().regions.contains_key(&region) {
        return Err(Problem::not_found("region"));
    }
    if granted.is_some_and(|granted| !granted.contains(&region)) {
        return Err(Problem::forbidden("this region is not granted to you"));
    }
    Ok(region)
}

type Counts = BTreeMap<RegionId, [i64; Status::ALL.len()]>;

/// The desks' counts of these regions, or of all.
fn live(desk: &Desk, regions: Option<&[RegionId]>) -> Result<Counts, Problem> {
    let mut counts = desk.desks.complaints();
    if let Some(regions) = regions {
        counts.retain(|region, _| regions.contains(region));
    }
    let known = desk.catalogue.get();
    let wanted = |region: &&RegionId| regions.is_none_or(|regions| regions.contains(region));
    let is_missing = |region: &RegionId| !counts.contains_key(region);
    match known
        .regions
        .keys()
        .filter(wanted)
        .find(|region| is_missing(region))
    {
        Some(region) => Err(Problem::unavailable(
            "not all complaints are counted yet; try again",
            format!("the desk of {region} has not counted yet"),
        )),
        None => Ok(counts),
    }
}

/// The first day that is looked at, and the first that is not over for good.
fn range(now: Timestamp, looked_back: u16) -> (Date, Date) {
    let day = |at: Timestamp| at.to_zoned(TimeZone::UTC).date();
    let back = Span::new().days(i64::from(looked_back) - 1);
    let first = day(now).saturating_sub(back);
    (first, settled(now).max(first))
}

fn statistics(
    at: Timestamp,
    first: Date,
    regions: Counts,
    open: OpenCounts,
    deadlines: Deadlines,
    figures: &BTreeMap<Date, DayFigures>,
) -> Statistics {
    let mut total = [0; Status::ALL.len()];
    for counts in regions.values() {
        for (total, count) in total.iter_mut().zip(counts) {
            *total += count;
        }
    }
    let by_region = regions.into_iter();
    let (mut acknowledged, mut resolved) = (Durations::default(), Durations::default());
    for day in figures.values() {
        acknowledged.merge(&day.to_acknowledge);
        resolved.merge(&day.to_resolve);
    }
    Statistics {
        at,
        by_status: by_status(&total),
        by_region: by_region
            .map(|(region, counts)| (region.to_string(), by_status(&counts)))
            .collect(),
        open: open_figures(open),
        overdue: deadlines.overdue,
        due_soon: deadlines.soon,
        days: days(first, at.to_zoned(TimeZone::UTC).date(), figures),
        time_to_acknowledge: times(&acknowledged),
        time_to_resolve: times(&resolved),
    }
}

fn by_status(counts: &[i64; Status::ALL.len()]) -> BTreeMap<&'static str, i64> {
    let words = Status::ALL.map(Status::as_str);
    words.into_iter().zip(counts.iter().copied()).collect()
}

fn open_figures(open: OpenCounts) -> OpenFigures {
    let unassigned = open.by_assignee.get(&None).copied().unwrap_or_default();
    let officers = open.by_assignee.into_iter();
    let mut by_assignee: Vec<Load> = officers
        .filter_map(|(assignee, open)| assignee.map(|assignee| Load { assignee, open }))
        .collect();
    by_assignee.sort_by_key(|load| (std::cmp::Reverse(load.open), load.assignee));
    let severities = open.by_severity.into_iter();
    OpenFigures {
        by_category: open.by_category,
        by_severity: severities
            .map(|(severity, open)| (severity.as_str(), open))
            .collect(),
        by_assignee,
        unassigned,
    }
}

/// Every day of the range, also those on which nothing happened.
fn days(first: Date, last: Date, figures: &BTreeMap<Date, DayFigures>) -> Vec<Day> {
    let days = first.series(Span::new().days(1));
    days.take_while(|day| *day <= last)
        .map(|day| Day {
            day,
            opened: figures.get(&day).map_or(0, |figures| figures.opened),
            resolved: figures.get(&day).map_or(0, |figures| figures.resolved),
        })
        .collect()
}

fn times(durations: &Durations) -> Times {
    let seconds = |share| durations.quantile(share).map(f64::round);
    Times {
        complaints: durations.complaints(),
        median_s: seconds(0.5),
        p90_s: seconds(0.9),
    }
}
