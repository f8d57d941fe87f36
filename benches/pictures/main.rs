//! What do the pictures of a photo cost: CPU, memory, likeness, against libvips, sharp and Pillow on the same photos?
//!
//! Photos are made by code. Peers run in turn with ours, on one thread each.
//! `cargo bench --bench pictures`

mod likeness;
mod other_photo;
mod peers;
mod photo;
#[expect(dead_code, reason = "other benches need more of the report")]
#[path = "../../loadtest/src/report.rs"]
mod report;
mod threads;

use std::collections::BTreeMap;
use std::error::Error;
use std::time::{Duration, Instant};

use redress::media::thumbnail::{Flaw, Sizes, process};
use report::{Figure, Report, Target, median};
use serde_json::json;
use tikv_jemallocator::Jemalloc;

use crate::likeness::Rgb;
use crate::peers::{PEERS, Peers};

type Failure = Box<dyn Error + Send + Sync>;

/// As the server has it.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

const ROUNDS: usize = 7;
/// The job of the server: a stored original, a preview, a thumbnail.
const ALL: [u32; 3] = [4096, 1280, 320];
/// Preview and thumbnail alone, as peers are usually measured (our first one at the quality of an original).
const SMALL: [u32; 3] = [0, 1280, 320];
const LIMIT: Duration = Duration::from_secs(20);

fn main() -> Result<(), Failure> {
    let mut asked = std::env::args().skip_while(|word| word != "peak").skip(1);
    if let Some(file) = asked.next() {
        return tell_peak(&std::fs::read(file)?);
    }
    let mut figures = vec![];
    let large = photo::pixels(4000, 3000, 1);
    let camera = photo::jpeg(&large, 4000, 3000, false)?;
    figures.push(peak(
        "memory for a JPEG of 12 MP, besides its bytes",
        &camera,
        35.0,
    )?);
    let mut raw = Vec::new();
    let small = photo::jpeg(&photo::pixels(1632, 1224, 2), 1632, 1224, false)?;
    for (what, photo) in [("12 MP", &camera), ("2 MP", &small)] {
        for sizes in [SMALL, ALL] {
            let (found, rounds) = against_peers(what, photo, sizes)?;
            figures.extend(found);
            raw.push(rounds);
        }
    }
    figures.extend(threads::figures(&camera)?);
    figures.extend(likeness(&camera)?);
    figures.extend(worst()?);
    figures.push(bomb()?);
    Report::new(
        "pictures",
        "cargo bench --bench pictures",
        figures,
        json!(raw),
    )
    .publish()?;
    Ok(())
}

fn sizes([original, preview, thumbnail]: [u32; 3]) -> Sizes {
    match original {
        0 => Sizes {
            original: preview,
            preview: thumbnail,
            thumbnail: 1,
        },
        _ => Sizes {
            original,
            preview,
            thumbnail,
        },
    }
}

/// CPU milliseconds of this thread.
fn cpu() -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanoseconds / 1e6)
}

fn cost(photo: &[u8], wanted: &Sizes) -> Result<f64, Failure> {
    let begun = cpu()?;
    process(photo, wanted, false, Instant::now() + LIMIT)?;
    Ok(cpu()? - begun)
}

fn against_peers(
    what: &str,
    photo: &[u8],
    wanted: [u32; 3],
) -> Result<(Vec<Figure>, serde_json::Value), Failure> {
    let job = if wanted == ALL {
        "original, preview, thumbnail"
    } else {
        "preview, thumbnail"
    };
    let mut peers = Peers::start(photo)?;
    let mut ours = Vec::new();
    let mut theirs = PEERS.map(|_| Vec::new());
    for _ in 0..ROUNDS {
        ours.push(cost(photo, &sizes(wanted))?);
        for ((name, _), costs) in PEERS.iter().zip(&mut theirs) {
            costs.extend(peers.cost(name, wanted)?);
        }
    }
    let mine = median(ours.iter().copied());
    let mut figures = vec![Figure::new(
        &format!("{what}: {job}"),
        mine,
        "ms of CPU",
        Target::None,
        format!("median of {ROUNDS}"),
    )];
    let peers: BTreeMap<_, _> = PEERS.iter().map(|(name, _)| *name).zip(&theirs).collect();
    let raw = json!({"photo": what, "job": job, "ours": ours, "peers": peers});
    for ((name, target), costs) in PEERS.iter().zip(&theirs) {
        if costs.is_empty() {
            continue;
        }
        let others = median(costs.iter().copied());
        // The target is of preview and thumbnail alone; a stored original is told beside it.
        let target = if wanted == ALL {
            Target::None
        } else {
            Target::AtMost(*target)
        };
        figures.push(Figure::ratio(
            &format!("{what}: {job}, to {name}"),
            mine / others,
            target,
            format!("{mine:.0} and {others:.0} ms"),
        ));
    }
    Ok((figures, raw))
}

