//! The small model of CAPACITY.md: what one core and one GiB carry, and what a town, a city and a state need,
//! computed from the raw results alone. The tables stand between marks; a test fails when they differ.

mod installation;
mod measured;
mod tables;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::report::results;
use crate::{Fault, say};
use measured::Measured;

/// Between these lines nobody writes by hand.
const BEGIN: &str = "<!-- model: computed by `redress-loadtest model` from loadtest/results -->\n";
const END: &str = "<!-- model: end -->\n";

/// What to do with it.
#[derive(Args)]
pub(crate) struct Options {
    /// Only say whether CAPACITY.md has what the results come to
    #[arg(long)]
    check: bool,
}

/// Computes the tables, and writes them into CAPACITY.md or compares them with what is there.
///
/// # Errors
/// When results are missing, CAPACITY.md has no marks, or differs when it is to be checked.
pub(crate) fn run(options: &Options) -> Result<(), Fault> {
    let path = capacity();
    let text = std::fs::read_to_string(&path)?;
    let anew = recomputed(&text, &results())?;
    if options.check {
        let differs =
            || "CAPACITY.md differs from what the results come to: redress-loadtest model";
        return (anew == text).then_some(()).ok_or_else(|| differs().into());
    }
    std::fs::write(&path, anew)?;
    say(&format!("written: {}", path.display()));
    Ok(())
}

fn capacity() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../CAPACITY.md")
}

/// The document with the tables as the results say.
fn recomputed(text: &str, results: &Path) -> Result<String, Fault> {
    let marks = text.split_once(BEGIN).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(END)?;
        Some((before, after))
    });
    let (before, after) = marks.ok_or("CAPACITY.md has no marks of the model")?;
    let tables = tables::tables(&Measured::read(results)?);
    Ok(format!("{before}{BEGIN}{tables}{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capacity_has_what_the_results_come_to() {
        let text = std::fs::read_to_string(capacity()).unwrap();
        let anew = recomputed(&text, &results()).unwrap();
        let differing = text
            .lines()
            .zip(anew.lines())
            .find(|(one, other)| one != other);
        assert!(
            text == anew,
            "run `redress-loadtest model`; first difference: {differing:?}"
        );
    }

    #[test]
    fn another_figure_in_a_result_is_another_table() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/loadtest/test-model");
        if folder.exists() {
            std::fs::remove_dir_all(&folder).unwrap();
        }
        std::fs::create_dir_all(&folder).unwrap();
        for entry in std::fs::read_dir(results()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
        }
        let text = std::fs::read_to_string(capacity()).unwrap();
        assert_eq!(recomputed(&text, &folder).unwrap(), text);
        let idle = r#"{"date": "x", "figures": [], "raw": {"sockets": 10, "before": 0, "first_wave": 102400}}"#;
        std::fs::write(folder.join("2999-01-01-idle.json"), idle).unwrap();
        let anew = recomputed(&text, &folder).unwrap();
        assert_ne!(anew, text);
        assert!(
            anew.contains("2999-01-01-idle.json"),
            "the latest result counts"
        );
    }

    #[test]
    fn without_marks_or_results_nothing_is_computed() {
        assert!(recomputed("no marks", &results()).is_err());
        let text = format!("{BEGIN}{END}");
        assert!(recomputed(&text, Path::new("/nowhere")).is_err());
    }
}
