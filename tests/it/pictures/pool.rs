//! The pool: memory shared fairly, panics caught, time limited, all of it answered.

use std::sync::mpsc;
use std::time::Duration;

use bytes::Bytes;
use redress::media::pool::Pool;
use redress::media::thumbnail::{Flaw, Pictures, needs};

use super::SIZES;
use super::made::{jpeg, png};

const LIMIT: Duration = Duration::from_secs(30);

fn made_by(pool: &Pool, photos: &[Vec<u8>]) -> Vec<Result<Pictures, Flaw>> {
    let (done, made) = mpsc::channel();
    for (number, photo) in photos.iter().enumerate() {
        let done = done.clone();
        let answer = move |made| done.send((number, made)).unwrap();
        pool.process(Bytes::copy_from_slice(photo), SIZES, false, answer);
    }
    let mut all: Vec<_> = photos
        .iter()
        .map(|_| made.recv_timeout(LIMIT).unwrap())
        .collect();
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, made)| made).collect()
}

#[test]
fn every_job_is_answered_with_its_own_pictures() {
    let pool = Pool::start(2, 1 << 30, LIMIT).unwrap();
    let photos: Vec<_> = (0..20).map(|number| jpeg(40 + number, 30)).collect();
    for (number, made) in made_by(&pool, &photos).into_iter().enumerate() {
        assert_eq!(made.unwrap().width, 40 + number as u32);
    }
    assert_eq!(pool.waiting(), 0);
}

#[test]
fn jobs_wait_for_memory_and_none_is_forgotten() {
    let photo = jpeg(300, 200);
    let budget = needs(&photo, &SIZES).unwrap();
    let pool = Pool::start(2, budget, LIMIT).unwrap();
    let photos = vec![photo; 12];
    assert!(made_by(&pool, &photos).iter().all(Result::is_ok));
}

#[test]
fn a_photo_that_needs_more_than_there_is_gets_an_answer_at_once() {
    let pool = Pool::start(1, 1000, LIMIT).unwrap();
    assert_eq!(made_by(&pool, &[jpeg(300, 200)]), [Err(Flaw::Memory)]);
}

#[test]
fn a_job_without_time_is_given_up_and_the_next_one_is_made() {
    let pool = Pool::start(1, 1 << 30, Duration::ZERO).unwrap();
    let photos = [jpeg(300, 200), png(300, 200)];
    assert_eq!(
        made_by(&pool, &photos),
        [Err(Flaw::OutOfTime), Err(Flaw::OutOfTime)]
    );
}

#[test]
fn a_panic_in_an_answer_harms_no_other_job() {
    let pool = Pool::start(1, 1 << 30, LIMIT).unwrap();
    for _ in 0..5 {
        pool.process(Bytes::from(jpeg(64, 48)), SIZES, false, |_| {
            panic!("an answer that panics, as wanted")
        });
    }
    assert!(made_by(&pool, &[jpeg(64, 48)])[0].is_ok());
}