/// How much less alike than a resized whole photo, encoded the same, our small pictures are.
fn likeness(photo: &[u8]) -> Result<Vec<Figure>, Failure> {
    let pictures = process(photo, &Sizes::default(), false, Instant::now() + LIMIT)?;
    let whole = Rgb::of(photo)?;
    let mut figures = Vec::new();
    for (what, made) in [
        ("preview", &pictures.preview),
        ("thumbnail", &pictures.thumbnail),
    ] {
        let made = Rgb::of(made)?;
        // The photo is turned by a quarter; the wanted picture is compared as it is seen.
        let wanted = whole.resized(made.height, made.width)?.turned();
        let best = Rgb::of(&wanted.jpeg(80)?)?;
        let (ours, best) = (made.likeness(&wanted), best.likeness(&wanted));
        figures.push(Figure::new(
            &format!("likeness lost to whole Lanczos, {what}"),
            best - ours,
            "SSIM",
            Target::AtMost(0.004),
            format!("{ours:.4} and {best:.4}"),
        ));
    }
    Ok(figures)
}

/// The dearest files that are accepted.
fn worst() -> Result<Vec<Figure>, Failure> {
    let files = [
        (
            "JPEG of 50 MP",
            photo::jpeg(&photo::pixels(8660, 5770, 3), 8660, 5770, false)?,
        ),
        (
            "progressive JPEG of 27 MP",
            photo::jpeg(&photo::pixels(6000, 4500, 4), 6000, 4500, true)?,
        ),
        (
            "PNG of 50 MP, 16 bits and alpha",
            other_photo::deep_png(&photo::pixels(8660, 5770, 5), 8660, 5770)?,
        ),
        (
            "lossless WebP of 19 MP",
            other_photo::webp(&photo::pixels(4750, 4000, 6), 4750, 4000)?,
        ),
    ];
    let mut figures = Vec::new();
    for (what, file) in &files {
        figures.push(peak(&format!("memory for a {what}"), file, 220.0)?);
        let took = cost(file, &Sizes::default())?;
        let from = format!("{:.0} MB of file", file.len() as f64 / 1e6);
        figures.push(Figure::new(
            &format!("a {what}"),
            took,
            "ms of CPU",
            Target::AtMost(1000.0),
            from,
        ));
    }
    Ok(figures)
}

/// What a declared bomb costs.
fn bomb() -> Result<Figure, Failure> {
    let mut file =
        b"\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\xC3\x50\0\0\xC3\x50\x08\x02\0\0\0".to_vec();
    file.resize(70, 0);
    let begun = cpu()?;
    let made = process(&file, &Sizes::default(), false, Instant::now() + LIMIT);
    let took = cpu()? - begun;
    if !matches!(made, Err(Flaw::TooLarge { .. })) {
        return Err("a bomb was not refused".into());
    }
    Ok(Figure::new(
        "a PNG of 50 000 × 50 000",
        took,
        "ms of CPU",
        Target::AtMost(50.0),
        "refused by its head".into(),
    ))
}

/// By how much a fresh process grows at most while the pictures are made, in megabytes.
fn peak(what: &str, photo: &[u8], target: f64) -> Result<Figure, Failure> {
    let file = std::env::temp_dir().join(format!("redress-bench-{}", std::process::id()));
    std::fs::write(&file, photo)?;
    let told = std::process::Command::new(std::env::current_exe()?)
        .arg("peak")
        .arg(&file)
        .output()?;
    std::fs::remove_file(&file)?;
    let grown = String::from_utf8(told.stdout)?.trim().parse()?;
    let from = "growth of a fresh process".into();
    Ok(Figure::new(what, grown, "MB", Target::AtMost(target), from))
}

fn tell_peak(photo: &[u8]) -> Result<(), Failure> {
    std::fs::write("/proc/self/clear_refs", "5")?;
    let before = status("VmRSS")?;
    process(photo, &Sizes::default(), false, Instant::now() + LIMIT)?;
    let grown = (status("VmHWM")? - before).max(0.0);
    std::io::Write::write_all(&mut std::io::stdout(), format!("{grown}\n").as_bytes())?;
    Ok(())
}

fn status(field: &str) -> Result<f64, Failure> {
    let text = std::fs::read_to_string("/proc/self/status")?;
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(field))
        .ok_or("no such field")?;
    let number = line.split_whitespace().nth(1).ok_or("no number")?;
    Ok(number.parse::<f64>()? * 1024.0 / 1e6)
}
