//! What `serve --demo` prints once: where to look, how to sign in, three commands to paste.

use std::path::Path;

use super::DemoFile;

/// The text for people. `program` and `path` (of `demo.json`) are printed as they are given, quoted
/// for a shell where need be; every command works as pasted into bash, without a JSON tool.
pub fn welcome(file: &DemoFile, path: &Path, program: &Path) -> String {
    let base = &file.base_url;
    let region = file
        .regions
        .first()
        .map_or("north", |place| place.id.as_str());
    let officers: String = file
        .officers
        .iter()
        .map(|officer| {
            let regions = officer.regions.join(", ");
            format!(
                "  officer   {}   {}   ({regions})\n",
                officer.email, officer.password
            )
        })
        .collect();
    let (program, demo_file) = (quoted(program), quoted(path));
    format!(
        "\n\
         Redress is ready, with demo data.\n\
         \n\
         \x20 Report    {base}/\n\
         \x20 Board     {base}/board\n\
         \x20 Admin     {base}/admin\n\
         \x20 REST      {base}/api/v1\n\
         \x20 Docs      {base}/docs\n\
         \x20 Health    {base}/health\n\
         \x20 Metrics   {base}/metrics\n\
         \n\
         \x20 admin     {admin}   {password}\n\
         {officers}\
         \x20 API key   {key}\n\
         \n\
         Shown only once; scripts find the same in {demo_file}\n\
         \n\
         Try this in other terminals:\n\
         \n\
         1. Watch a region live (Ctrl-C ends it):\n\
         \n\
         {program} watch --region {region} --demo-file {demo_file}\n\
         \n\
         2. Submit a complaint:\n\
         \n\
         {submit}\n\
         \n\
         3. Read the region's complaints as the admin:\n\
         \n\
         {list}\n\
         \n",
        admin = file.admin.email,
        password = file.admin.password,
        key = file.api_key,
        submit = submit(file),
        list = list(file, region),
    )
}

fn submit(file: &DemoFile) -> String {
    let category = file.categories.first().map_or("pothole", String::as_str);
    let mut body = serde_json::json!({
        "category": category,
        "description": "Deep hole in front of the bakery, a cyclist fell",
        "severity": "high",
    });
    if let (Some(place), Some(members)) = (file.regions.first(), body.as_object_mut()) {
        members.insert("latitude".into(), place.latitude.into());
        members.insert("longitude".into(), place.longitude.into());
    }
    format!(
        "curl -sS -w '\\n' {}/api/v1/complaints \\\n  \
         -H 'X-API-Key: {}' -H 'Content-Type: application/json' \\\n  -d '{body}'",
        file.base_url, file.api_key,
    )
}

/// Signs in, takes the token out of the answer and asks with it, in one command.
fn list(file: &DemoFile, region: &str) -> String {
    let base = &file.base_url;
    let credentials = serde_json::json!({
        "email": file.admin.email,
        "password": file.admin.password,
    });
    format!(
        "curl -sS -w '\\n' '{base}/api/v1/complaints?region={region}' \\\n  \
         -H \"Authorization: Bearer $(curl -sS {base}/api/v1/auth/login \\\n    \
         -H 'Content-Type: application/json' -d '{credentials}' \\\n    \
         | sed -E 's/.*\"access_token\" *: *\"([^\"]*)\".*/\\1/')\""
    )
}

/// The path as one word of bash.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+:@".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::super::file::example;
    use super::*;

    fn text() -> String {
        welcome(
            &example(),
            Path::new("/tmp/my data/demo.json"),
            Path::new("./target/release/redress"),
        )
    }

    #[test]
    fn credentials_and_addresses_are_named() {
        let text = text();
        for part in [
            "http://127.0.0.1:8080/docs",
            "nora@demo.example",
            "secret-of-olaf",
            "rk_key",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }

    #[test]
    fn a_path_with_a_space_stays_one_word() {
        let command =
            "./target/release/redress watch --region north --demo-file '/tmp/my data/demo.json'";
        assert!(text().contains(command), "{}", text());
        assert_eq!(quoted(Path::new("it's")), r"'it'\''s'");
    }

    /// `curl` is replaced by a function that prints its arguments, and answers a login as the server does.
    fn pasted(command: &str) -> Vec<String> {
        let fake = "curl() { case \"$*\" in *auth/login*) echo '{\"access_token\":\"t0\",\"x\":\"y\"}';; \
                    *) printf '%s\\n' \"$@\";; esac; }\n";
        let output = Command::new("bash")
            .args(["-c", &format!("{fake}{command}")])
            .output()
            .unwrap();
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{output:?}"
        );
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[test]
    fn the_submission_is_json_when_pasted_into_bash() {
        let arguments = pasted(&submit(&example()));
        let body: serde_json::Value = serde_json::from_str(arguments.last().unwrap()).unwrap();
        assert_eq!(body["category"], "pothole");
        assert!(body["latitude"].is_f64());
        assert!(
            arguments.contains(&"X-API-Key: rk_key".to_owned()),
            "{arguments:?}"
        );
    }

    #[test]
    fn the_token_of_the_login_ends_up_in_the_list_request() {
        let arguments = pasted(&list(&example(), "north"));
        assert_eq!(
            arguments.last().map(String::as_str),
            Some("Authorization: Bearer t0")
        );
    }
}
