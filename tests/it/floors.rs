//! The floors of `src/lib.rs`: which module may know which, and who alone may do what.

use crate::source::{Source, files, words_after};

/// What each module of `src/` may name; what is absent here may name nothing of ours.
const FLOORS: &[(&str, &str)] = &[
    ("config", "domain"),
    ("telemetry", "config domain"),
    ("store", "telemetry config domain"),
    ("embedded", "telemetry config domain"),
    ("feed", "store telemetry config domain"),
    ("access", "store telemetry config domain"),
    ("import", "store telemetry config domain"),
    ("media", "store telemetry config domain"),
    ("retention", "store telemetry config domain"),
    ("demo", "access import store telemetry config domain"),
    (
        "actors",
        "feed access import media retention store telemetry config domain",
    ),
    ("ws", "actors access import store telemetry config domain"),
    (
        "http",
        "ws actors access import media retention store telemetry config domain",
    ),
    (
        "app",
        "demo http ws actors feed access import media store embedded telemetry config domain",
    ),
    (
        "cli",
        "app demo http access import media retention store telemetry config domain",
    ),
];

const LINES: usize = 300;

fn code() -> Vec<Source> {
    files("src", "rs")
}

/// Fails with every file whose code holds one of the words, but those that may.
fn forbid(words: &[&str], may: &[&str], why: &str) {
    let mut found = Vec::new();
    for source in code() {
        let is_allowed = may.iter().any(|prefix| source.path.starts_with(prefix));
        let code = source.code();
        let said = words.iter().filter(|word| code.contains(**word));
        found.extend(
            said.filter(|_| !is_allowed)
                .map(|word| format!("{}: {word}", source.path)),
        );
    }
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

#[test]
fn every_module_names_only_the_floors_below_it() {
    let mut wrong = Vec::new();
    for source in code() {
        let module = source.module();
        if ["lib", "main"].contains(&module) {
            continue;
        }
        let floors = FLOORS.iter().find(|(name, _)| *name == module);
        let below = floors.map_or("", |(_, below)| below);
        let code = source.code();
        assert!(
            !code.contains("crate::{"),
            "{}: one `use` a module",
            source.path
        );
        for named in words_after(&code, "crate::") {
            if named != module && !below.split(' ').any(|one| one == named) {
                wrong.push(format!("{} names {named}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_module_reaches_the_root_by_super() {
    for source in code() {
        let parts = source.path.matches('/').count();
        let is_folder = source.path.ends_with("/mod.rs");
        // `super` of `src/a/b.rs` is a, that of `src/a/mod.rs` and `src/a.rs` is the root.
        let to_root = if is_folder { parts - 1 } else { parts };
        let chain = "super::".repeat(to_root);
        let reaches = source.code().contains(&chain) && source.module() != "lib";
        assert!(
            !reaches,
            "{}: write crate:: instead of {chain}",
            source.path
        );
    }
}

#[test]
fn the_domain_does_no_io_and_reads_no_clock() {
    let words = [
        "actix",
        "tokio",
        "reqwest",
        "bb8",
        "refinery",
        "slog",
        "sentry",
        "prometheus",
        "rustls",
        "rand::",
        "std::fs",
        "std::net",
        "std::env",
        "std::process",
        "std::thread",
        "std::io",
        "SystemTime",
        "Instant",
        "now()",
        "now_v7",
        "new_v4",
    ];
    let others: Vec<String> = FLOORS
        .iter()
        .map(|(name, _)| format!("src/{name}"))
        .collect();
    let mut may: Vec<&str> = others.iter().map(String::as_str).collect();
    may.extend(["src/main.rs", "src/lib.rs"]);
    forbid(&words, &may, "src/domain is pure");
}

#[test]
fn complaints_are_written_by_the_commit_lane_alone() {
    let may = ["src/actors/commit_lane", "src/store/"];
    forbid(&["store::commit", "commit::"], &may, "see src/store/mod.rs");
}

#[test]
fn pictures_are_decoded_in_one_place_and_on_its_own_threads() {
    let codecs = [
        "zune_",
        "jpeg_encoder",
        "image_webp",
        "fast_image_resize",
        "moxcms",
        "miniz_oxide",
        "png::",
        "gif::",
    ];
    forbid(&codecs, &["src/media/thumbnail"], "see src/media/mod.rs");
    forbid(&["rayon::"], &["src/media/pool.rs"], "see src/media/mod.rs");
}

#[test]
fn the_environment_is_read_by_config_alone() {
    let words = [
        "std::env::var",
        "env::var",
        "env::vars",
        "env = \"",
        "env!(\"HOME",
    ];
    forbid(
        &words,
        &["src/config"],
        "a setting belongs into src/config.rs",
    );
}

#[test]
fn status_codes_of_errors_are_picked_by_problem_alone() {
    // `health` answers 503 as a state of the node, and `watch` reads codes as a client.
    let may = ["src/http/problem", "src/http/health.rs", "src/cli/watch/"];
    let words = [
        "StatusCode",
        "HttpResponse::BadRequest",
        "HttpResponse::Internal",
    ];
    forbid(&words, &may, "src/http/problem.rs knows status codes");
}

#[test]
fn sql_is_run_by_the_store_alone() {
    // `feed` listens on a connection of its own.
    let may = ["src/store/", "src/embedded/", "src/feed"];
    forbid(&["tokio_postgres", "bb8"], &may, "ask the store");
}

#[test]
fn actors_and_what_is_below_know_no_http() {
    let above = ["src/http/", "src/ws/", "src/app", "src/cli/"];
    forbid(&["actix_web", "actix_http"], &above, "see src/lib.rs");
}

#[test]
fn no_file_is_longer_than_300_lines() {
    let mut long = Vec::new();
    for source in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        let lines = source.text.lines().count();
        if lines > LINES {
            long.push(format!("{}: {lines} lines", source.path));
        }
    }
    assert!(long.is_empty(), "split:\n{}", long.join("\n"));
}

#[test]
fn every_file_says_what_it_is_for() {
    for source in files("src", "rs").into_iter().chain(files("tests", "rs")) {
        assert!(source.text.starts_with("//!"), "{}", source.path);
    }
    for source in files("sql", "sql") {
        assert!(source.text.starts_with("-- "), "{}", source.path);
    }
}
