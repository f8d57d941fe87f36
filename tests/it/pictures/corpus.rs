//! What fuzzing has found so far (`fuzz/corpus`): each file still gives pictures or a flaw, within its time.

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use redress::media::thumbnail::{Flaw, header, needs, process};

use super::SIZES;
use super::made::{chunk, png, with_chunks};
use super::made_of;
use crate::source::{read, root};

/// What a thread may take for any accepted file, in bytes.
const SHARE: u64 = 220 << 20;
/// The most pixels that are decoded here: debug builds take a minute for fifty megapixels.
const PIXELS: u64 = 2_000_000;
/// Far more than one file needs, even in a debug build beside others.
const LIMIT: Duration = Duration::from_secs(60);

fn corpus(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fs::read_dir(root().join("fuzz/corpus").join(target)).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    let files: Vec<_> = files
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    assert!(files.len() > 10, "{target}: {} files", files.len());
    files
}

/// What comes of a file, which is never a panic and never a want of time.
fn answer(path: &Path, bytes: &[u8]) -> bool {
    let deadline = Instant::now() + LIMIT;
    let made = catch_unwind(AssertUnwindSafe(|| process(bytes, &SIZES, true, deadline)));
    let made = made.unwrap_or_else(|_| panic!("{}", path.display()));
    assert_ne!(made, Err(Flaw::OutOfTime), "{}", path.display());
    made.is_ok()
}

#[test]
fn every_file_that_fuzzing_kept_gives_pictures_or_a_flaw() {
    let mut files = corpus("pictures");
    files.retain(|(_, bytes)| {
        header(bytes).map_or(true, |found| {
            u64::from(found.width) * u64::from(found.height) <= PIXELS
        })
    });
    let accepted = files.iter().filter(|(path, bytes)| answer(path, bytes));
    let accepted = accepted.count();
    assert!(
        accepted > 10 && accepted < files.len(),
        "{accepted} of {}",
        files.len()
    );
}

#[test]
fn every_head_that_fuzzing_kept_needs_no_more_than_its_share() {
    for (path, bytes) in corpus("header") {
        let found = header(&bytes);
        let needed = needs(&bytes, &SIZES);
        assert!(found.is_ok() || needed.is_err(), "{}", path.display());
        let needed = needed.unwrap_or_default();
        assert!(needed <= SHARE, "{}: {needed}", path.display());
    }
}

#[test]
fn every_exif_block_that_fuzzing_kept_leaves_the_picture_alone() {
    for (path, block) in corpus("exif") {
        let photo = with_chunks(&png(1, 1), &[chunk(b"eXIf", &block)]);
        let made = catch_unwind(|| made_of(&photo));
        let made = made.unwrap_or_else(|_| panic!("{}", path.display()));
        let taken = made.unwrap().taken;
        if let Some(taken) = taken {
            let is_told = (taken.latitude.is_some(), taken.longitude.is_some());
            assert_eq!(is_told.0, is_told.1, "{}", path.display());
            assert!(taken.latitude.unwrap_or_default().abs() <= 90.0);
            assert!(taken.longitude.unwrap_or_default().abs() <= 180.0);
        }
    }
}

/// The targets are built apart from the server, with the same codecs.
#[test]
fn fuzzing_uses_the_codecs_of_the_server() {
    let server = read("Cargo.toml");
    let fuzz = read("fuzz/Cargo.toml");
    let dependencies = fuzz.split("[dependencies]").nth(1).unwrap();
    let dependencies = dependencies.split("[[bin]]").next().unwrap();
    let codecs = dependencies.lines().filter(|line| line.contains('='));
    for line in codecs.filter(|line| !line.starts_with("libfuzzer-sys")) {
        assert!(server.lines().any(|ours| ours == line), "{line}");
    }
}
