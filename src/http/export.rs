//! Whole lists as CSV or GeoJSON, streamed page by page.
//!
//! Holds one page at a time and no connection between two: a client that reads slowly costs neither
//! memory nor a snapshot of the database. Each page goes on behind the last item of the one before,
//! so that what changes meanwhile may be missed or met again, but nothing else is.

mod csv;
mod geojson;

use actix_web::http::header::{ACCEPT, CONTENT_DISPOSITION};
use actix_web::{HttpRequest, HttpResponse};
use bytes::Bytes;
use futures_util::stream;

use super::problem::Problem;
use crate::domain::listing::{Cursor, Listed};
use crate::store::lists::{self, Filter, Known, Slice};
use crate::store::{Store, StoreError};

/// Complaints that are read and sent at once: about a megabyte.
const PAGE: i64 = 1000;

/// A format in which a whole list can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// RFC 4180.
    Csv,
    /// RFC 7946.
    GeoJson,
}

/// A whole list on its way to a client.
pub(super) struct Export {
    store: Store,
    filter: Filter,
    known: Known,
    /// Where the next page begins.
    slice: Slice,
    /// Complaints that may still be sent.
    left: i64,
}

/// The format that a client prefers to JSON, if any.
pub(super) fn wanted(request: &HttpRequest) -> Option<Format> {
    let accepted = request.headers().get_all(ACCEPT);
    let accepted: Vec<&str> = accepted.filter_map(|value| value.to_str().ok()).collect();
    preferred(&accepted.join(","))
}

/// Of several formats the one with the greatest weight (RFC 9110 § 12.5.1), then the first.
fn preferred(accepted: &str) -> Option<Format> {
    let mut best = (0.0, None);
    for range in accepted.split(',') {
        let mut parts = range.split(';').map(str::trim);
        let format = match parts.next().unwrap_or_default() {
            kind if kind.eq_ignore_ascii_case("text/csv") => Some(Format::Csv),
            kind if kind.eq_ignore_ascii_case("application/geo+json") => Some(Format::GeoJson),
            kind if kind.eq_ignore_ascii_case("application/json") || kind == "*/*" => None,
            _ => continue,
        };
        let weight = parts
            .find_map(|part| part.strip_prefix("q="))
            .map_or(1.0, |weight| weight.parse().unwrap_or(0.0));
        if weight > best.0 {
            best = (weight, format);
        }
    }
    best.1
}

/// How many complaints an export may have.
///
/// # Errors
/// 422 for none.
pub(super) fn limit(given: Option<u32>) -> Result<i64, Problem> {
    match given {
        Some(0) => Err(Problem::invalid_field(
            "limit",
            "out_of_range",
            "must be at least 1",
        )),
        Some(limit) => Ok(i64::from(limit)),
        None => Ok(i64::MAX),
    }
}

impl Export {
    /// The list behind a slice's cursor, of at most `most` complaints.
    pub(super) fn new(store: Store, filter: Filter, known: Known, slice: Slice, most: i64) -> Self {
        Self {
            store,
            filter,
            known,
            slice,
            left: most,
        }
    }

    /// The answer; its first page is read before anything is promised.
    ///
    /// # Errors
    /// When the first page cannot be read.
    pub(super) async fn answer(mut self, format: Format) -> Result<HttpResponse, Problem> {
        let first = self.next().await?;
        let mut response = HttpResponse::Ok();
        response.insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", format.file_name()),
        ));
        response.content_type(format.media_type());
        let beginning = Part::Beginning(self, first);
        let parts = stream::try_unfold(beginning, move |part| part.encode(format));
        Ok(response.streaming(parts))
    }

    /// The next page; none when the list has ended.
    async fn next(&mut self) -> Result<Vec<Listed>, StoreError> {
        let limit = self.left.min(PAGE);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let slice = Slice {
            limit,
            ..self.slice
        };
        let page = lists::page(&self.store, &self.filter, &self.known, slice).await?;
        let found = i64::try_from(page.len()).unwrap_or(limit);
        let after: Option<Cursor> = page.last().and_then(|last| last.cursor(self.slice.sort));
        self.slice.after = after.or(self.slice.after);
        self.left = if found < limit { 0 } else { self.left - found };
        Ok(page)
    }
}

/// What is sent next.
enum Part {
    /// The head, and the first page.
    Beginning(Export, Vec<Listed>),
    /// The pages that follow.
    Middle(Export),
    /// Nothing more.
    End,
}

impl Part {
    /// The bytes of this part and the part that follows. An error cuts the connection: the last chunk,
    /// by which a client knows that nothing is missing, is never sent.
    async fn encode(self, format: Format) -> Result<Option<(Bytes, Self)>, StoreError> {
        let (bytes, following) = match self {
            Self::Beginning(export, page) => {
                let mut bytes = format.head().to_owned();
                format.rows(&page, true, &mut bytes);
                (bytes, Self::Middle(export))
            }
            Self::Middle(mut export) => {
                let page = export.next().await.inspect_err(|error| {
                    slog_scope::error!("an export was cut off: {}", error);
                })?;
                let mut bytes = String::new();
                format.rows(&page, false, &mut bytes);
                if page.is_empty() {
                    bytes.push_str(format.foot());
                    (bytes, Self::End)
                } else {
                    (bytes, Self::Middle(export))
                }
            }
            Self::End => return Ok(None),
        };
        Ok(Some((Bytes::from(bytes), following)))
    }
}

impl Format {
    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::GeoJson => "application/geo+json",
        }
    }

    const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "complaints.csv",
            Self::GeoJson => "complaints.geojson",
        }
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Csv => csv::HEAD,
            Self::GeoJson => geojson::HEAD,
        }
    }

    const fn foot(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::GeoJson => geojson::FOOT,
        }
    }

    fn rows(self, page: &[Listed], is_first: bool, out: &mut String) {
        for (index, listed) in page.iter().enumerate() {
            match self {
                Self::Csv => csv::row(listed, out),
                Self::GeoJson => geojson::feature(listed, is_first && index == 0, out),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_format_of_the_greatest_weight_wins() {
        for (accepted, expected) in [
            ("", None),
            ("*/*", None),
            ("text/html", None),
            ("text/csv", Some(Format::Csv)),
            ("Text/CSV; header=present", Some(Format::Csv)),
            ("application/geo+json, */*;q=0.1", Some(Format::GeoJson)),
            ("application/json, text/csv;q=0.9", None),
            ("application/json;q=0.5, text/csv;q=0.9", Some(Format::Csv)),
            ("text/csv;q=0", None),
            ("text/csv;q=x", None),
        ] {
            assert_eq!(preferred(accepted), expected, "{accepted}");
        }
    }
}
