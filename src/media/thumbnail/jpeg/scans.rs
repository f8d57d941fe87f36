//! What follows the first scan of a JPEG file.

use super::super::Flaw;
use super::markers::{END, Markers, START_OF_SCAN, damaged, segment};

/// The most scans that are decoded: a progressive photo has ten or so.
pub(super) const SCANS: usize = 32;

/// Fails where there is metadata, of which the decoder would keep copies, or where there are too many scans. Of a file
/// that is read row by row the decoder itself tells whether it is whole, and refuses scans that are too many.
pub(super) fn check(bytes: &[u8], markers: &Markers<'_>) -> Result<(), Flaw> {
    match count(bytes, markers.scan) {
        Err(Flaw::Truncated | Flaw::TooManyScans { .. }) if !markers.is_whole => Ok(()),
        counted => counted,
    }
}

fn count(bytes: &[u8], first: usize) -> Result<(), Flaw> {
    let mut at = first;
    let mut scans = 0;
    loop {
        let segment = segment(bytes, at)?;
        at = segment.next;
        match segment.marker {
            END => return Ok(()),
            0xE0..=0xEF => return Err(damaged("it has metadata among its scans")),
            START_OF_SCAN => {
                scans += 1;
                at = after_scan(bytes, at)?;
            }
            _ => {}
        }
        if scans > SCANS {
            return Err(Flaw::TooManyScans { limit: SCANS });
        }
    }
}

/// Where the marker after a scan's coded bytes is.
fn after_scan(bytes: &[u8], from: usize) -> Result<usize, Flaw> {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        at += rest
            .iter()
            .position(|byte| *byte == 0xFF)
            .ok_or(Flaw::Truncated)?;
        match bytes.get(at + 1) {
            None => return Err(Flaw::Truncated),
            // A coded 0xFF, or a restart within the scan.
            Some(0 | 0xD0..=0xD7) => at += 2,
            Some(0xFF) => at += 1,
            Some(_) => return Ok(at),
        }
    }
}
