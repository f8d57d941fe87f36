//! Reads a submission: every rule that needs no database is checked here, and all faults are named.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;
use uuid::Uuid;

use super::field::{Field, refuse_unknown};
use crate::domain::catalogue::Catalogue;
use crate::domain::complaint::{DESCRIPTION_LONGEST, Idempotency, Severity, Submission};
use crate::domain::fault::{Faults, free_text};
use crate::domain::place::Place;
use crate::domain::region::RegionId;
use crate::domain::reporter::Reporter;

/// A complaint to submit. Give latitude and longitude, or an address, or both.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewComplaint {
    /// An active category's id.
    #[serde(default)]
    #[schema(value_type = String, example = "pothole")]
    category: Field<String>,
    /// What is wrong, 1–4000 characters.
    #[serde(default)]
    #[schema(value_type = String, max_length = 4000)]
    description: Field<String>,
    /// `low`, `medium`, `high` or `critical`; the category's default if absent.
    #[serde(default)]
    #[schema(value_type = Option<Severity>)]
    severity: Field<String>,
    /// WGS84 degrees, north positive.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = -90, maximum = 90)]
    latitude: Field<f64>,
    /// WGS84 degrees, east positive.
    #[serde(default)]
    #[schema(value_type = Option<f64>, minimum = -180, maximum = 180)]
    longitude: Field<f64>,
    /// Address in the reporter's words, 1–500 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    address: Field<String>,
    /// The region; found from the point if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "north")]
    region: Field<String>,
    /// Who reports it, as far as they want to tell.
    #[serde(default)]
    #[schema(value_type = Option<NewReporter>)]
    reporter: Field<NewReporter>,
    /// `reject`: when open complaints of the category are close by, refuse with their list; `accept`
    /// if absent.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    on_duplicate: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

/// What a body asks for.
#[derive(Debug)]
pub struct Asked {
    /// The checked submission.
    pub submission: Submission,
    /// Whether it shall be refused when it may be a duplicate.
    pub rejects_duplicates: bool,
}

/// Who reports a complaint. Every member is optional.
#[derive(Deserialize, ToSchema)]
pub struct NewReporter {
    /// Name, at most 200 characters.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    name: Field<String>,
    /// E-mail address.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    email: Field<String>,
    /// Phone number.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    phone: Field<String>,
    #[serde(flatten)]
    #[schema(ignore)]
    unknown: BTreeMap<String, IgnoredAny>,
}

impl std::fmt::Debug for NewReporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewReporter(withheld)")
    }
}

impl NewComplaint {
    /// The checked submission.
    ///
    /// # Errors
    /// All faults at once.
    pub fn parse(
        self,
        catalogue: &Catalogue,
        api_key: Option<Uuid>,
        idempotency: Option<Idempotency>,
    ) -> Result<Asked, Faults> {
        let mut faults = Faults::default();
        let category = category(self.category, catalogue, &mut faults);
        let description = self.description.require("description", &mut faults);
        let description = description
            .and_then(|text| faults.keep("description", free_text(&text, DESCRIPTION_LONGEST)));
        let severity = self.severity.take("severity", &mut faults);
        let severity = severity.and_then(|word| faults.keep("severity", Severity::parse(&word)));
        let place = place(self.latitude, self.longitude, self.address, &mut faults);
        let region = region(self.region, place.as_ref(), catalogue, &mut faults);
        let reporter = self.reporter.take("reporter", &mut faults);
        let reporter = reporter.and_then(|reporter| reporter.parse(&mut faults));
        let on_duplicate = self.on_duplicate.take("on_duplicate", &mut faults);
        let rejects = rejects_duplicates(on_duplicate.as_deref(), &mut faults);
        refuse_unknown("", &self.unknown, &mut faults);
        let parsed = category.zip(description).zip(place).zip(region);
        faults
            .into_result(parsed)
            .map(|(((category, description), place), region)| Asked {
                submission: Submission {
                    id: Uuid::now_v7(),
                    severity: severity.unwrap_or(category.1),
                    category: category.0,
                    region,
                    description,
                    place,
                    reporter,
                    api_key,
                    idempotency,
                },
                rejects_duplicates: rejects,
            })
    }
}

impl NewReporter {
    fn parse(self, faults: &mut Faults) -> Option<Reporter> {
        let name = self.name.take("reporter.name", faults);
        let email = self.email.take("reporter.email", faults);
        let phone = self.phone.take("reporter.phone", faults);
        refuse_unknown("reporter.", &self.unknown, faults);
        Reporter::parse(name.as_deref(), email.as_deref(), phone.as_deref(), faults)
    }
}

fn rejects_duplicates(word: Option<&str>, faults: &mut Faults) -> bool {
    let known = match word {
        None | Some("accept") => Ok(false),
        Some("reject") => Ok(true),
        Some(_) => Err(("unknown", "must be accept or reject".to_owned())),
    };
    faults.keep("on_duplicate", known).unwrap_or_default()
}

/// The category and its default severity.
fn category(
    given: Field<String>,
    catalogue: &Catalogue,
    faults: &mut Faults,
) -> Option<(String, Severity)> {
    let id = given.require("category", faults)?;
    let active = catalogue
        .categories
        .get(&id)
        .filter(|category| category.active);
    if active.is_none() {
        faults.add(
            "category",
            "unknown",
            "is not an active category; GET /api/v1/categories lists them",
        );
    }
    active.map(|category| (category.id.clone(), category.default_severity))
}

fn place(
    latitude: Field<f64>,
    longitude: Field<f64>,
    address: Field<String>,
    faults: &mut Faults,
) -> Option<Place> {
    let nothing = [&latitude, &longitude]
        .iter()
        .all(|field| matches!(field, Field::Missing))
        && matches!(address, Field::Missing);
    if nothing {
        faults.add(
            "latitude",
            "required",
            "give latitude and longitude, or an address",
        );
        return None;
    }
    let latitude = latitude.take("latitude", faults);
    let longitude = longitude.take("longitude", faults);
    let address = address.take("address", faults);
    Place::parse(latitude, longitude, address.as_deref(), faults)
}

/// The region that was named, or the one around the point.
fn region(
    given: Field<String>,
    place: Option<&Place>,
    catalogue: &Catalogue,
    faults: &mut Faults,
) -> Option<RegionId> {
    if !matches!(given, Field::Missing) {
        let id = RegionId::from_stored(&given.take("region", faults)?);
        let active = catalogue
            .regions
            .get(&id)
            .is_some_and(|region| region.active);
        if !active {
            faults.add(
                "region",
                "unknown",
                "is not an active region; GET /api/v1/regions lists them",
            );
        }
        return active.then_some(id);
    }
    let Some(point) = place?.point else {
        faults.add(
            "region",
            "required",
            "must be given when there is no point to find it by",
        );
        return None;
    };
    let found = catalogue.region_at(point);
    if found.is_none() {
        faults.add(
            "latitude",
            "outside",
            "the point lies outside all regions; give a region to submit anyway",
        );
    }
    found
}

#[cfg(test)]
mod tests;
