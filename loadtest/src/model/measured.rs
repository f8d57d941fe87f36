//! What the raw results say, in the units of the model.

use std::path::Path;

use serde_json::Value;

use crate::Fault;
use crate::report::median;

/// A raw result: the latest of its name.
pub(super) struct Source {
    /// `DATE-NAME.json`.
    pub(super) file: String,
    content: Value,
}

/// One figure of a result that is told as it is.
pub(super) struct Told {
    pub(super) what: String,
    pub(super) value: String,
    pub(super) target: String,
    pub(super) from: String,
}

/// Costs of single things. CPU in microseconds.
pub(super) struct Measured {
    pub(super) submissions: Source,
    /// CPU of the server.
    pub(super) submission_us: f64,
    /// A second, without a pause, on two cores with clients and PostgreSQL.
    pub(super) submissions_sustained: f64,
    pub(super) life: Source,
    pub(super) cycle_server_us: f64,
    pub(super) cycle_database_us: f64,
    pub(super) idle: Source,
    /// Memory of the server without sockets, and for each.
    pub(super) base_bytes: f64,
    pub(super) socket_bytes: f64,
    pub(super) flood: Source,
    /// A delivery of one event to 5000 sockets, and to 250 of a region.
    pub(super) delivery_crowd_us: f64,
    pub(super) delivery_region_us: f64,
    pub(super) lists: Source,
    /// At a million complaints: the median over all questions, and the slowest 95th percentile.
    pub(super) list_p50_ms: f64,
    pub(super) list_p95_ms: f64,
    pub(super) reconnect: Source,
    /// CPU of the server for one that comes back and catches up on 50 events.
    pub(super) return_us: f64,
    /// CPU of the server for one photo, everything else of that run included; when it has been run.
    pub(super) photos: Option<(Source, f64)>,
    pub(super) peer: Option<Source>,
    pub(super) soak: Option<Source>,
}

impl Measured {
    /// Reads the latest result of each name.
    ///
    /// # Errors
    /// Which result is missing, or lacks which figure.
    pub(super) fn read(folder: &Path) -> Result<Self, Fault> {
        let needed = |name: &str| {
            let found = Source::latest(folder, name)?;
            found.ok_or_else(|| Fault::from(format!("no result of {name} in {}", folder.display())))
        };
        let (submissions, life) = (needed("submissions")?, needed("life")?);
        let (idle, flood) = (needed("idle")?, needed("flood")?);
        let (lists, reconnect) = (needed("lists")?, needed("reconnect")?);
        let (base_bytes, sockets) = (idle.number("/raw/before")?, idle.number("/raw/sockets")?);
        let photos = Source::latest(folder, "play-photos")?;
        let photos = photos.map(|source| {
            let cost = photo_us(&source)?;
            Ok::<_, Fault>((source, cost))
        });
        Ok(Self {
            submission_us: submissions.median("/raw/rounds", "/batches/server_cpu_us")?,
            submissions_sustained: submissions.number("/raw/sustained/per_second")?,
            cycle_server_us: life.median("/raw/rounds", "/full/server_cpu_us")?,
            cycle_database_us: life.median("/raw/rounds", "/full/postgresql_cpu_us")?,
            base_bytes,
            socket_bytes: (idle.number("/raw/first_wave")? - base_bytes) / sockets,
            delivery_crowd_us: delivery_us(&flood, 0)?,
            delivery_region_us: delivery_us(&flood, 2)?,
            list_p50_ms: lists.median("/raw/questions", "/p50_ms")?,
            list_p95_ms: lists
                .all("/raw/questions", "/p95_ms")?
                .into_iter()
                .fold(0.0, f64::max),
            return_us: 1000.0 * reconnect.median("/raw", "/server_cpu_ms")? / 5000.0,
            photos: photos.transpose()?,
            peer: Source::latest(folder, "peer")?,
            soak: Source::latest(folder, "soak-kills")?,
            submissions,
            life,
            idle,
            flood,
            lists,
            reconnect,
        })
    }
}

/// CPU of the server for one delivery of a scene.
fn delivery_us(flood: &Source, scene: usize) -> Result<f64, Fault> {
    let share = flood.number(&format!("/raw/{scene}/server_cpu_share"))?;
    let rate = flood.number(&format!("/raw/{scene}/deliveries_a_second"))?;
    Ok(share * 1e6 / rate)
}

