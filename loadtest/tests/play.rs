//! The program as it is called: it plays a few seconds with a server that it starts, and tells by its exit
//! code whether everything held. Needs the server's program beside it: `cargo build --workspace`.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const PROGRAM: &str = env!("CARGO_BIN_EXE_redress-loadtest");

/// An empty folder for a run's reports.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    folder
}

/// Plays with a server of its own for some seconds.
fn play(name: &str, arguments: &[&str]) -> (Output, PathBuf) {
    let server = Path::new(PROGRAM).with_file_name("redress");
    assert!(
        server.exists(),
        "cargo build --workspace makes {}",
        server.display()
    );
    let reports = folder(name);
    let output = Command::new(PROGRAM)
        .args([
            "play",
            "--rate",
            "25",
            "--sockets",
            "12",
            "--stage",
            name,
            "--report",
        ])
        .arg(&reports)
        .args(arguments)
        .output()
        .unwrap();
    (output, reports)
}

/// The one file with this ending.
fn report(folder: &Path, ending: &str) -> String {
    let files = std::fs::read_dir(folder).unwrap();
    let files: Vec<PathBuf> = files.map(|entry| entry.unwrap().path()).collect();
    let mut those = files
        .iter()
        .filter(|path| path.extension().is_some_and(|found| found == ending));
    let path = those.next().unwrap();
    assert!(those.next().is_none(), "one .{ending}");
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_few_seconds_of_the_normal_profile_hold_and_are_reported() {
    // A debug build, on a machine that does other things: how fast it is, is not the question here.
    let slow = ["--max-p95-ms", "10000", "--max-push-p99-ms", "10000"];
    let (output, reports) = play(
        "test-holds",
        &[&["--seconds", "4"], slow.as_slice()].concat(),
    );
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        output.status.success(),
        "{told}{}",
        String::from_utf8_lossy(&output.stdout)
    );

    let raw: Value = serde_json::from_str(&report(&reports, "json")).unwrap();
    let raw = &raw["raw"];
    let deeds = raw["deeds"].as_array().unwrap();
    let count = |name: &str| {
        let deed = deeds.iter().find(|deed| deed["deed"] == name);
        deed.map_or(0, |deed| deed["count"].as_u64().unwrap())
    };
    assert!(
        count("submit") > 0 && count("resolve") + count("take") > 0,
        "{deeds:?}"
    );
    assert!(raw["deliveries"].as_u64().unwrap() > 0);
    assert!(raw["rows"].as_array().unwrap().len() >= 3, "a row a second");
    let lines = raw["agreement"].as_array().unwrap();
    let has = |series: &str| {
        let mut lines = lines.iter();
        lines.any(|line| {
            line["series"].as_str().unwrap().starts_with(series) && line["counted"] != 0.0
        })
    };
    for series in [
        "complaints_submitted_total{",
        "http_requests_total{endpoint=\"/api/v1/complaints\"",
        "events_published_total",
        "events_delivered_total",
    ] {
        assert!(has(series), "{series} is compared: {lines:?}");
    }

    let page = report(&reports, "html");
    assert!(page.contains("<svg") && page.contains("everything held"));
    let asks_for = ["src=", "href=", "url(", "@import", "<script"];
    assert!(
        asks_for.iter().all(|word| !page.contains(word)),
        "it needs nothing else"
    );
}

#[test]
fn a_threshold_that_is_missed_is_the_exit_code() {
    let (output, reports) = play("test-misses", &["--seconds", "2", "--max-p95-ms", "0.001"]);
    assert_eq!(output.status.code(), Some(1));
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(table.contains("FAIL"), "{table}");
    assert!(report(&reports, "html").contains("missed"));
}

#[test]
fn ctrl_c_ends_a_run_early_with_its_report_and_without_a_server_left() {
    let name = "test-interrupted";
    let reports = folder(name);
    let mut program = Command::new(PROGRAM)
        .args([
            "play",
            "--rate",
            "25",
            "--sockets",
            "3",
            "--seconds",
            "600",
            "--stage",
            name,
        ])
        .args([
            "--max-p95-ms",
            "10000",
            "--max-push-p99-ms",
            "10000",
            "--report",
        ])
        .arg(&reports)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stderr.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let told = lines
        .find(|line| line.contains("Ctrl-C ends it early"))
        .unwrap();
    let address = told
        .split("http://")
        .nth(1)
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    assert!(lines.any(|line| line.contains("it begins")));
    let pid = program.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .unwrap()
            .success()
    );
    let rest: Vec<String> = lines.collect();
    assert!(program.wait().unwrap().success(), "{rest:?}");

    let raw: Value = serde_json::from_str(&report(&reports, "json")).unwrap();
    assert_eq!(raw["raw"]["is_whole"], false);
    assert!(report(&reports, "html").contains("ended early"));
    assert!(
        TcpStream::connect(&address).is_err(),
        "the server ended too"
    );
}

#[test]
fn a_server_elsewhere_is_not_loaded_by_accident() {
    let output = Command::new(PROGRAM)
        .args([
            "play",
            "--url",
            "http://192.0.2.1:8080",
            "--admin",
            "a:b",
            "--officer",
            "o:p:north",
        ])
        .args([
            "--api-key",
            "k",
            "--region",
            "north@1,2",
            "--category",
            "pothole",
        ])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("--anywhere"), "{told}");
}
