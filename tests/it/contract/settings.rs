//! Every flag of every command is on the settings' page and in `--help`, and nothing else is.

use std::collections::BTreeSet;
use std::process::Command as Process;

use clap::{Command, CommandFactory};
use redress::cli::Arguments;

use crate::source::read;

/// Every command with the words that call it.
fn commands() -> Vec<(Vec<String>, Command)> {
    let mut found = Vec::new();
    let mut waiting = vec![(Vec::new(), Arguments::command())];
    while let Some((words, command)) = waiting.pop() {
        for sub in command.get_subcommands() {
            let mut words = words.clone();
            words.push(sub.get_name().to_owned());
            waiting.push((words, sub.clone()));
        }
        found.push((words, command));
    }
    found
}

/// What stands in backticks in one column of the page's tables, up to the first space.
fn column(page: &str, number: usize) -> BTreeSet<String> {
    let rows = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.contains("---"));
    let cell = |row: &str| {
        let text = row
            .split(" |")
            .nth(number)?
            .trim_start_matches('|')
            .trim()
            .to_owned();
        let word = text.strip_prefix('`')?.split(['`', ' ']).next()?;
        Some(word.to_owned())
    };
    rows.filter_map(cell).collect()
}

#[test]
fn the_page_lists_every_flag_and_variable_and_nothing_else() {
    let page = read("docs/CONFIGURATION.md");
    let (mut flags, mut variables) = (BTreeSet::new(), BTreeSet::new());
    for (_, command) in commands() {
        for argument in command.get_arguments() {
            if let Some(long) = argument.get_long() {
                flags.insert(format!("--{long}"));
            }
            if let Some(variable) = argument.get_env() {
                variables.insert(variable.to_str().unwrap().to_owned());
            }
        }
    }
    flags.remove("--help");
    flags.remove("--version");
    // A convention of all programs (no-color.org), not a setting of ours.
    variables.insert("NO_COLOR".to_owned());
    assert_eq!(column(&page, 0), flags);
    assert_eq!(column(&page, 1), variables);
}

#[test]
fn the_page_names_the_defaults() {
    let page = read("docs/CONFIGURATION.md");
    for (words, command) in commands() {
        for argument in command.get_arguments() {
            let (Some(variable), [default]) = (argument.get_env(), argument.get_default_values())
            else {
                continue;
            };
            let (variable, default) = (variable.to_str().unwrap(), default.to_str().unwrap());
            let row = format!("`{variable}` | `{default}` |");
            let is_switch = ["true", "false"].contains(&default);
            assert!(is_switch || page.contains(&row), "{words:?}: no {row}");
        }
    }
}

#[test]
fn every_command_and_flag_has_a_help_text() {
    for (words, command) in commands() {
        assert!(command.get_about().is_some(), "{words:?}");
        for argument in command.get_arguments() {
            let help = argument.get_help().map(ToString::to_string);
            assert!(
                help.is_some_and(|text| text.len() > 5),
                "{words:?} {argument}"
            );
        }
    }
}

#[test]
fn the_help_of_every_command_can_be_read() {
    for (words, _) in commands() {
        let mut process = Process::new(env!("CARGO_BIN_EXE_redress"));
        let output = process.args(&words).arg("--help").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{words:?}");
        assert!(text.contains("Usage:"), "{words:?}: {text}");
    }
}

#[test]
fn a_secret_of_the_environment_is_not_in_the_help() {
    let mut process = Process::new(env!("CARGO_BIN_EXE_redress"));
    process.args(["serve", "--help"]);
    for variable in ["JWT_SECRET", "DATABASE_URL", "SENTRY_DSN"] {
        process.env(variable, "postgres://u:hushhush@h/d");
    }
    let output = process.output().unwrap();
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hushhush"));
}

#[actix::test]
async fn the_printed_document_is_the_served_one() {
    let app = crate::support::TestApp::spawn().await;
    let mut process = Process::new(env!("CARGO_BIN_EXE_redress"));
    let output = process.arg("openapi").output().unwrap();
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let served = crate::support::call(app.api.get("/api/v1/openapi.json")).await;
    assert_eq!(printed, served.expect(200));
    app.end().await;
}
