//! Secrets, given as they are or by the file that holds them.

use std::path::Path;

/// What stands before the path of a file.
const FILE: &str = "file:";

/// A secret: as it is, or the text of a file, `file:/run/secrets/jwt`, without the line's end.
pub(super) fn read(given: &str) -> Result<String, String> {
    let Some(path) = given.strip_prefix(FILE) else {
        return Ok(given.to_owned());
    };
    let text = std::fs::read_to_string(Path::new(path))
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    let text = text.trim_end_matches(['\r', '\n']);
    if text.is_empty() {
        return Err("the file is empty".to_owned());
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_itself_or_the_text_of_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            format!("file:{}", path.display())
        };
        assert_eq!(read("postgres://u:p@h/d").unwrap(), "postgres://u:p@h/d");
        assert_eq!(read(&file("one", "hush hush\n")).unwrap(), "hush hush");
        assert_eq!(read(&file("two", " hush")).unwrap(), " hush");
        assert!(read(&file("none", "\n")).is_err());
        assert!(read("file:/nowhere/at/all").is_err());
    }
}
