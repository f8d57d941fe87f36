//! What is compiled into the program, of which cargo would not know: migrations, and the pages that `make pages`
//! builds into `web/dist`. Without them the program builds all the same, and says so.

use std::fs;
use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=sql/migrations");
    println!("cargo::rerun-if-changed=web/dist");
    let pages = Path::new("web/dist");
    if pages.join("report.html").exists() {
        return;
    }
    println!(
        "cargo::warning=built without the pages for people; `make pages` builds them (needs Node)"
    );
    // The folder must be there to be embedded.
    if let Err(error) = fs::create_dir_all(pages) {
        println!("cargo::error=web/dist cannot be made: {error}");
    }
}
