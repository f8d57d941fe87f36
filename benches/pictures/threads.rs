//! How much more do two threads do than one: of pictures, and of work of which one knows that its threads need not wait
//! for each other. What the machine does not give to these, it cannot give to pictures.

use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Instant;

use bytes::Bytes;
use redress::media::pool::Pool;
use redress::media::thumbnail::{Flaw, Sizes};

use crate::report::{Figure, Target, median};
use crate::{Failure, LIMIT};

/// Pieces of work of a round.
const PIECES: usize = 8;
const ROUNDS: usize = 7;
/// Bytes that are copied at once: more than a core's own caches hold.
const COPIED: usize = 24 << 20;
/// How often, for a piece to take as long as a photo.
const COPIES: usize = 20;
/// Steps of reckoning of a piece.
const STEPS: u64 = 100_000_000;

/// Rounds of all works in turns: two threads to one.
pub(crate) fn figures(photo: &[u8]) -> Result<Vec<Figure>, Failure> {
    let bytes = Bytes::copy_from_slice(photo);
    let mut ratios = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        let [pictures, reckoning, copying] = &mut ratios;
        pictures.push(made(&bytes, 1)? / made(&bytes, 2)?);
        reckoning.push(took(1, reckon) / took(2, reckon));
        copying.push(took(1, copy) / took(2, copy));
    }
    let names = [
        ("two threads to one", Target::AtLeast(1.6)),
        ("the same of reckoning without memory", Target::None),
        ("the same of copying memory", Target::None),
    ];
    let figures = names.iter().zip(&ratios).map(|((what, target), ratios)| {
        let from = format!("{PIECES} pieces, rounds {ratios:.2?}");
        Figure::ratio(what, median(ratios.iter().copied()), *target, from)
    });
    Ok(figures.collect())
}

/// Seconds for the pictures of so many photos.
fn made(photo: &Bytes, threads: usize) -> Result<f64, Failure> {
    let pool = Pool::start(threads, 1 << 30, LIMIT)?;
    let (done, made) = mpsc::channel();
    let begun = Instant::now();
    for _ in 0..PIECES {
        let done = done.clone();
        let answer = move |made: Result<_, Flaw>| done.send(made.is_ok()).unwrap_or_default();
        pool.process(photo.clone(), Sizes::default(), false, answer);
    }
    for _ in 0..PIECES {
        made.recv_timeout(LIMIT)?;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// Seconds for as many pieces of another work.
fn took(threads: usize, piece: fn()) -> f64 {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < PIECES {
                    piece();
                }
            });
        }
    });
    begun.elapsed().as_secs_f64()
}

fn reckon() {
    let mut number = black_box(1_u64);
    for step in 0..STEPS {
        number = number.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(17) ^ step;
    }
    black_box(number);
}

fn copy() {
    let from = vec![1_u8; COPIED];
    let mut to = vec![2_u8; COPIED];
    for _ in 0..COPIES {
        to.copy_from_slice(black_box(&from));
        black_box(&to);
    }
}
