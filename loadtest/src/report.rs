//! The result of a benchmark: figures with their targets as a table, and everything raw as JSON.

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

/// What a figure must be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
    /// Told without a target.
    None,
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    target: Target,
    pass: bool,
    /// The absolute figures behind it.
    from: String,
}

impl Figure {
    /// A ratio of two figures of one run.
    pub(crate) fn ratio(what: &str, value: f64, target: Target, from: String) -> Self {
        Self::new(what, value, "×", target, from)
    }

    /// A figure with a unit.
    pub(crate) fn new(
        what: &str,
        value: f64,
        unit: &'static str,
        target: Target,
        from: String,
    ) -> Self {
        let pass = match target {
            Target::AtLeast(least) => value >= least,
            Target::AtMost(most) => value <= most,
            Target::None => true,
        };
        Self {
            what: what.to_owned(),
            value,
            unit,
            target,
            pass,
            from,
        }
    }

    /// What, value, target, verdict, and what is behind it.
    pub(crate) fn row(&self) -> [String; 5] {
        let target = match self.target {
            Target::AtLeast(least) => format!("≥ {least}"),
            Target::AtMost(most) => format!("≤ {most}"),
            Target::None => "-".into(),
        };
        let verdict = match (self.target, self.pass) {
            (Target::None, _) => "",
            (Target::AtLeast(_) | Target::AtMost(_), true) => "pass",
            (Target::AtLeast(_) | Target::AtMost(_), false) => "FAIL",
        };
        let value = format!("{:.2} {}", self.value, self.unit);
        [
            self.what.clone(),
            value,
            target,
            verdict.into(),
            self.from.clone(),
        ]
    }
}

/// The report of one benchmark.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// The benchmark, as in the file's name.
    pub(crate) what: String,
    /// When it ended.
    pub(crate) date: String,
    /// How to repeat it.
    pub(crate) command: String,
    /// Under which conditions: name and value.
    pub(crate) conditions: Vec<(&'static str, String)>,
    /// The figures.
    pub(crate) figures: Vec<Figure>,
    /// Every single run.
    pub(crate) raw: Value,
}

impl Report {
    /// A report of what was measured just now on this machine.
    pub(crate) fn new(what: &str, command: &str, figures: Vec<Figure>, raw: Value) -> Self {
        Self {
            what: what.to_owned(),
            date: jiff::Timestamp::now().to_string(),
            command: command.to_owned(),
            conditions: machine(),
            figures,
            raw,
        }
    }

    /// Adds a condition.
    pub(crate) fn under(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.conditions.push((name, value.into()));
        self
    }

    /// Prints the table and keeps the raw file; returns the file's name.
    ///
    /// # Errors
    /// When either cannot be written.
    pub(crate) fn publish(&self) -> Result<PathBuf, Box<dyn Error + Send + Sync>> {
        std::io::stdout().write_all(self.table().as_bytes())?;
        let path = self.keep()?;
        writeln!(std::io::stdout(), "raw: {}\n", path.display())?;
        Ok(path)
    }

    /// Writes the raw file where all of them are; returns its name.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn keep(&self) -> Result<PathBuf, Box<dyn Error + Send + Sync>> {
        let day: String = self.date.chars().take(10).collect();
        let folder = results();
        std::fs::create_dir_all(&folder)?;
        let path = folder.join(format!("{day}-{}.json", self.what));
        self.write(&path)?;
        Ok(path)
    }

    /// Writes everything raw to a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn write(&self, path: &Path) -> Result<(), Box<dyn Error + Send + Sync>> {
        let text = serde_json::to_string_pretty(self)?;
        Ok(std::fs::write(path, format!("{text}\n"))?)
    }

    /// Whether every figure is what it must be.
    pub(crate) fn holds(&self) -> bool {
        self.figures.iter().all(|figure| figure.pass)
    }

    /// The table, as text.
    pub(crate) fn table(&self) -> String {
        let rows: Vec<[String; 5]> = self.figures.iter().map(Figure::row).collect();
        let width = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        };
        let mut table = format!("\n{} ({})\n", self.what, self.date);
        for row in &rows {
            for (column, cell) in row.iter().enumerate() {
                let space = " ".repeat(width(column).saturating_sub(cell.chars().count()) + 2);
                // Writing to a string cannot fail.
                write!(table, "{cell}{space}").unwrap_or_default();
            }
            table.push('\n');
        }
        table
    }
}

/// The folder of raw results, for this program and for benches of the project's root.
pub(crate) fn results() -> PathBuf {
    let home = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let is_own = home.ends_with("loadtest");
    let home = if is_own { home } else { home.join("loadtest") };
    home.join("results")
}

/// Cores, processor and kernel of this machine.
fn machine() -> Vec<(&'static str, String)> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let field = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_default();
        line.split(':')
            .next_back()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    vec![
        ("cores", cores.to_string()),
        ("processor", field("/proc/cpuinfo", "model name")),
        ("kernel", field("/proc/sys/kernel/osrelease", "")),
        ("load average when reported", field("/proc/loadavg", "")),
    ]
}

/// The middle value; the mean of both middle ones of an even number.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let high = values.get(middle).copied().unwrap_or(f64::NAN);
    if values.len() % 2 == 1 {
        return high;
    }
    let low = values
        .get(middle.wrapping_sub(1))
        .copied()
        .unwrap_or(f64::NAN);
    f64::midpoint(low, high)
}

/// The value below which `share` of the values lie.
pub(crate) fn percentile(values: &mut [u32], share: f64) -> f64 {
    values.sort_unstable();
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into at most some millions of samples"
    )]
    let index = (values.len().saturating_sub(1) as f64 * share).round() as usize;
    values.get(index).copied().map_or(f64::NAN, f64::from)
}
