//! Photos are decided by those that are there: how many, whose, and how far they are.

use super::*;
use crate::domain::account::By;
use crate::domain::photo::{NewPhoto, Outcome, PhotoKind, PhotoState, PhotoStatus, Taken};
use crate::domain::place::Point;

const KEY: By = By::ApiKey {
    id: Uuid::from_u128(9),
};

fn with_photos(statuses: &[PhotoStatus]) -> Present {
    let state = |(number, status): (usize, &PhotoStatus)| PhotoState {
        id: Uuid::from_u128(number as u128),
        kind: PhotoKind::Evidence,
        status: *status,
        by: KEY,
    };
    let mut present = present([complaint(1, Status::Reported)]);
    let photos = statuses.iter().enumerate().map(state).collect();
    present.photos.insert(Uuid::from_u128(1), photos);
    present
}

fn add(count: usize) -> Deed {
    let photo = |number: usize| NewPhoto {
        id: Uuid::from_u128(1000 + number as u128),
        kind: PhotoKind::After,
        bytes: 1,
        uses_location: false,
    };
    Deed::AddPhotos((0..count).map(photo).collect())
}

fn finish(number: u128, outcome: Outcome) -> Deed {
    Deed::FinishPhoto(Box::new(FinishedPhoto {
        id: Uuid::from_u128(number),
        outcome,
    }))
}

fn remove(number: u128, by: By) -> Deed {
    Deed::RemovePhoto(PhotoRemoval {
        id: Uuid::from_u128(number),
        by,
    })
}

fn ready() -> Outcome {
    ready_and_taken(Taken::default())
}

fn ready_and_taken(taken: Taken) -> Outcome {
    Outcome::Ready {
        width: 4,
        height: 3,
        placeholder: "L0".into(),
        bytes: 7,
        taken,
    }
}

#[test]
fn an_upload_is_an_event_a_photo_and_makes_no_version_stale() {
    let decision = ask(&with_photos(&[]), 1, add(3)).unwrap();
    assert_eq!(decision.happened.len(), 3);
    for happened in &decision.happened {
        assert_eq!(happened.kind, EventKind::PhotoAdded);
        assert_eq!(happened.complaint.version, 1);
        let photo = happened.change.photo.clone().unwrap();
        assert_eq!(photo.status, Some(PhotoStatus::Pending));
        assert_eq!(photo.kind, PhotoKind::After);
    }
}

#[test]
fn a_complaint_takes_twenty_photos_and_those_that_failed_do_not_count() {
    let full = with_photos(&[PhotoStatus::Ready; 19]);
    assert!(ask(&full, 1, add(1)).is_ok());
    assert_eq!(
        refusal(ask(&full, 1, add(2))),
        Refusal::TooManyPhotos { room: 1 }
    );
    let mut statuses = [PhotoStatus::Failed; 30];
    statuses[..20].fill(PhotoStatus::Pending);
    assert_eq!(
        refusal(ask(&with_photos(&statuses), 1, add(1))),
        Refusal::TooManyPhotos { room: 0 }
    );
    assert!(ask(&with_photos(&[PhotoStatus::Failed; 30]), 1, add(10)).is_ok());
    let many_failed = with_photos(&[PhotoStatus::Failed; 98]);
    assert_eq!(
        refusal(ask(&many_failed, 1, add(3))),
        Refusal::TooManyPhotos { room: 2 }
    );
}

#[test]
fn a_photo_is_finished_once_and_the_event_says_how() {
    let present = with_photos(&[PhotoStatus::Pending, PhotoStatus::Ready]);
    let decision = ask_as(Party::System, &present, 1, None, finish(0, ready())).unwrap();
    let happened = &decision.happened[0];
    assert_eq!(happened.kind, EventKind::PhotoReady);
    let photo = happened.change.photo.clone().unwrap();
    assert_eq!((photo.width, photo.height), (Some(4), Some(3)));
    let failed = Outcome::Failed {
        reason: "damaged".into(),
    };
    let decision = ask_as(Party::System, &present, 1, None, finish(0, failed.clone())).unwrap();
    assert_eq!(decision.happened[0].kind, EventKind::PhotoFailed);
    let again = ask_as(Party::System, &present, 1, None, finish(1, failed)).unwrap();
    assert!(again.happened.is_empty(), "it was ready before");
    assert_eq!(
        refusal(ask_as(Party::System, &present, 1, None, finish(7, ready()))),
        Refusal::UnknownPhoto
    );
}

#[test]
fn staff_remove_any_photo_and_reporters_what_they_sent() {
    let present = with_photos(&[PhotoStatus::Ready]);
    let officer = By::Officer {
        id: Uuid::from_u128(5),
    };
    let by_staff = ask(&present, 1, remove(0, officer)).unwrap();
    assert_eq!(by_staff.happened[0].kind, EventKind::PhotoRemoved);
    let photo = by_staff.happened[0].change.photo.clone().unwrap();
    assert_eq!(photo.status, None);
    let by_reporter = |by| ask_as(Party::Reporter, &present, 1, None, remove(0, by));
    assert!(by_reporter(KEY).is_ok());
    assert_eq!(refusal(by_reporter(By::Resident)), Refusal::NotYourPhoto);
}

#[test]
fn a_complaint_without_a_point_is_where_its_photo_was_taken_and_one_with_a_point_stays() {
    let taken = Taken {
        point: Some(Point {
            latitude: 52.5,
            longitude: 13.25,
        }),
        at: Some("2026-11-25T08:30:15".into()),
    };
    let mut present = with_photos(&[PhotoStatus::Pending]);
    let id = Uuid::from_u128(1);
    let at = |present: &Present| {
        let decision = ask(present, 1, finish(0, ready_and_taken(taken.clone()))).unwrap();
        let all = decision.happened.into_iter();
        all.map(|it| (it.kind, it.complaint.latitude, it.complaint.version))
            .collect::<Vec<_>>()
    };
    present.complaints.get_mut(&id).unwrap().latitude = None;
    present.complaints.get_mut(&id).unwrap().longitude = None;
    let both = [
        (EventKind::Updated, Some(52.5), 2),
        (EventKind::PhotoReady, Some(52.5), 2),
    ];
    assert_eq!(at(&present), both);
    present.complaints.get_mut(&id).unwrap().latitude = Some(1.0);
    present.complaints.get_mut(&id).unwrap().longitude = Some(2.0);
    assert_eq!(at(&present), [(EventKind::PhotoReady, Some(1.0), 1)]);
    // Nor is one that is over changed by what comes late.
    let over = present.complaints.get_mut(&id).unwrap();
    (over.latitude, over.longitude, over.status) = (None, None, Status::Closed);
    assert_eq!(at(&present), [(EventKind::PhotoReady, None, 1)]);
}
