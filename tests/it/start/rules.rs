//! The subcommands that check and set rules.

use serde_json::json;

use super::commands::{ANN, done, on};
use crate::support::program::{argument, data_folder, run};

#[actix::test]
async fn workflows_and_calendars_are_checked_and_set() {
    let data = data_folder();
    let data = data.path();
    let file = |name: &str, content: serde_json::Value| {
        let path = data.join(name);
        std::fs::write(&path, content.to_string()).unwrap();
        path
    };
    let regions = file(
        "regions.geojson",
        json!({"type": "FeatureCollection", "features": [
            {"type": "Feature", "id": "south", "properties": {"name": "South"}, "geometry": null}]}),
    );
    done(data, &["region", "import", argument(&regions)], "").await;
    let good = file("good.json", json!({"without": ["on_hold"]}));
    let bad = file(
        "bad.json",
        json!({"edges": {"gone": {}}, "deadlines": {"closed": "1d"}}),
    );
    // A check needs no database.
    let checked = run(&["workflow", "check", argument(&good)], "").await;
    assert!(checked.out.starts_with("good: "), "{checked:?}");
    let checked = run(&["workflow", "check", argument(&bad)], "").await;
    assert_eq!(checked.code, Some(1));
    assert!(checked.err.contains("edges.gone"), "{}", checked.err);
    let import = |what: &'static str, path: &std::path::Path, region: &'static str| {
        [what, "import", argument(path), "--region", region].map(str::to_owned)
    };
    for (words, code, said) in [
        (
            import("workflow", &good, "south"),
            0,
            "the workflow of south is set",
        ),
        (
            import("workflow", &good, "gone"),
            1,
            "there is no such region",
        ),
        (import("workflow", &bad, "south"), 1, "edges.gone"),
        (
            import("calendar", &bad, "south"),
            1,
            "time_zone: must be given",
        ),
        (
            import("calendar", &data.join("none"), "south"),
            1,
            "cannot read",
        ),
    ] {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ended = on(data, &words, "").await;
        assert_eq!(ended.code, Some(code), "{words:?}: {}", ended.err);
        assert!(
            format!("{}{}", ended.out, ended.err).contains(said),
            "{ended:?}"
        );
    }
}

#[actix::test]
async fn deadlines_are_checked_and_set() {
    let data = data_folder();
    let data = data.path();
    let file = |name: &str, content: &str| {
        let path = data.join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let categories = file("categories.csv", "id,name\nlamp,Lamp\n");
    let import = ["category", "import", argument(&categories)];
    done(data, &import, "").await;
    let rules = r#"[{"acknowledge_within":"4h","resolve_within":"3d"},{"severity":"low","resolve_within":"9d"}]"#;
    let good = file("good.json", rules);
    let bad = file("bad.json", r#"[{"clock":"sand"},7]"#);
    let nobody = r#"[{"region":"atlantis","resolve_within":"1d",
        "escalations":[{"reassign_to":"018f0000-0000-7000-8000-000000000001"}]}]"#;
    let nobody = file("nobody.json", nobody);
    let (broken, none) = (file("broken.json", "[{"), file("none.json", "[]"));
    let gone = data.join("gone.json");
    // A check needs no database, so that it cannot know who is an officer.
    for (path, code, said) in [
        (&good, 0, "good: 2 rules"),
        (&nobody, 0, "good: 1 rule"),
        (&bad, 1, "rules[0].clock"),
        (&bad, 1, "rules[1]"),
        (&broken, 1, "is no JSON"),
        (&gone, 1, "cannot read"),
    ] {
        let ended = run(&["deadline", "check", argument(path)], "").await;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        assert!(
            format!("{}{}", ended.out, ended.err).contains(said),
            "{ended:?}"
        );
    }
    for (path, category, code, said) in [
        (&good, "lamp", 0, "the deadlines of lamp are set: 2 rules"),
        (&good, "gone", 1, "there is no such category"),
        (&bad, "lamp", 1, "rules[0].clock"),
        (&nobody, "lamp", 1, "rules[0].region"),
        (&nobody, "lamp", 1, "reassign_to"),
        (&gone, "lamp", 1, "cannot read"),
        (&none, "lamp", 0, "the deadlines of lamp are set: 0 rules"),
    ] {
        let words = ["deadline", "import", argument(path), "--category", category];
        let ended = on(data, &words, "").await;
        assert_eq!(ended.code, Some(code), "{words:?}: {ended:?}");
        assert!(
            format!("{}{}", ended.out, ended.err).contains(said),
            "{ended:?}"
        );
    }
}

#[actix::test]
async fn who_deactivates_an_officer_hears_which_escalations_name_them() {
    let data = data_folder();
    let data = data.path();
    let file = |name: &str, content: &str| {
        let path = data.join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let region = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","id":"north","properties":{"name":"North"},"geometry":null}]}"#;
    let regions = file("regions.geojson", region);
    done(data, &["region", "import", argument(&regions)], "").await;
    let categories = file("categories.csv", "id,name\nlamp,Lamp\n");
    done(data, &["category", "import", argument(&categories)], "").await;
    done(data, &ANN, "").await;
    let list = done(data, &["account", "list"], "").await;
    let (id, _) = list.split_once('\t').unwrap();
    let rules = json!([{"region": "north", "severity": "high", "resolve_within": "1d",
        "escalations": [{}, {"after": "1h", "reassign_to": id}]}]);
    let rules = file("rules.json", &rules.to_string());
    let import = ["deadline", "import", argument(&rules), "--category", "lamp"];
    done(data, &import, "").await;
    let off = ["account", "deactivate", "--email", "ann@other.example"];
    let said = done(data, &off, "").await;
    let warning = "warning: the deadlines of lamp, region north, high name this account at level 2";
    assert!(said.contains(warning), "{said}");
    let refused = on(data, &import, "").await;
    assert!(refused.err.contains("no active officer"), "{refused:?}");
}