/// All CPU of the server in a run, for each photo that was sent in it.
fn photo_us(source: &Source) -> Result<f64, Fault> {
    let cores = source.all("/raw/rows", "/server_cpu")?;
    let deeds = source.list("/raw/deeds")?;
    let photos = deeds.iter().find(|deed| deed["deed"] == "photo");
    let photos = photos
        .and_then(|deed| deed["count"].as_f64())
        .filter(|count| *count > 0.0);
    let photos = photos.ok_or_else(|| format!("{} has no photos", source.file))?;
    // A row is a second.
    Ok(cores.iter().sum::<f64>() * 1e6 / photos)
}

impl Source {
    /// The latest result of a name; none when there is none.
    fn latest(folder: &Path, name: &str) -> Result<Option<Self>, Fault> {
        let entries = std::fs::read_dir(folder)?;
        let files = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        // A date has ten letters.
        let is_named = |file: &String| {
            file.get(10..)
                .is_some_and(|rest| rest == format!("-{name}.json"))
        };
        let Some(file) = files.filter(is_named).max() else {
            return Ok(None);
        };
        let content = std::fs::read_to_string(folder.join(&file))?;
        let content = serde_json::from_str(&content)?;
        Ok(Some(Self { file, content }))
    }

    /// A figure by its place.
    fn number(&self, place: &str) -> Result<f64, Fault> {
        let number = self.content.pointer(place).and_then(Value::as_f64);
        number.ok_or_else(|| format!("{} has no number at {place}", self.file).into())
    }

    fn list(&self, place: &str) -> Result<&Vec<Value>, Fault> {
        let list = self.content.pointer(place).and_then(Value::as_array);
        list.ok_or_else(|| format!("{} has no list at {place}", self.file).into())
    }

    /// A figure of each member of a list, of those that have it.
    fn all(&self, list: &str, place: &str) -> Result<Vec<f64>, Fault> {
        let numbers = self
            .list(list)?
            .iter()
            .filter_map(|one| one.pointer(place)?.as_f64());
        let numbers: Vec<f64> = numbers.collect();
        if numbers.is_empty() {
            return Err(format!("{} has no {place} in {list}", self.file).into());
        }
        Ok(numbers)
    }

    fn median(&self, list: &str, place: &str) -> Result<f64, Fault> {
        Ok(median(self.all(list, place)?))
    }

    /// All its figures, as they are told in its own report.
    pub(super) fn told(&self) -> Vec<Told> {
        let figures = self.content["figures"].as_array();
        let text =
            |figure: &Value, name: &str| figure[name].as_str().unwrap_or_default().to_owned();
        let told = figures.into_iter().flatten().map(|figure| Told {
            what: text(figure, "what"),
            value: format!(
                "{:.2} {}",
                figure["value"].as_f64().unwrap_or(0.0),
                text(figure, "unit")
            ),
            target: target(&figure["target"]),
            from: text(figure, "from"),
        });
        told.collect()
    }
}

/// What must be, as in a report: `{"at_most": 1.0}` or `"none"`.
fn target(target: &Value) -> String {
    match (target["at_most"].as_f64(), target["at_least"].as_f64()) {
        (Some(most), _) => format!("≤ {most}"),
        (None, Some(least)) => format!("≥ {least}"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(content: &str) -> Source {
        Source {
            file: "2026-01-01-play-photos.json".into(),
            content: serde_json::from_str(content).unwrap(),
        }
    }

    #[test]
    fn a_photos_cost_is_that_of_the_run_it_was_sent_in() {
        let run = source(
            r#"{"raw": {"rows": [{"server_cpu": 0.5}, {"server_cpu": 1.0}, {"server_cpu": null}],
                "deeds": [{"deed": "submit", "count": 3}, {"deed": "photo", "count": 10}]}}"#,
        );
        assert_eq!(photo_us(&run).unwrap(), 150_000.0);
        let none = source(r#"{"raw": {"rows": [{"server_cpu": 0.5}], "deeds": []}}"#);
        assert!(
            photo_us(&none)
                .unwrap_err()
                .to_string()
                .contains("no photos")
        );
    }

    #[test]
    fn what_a_result_lacks_is_named() {
        let empty = source("{}");
        let error = empty.number("/raw/before").unwrap_err().to_string();
        assert!(error.contains("play-photos.json") && error.contains("/raw/before"));
        assert!(empty.median("/raw/rounds", "/x").is_err());
    }

    #[test]
    fn figures_are_told_with_their_targets() {
        let run = source(
            r#"{"figures": [{"what": "a", "value": 1.234, "unit": "×", "target": {"at_most": 2.0}, "from": "b"},
                {"what": "c", "value": 3, "unit": "", "target": "none", "from": ""}]}"#,
        );
        let told = run.told();
        assert_eq!(
            (told[0].value.as_str(), told[0].target.as_str()),
            ("1.23 ×", "≤ 2")
        );
        assert_eq!(told[1].target, "");
    }
}
