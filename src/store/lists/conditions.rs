//! What a list is narrowed to, as the parameters that all statements of lists share.

use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::{Filter, Known, Slice, ids, severities, slugs, words};
use crate::domain::area::BoundingBox;

/// A parameter with its type.
pub(super) type Typed<'a> = (&'a (dyn ToSql + Sync), Type);

/// The first twenty parameters of a statement.
pub(super) struct Conditions<'a> {
    filter: &'a Filter,
    language: &'a str,
    regions: Option<Vec<&'a str>>,
    statuses: Option<Vec<&'static str>>,
    severities: Option<Vec<&'static str>>,
    lowest: Option<Uuid>,
    below: Option<Uuid>,
    /// South, west, north, east.
    sides: [Option<f64>; 4],
    /// Latitude, longitude and metres of a circle.
    circle: [Option<f64>; 3],
}

/// The box of a filter, or one around its circle.
pub(super) fn box_of(filter: &Filter) -> Option<BoundingBox> {
    filter
        .area
        .or_else(|| filter.near.map(|near| near.bounding_box()))
}

/// Its sides as parameters: south, west, north, east.
pub(super) fn sides(filter: &Filter) -> [Option<f64>; 4] {
    box_of(filter).map_or([None; 4], sides_of)
}

fn sides_of(area: BoundingBox) -> [Option<f64>; 4] {
    [area.south, area.west, area.north, area.east].map(Some)
}

/// A filter's circle as parameters: latitude, longitude, metres.
pub(super) fn circle(filter: &Filter) -> [Option<f64>; 3] {
    filter.near.map_or([None; 3], |near| {
        [near.middle.latitude, near.middle.longitude, near.metres].map(Some)
    })
}

impl<'a> Conditions<'a> {
    pub(super) fn of(filter: &'a Filter, known: &'a Known, slice: Slice) -> Self {
        let (lowest, below) = ids(filter, slice);
        Self {
            filter,
            language: &known.language,
            regions: filter.regions.as_deref().map(slugs),
            statuses: filter.statuses.as_deref().map(words),
            severities: severities(filter),
            lowest,
            below,
            sides: filter.area.map_or([None; 4], sides_of),
            circle: circle(filter),
        }
    }

    pub(super) fn parameters(&self) -> Vec<Typed<'_>> {
        let mut parameters: Vec<Typed<'_>> = vec![
            (&self.regions, Type::TEXT_ARRAY),
            (&self.statuses, Type::TEXT_ARRAY),
            (&self.filter.assignee, Type::UUID),
            (&self.filter.unassigned, Type::BOOL),
            (&self.lowest, Type::UUID),
            (&self.below, Type::UUID),
            (&self.filter.categories, Type::TEXT_ARRAY),
            (&self.severities, Type::TEXT_ARRAY),
            (&self.filter.api_key, Type::UUID),
            (&self.filter.text, Type::TEXT),
            (&self.language, Type::TEXT),
            (&self.filter.due_from, Type::TIMESTAMPTZ),
            (&self.filter.due_before, Type::TIMESTAMPTZ),
        ];
        let numbers = self.sides.iter().chain(&self.circle);
        parameters.extend(numbers.map(|number| -> Typed<'_> { (number, Type::FLOAT8) }));
        parameters
    }
}
