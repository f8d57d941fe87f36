//! What residents do: they report, look at what they reported, say "me too", send photos.

use serde::Deserialize;
use serde_json::json;

use super::{Case, Failure, Players};
use crate::dice::Dice;
use crate::play::photo;
use crate::play::requests::Asked;

const JSON: &str = "application/json";
const COMPLAINTS: &str = "/api/v1/complaints";
/// What is written: words of which lists by words find many, some or few.
const TEXTS: [&str; 6] = [
    "There is a deep hole in the road in front of the school; two cyclists fell this morning.",
    "The light at the bus stop has been out for a week, and nobody can see the timetable.",
    "Somebody left mattresses and a refrigerator behind the playground, with broken glass around.",
    "Water runs out of the pavement and down the steps; it freezes at night.",
    "The railing at the quay is loose. A child could fall into the water. Please close it off.",
    "A large branch hangs over the pavement in the park and creaks in the wind.",
];
const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];
/// Degrees around a place within which something happens: some hundred metres.
const AROUND: f64 = 0.004;

/// What an answer says of a new complaint.
#[derive(Deserialize)]
struct Submitted {
    id: String,
    region: String,
    tracking_token: String,
}

impl Players {
    /// Somebody reports something.
    pub(super) async fn submit(&self, dice: &mut Dice) -> Result<(), Failure> {
        let place = &self.places[dice.below(self.places.len())];
        let away = |dice: &mut Dice| (dice.share() - 0.5) * AROUND;
        let mut body = json!({
            "category": self.categories[dice.below(self.categories.len())],
            "region": place.id,
            "description": TEXTS[dice.below(TEXTS.len())],
            "severity": SEVERITIES[dice.below(SEVERITIES.len())],
            "latitude": place.latitude + away(dice), "longitude": place.longitude + away(dice)});
        if dice.happens(0.3) {
            body["reporter"] = json!({"name": "Ann", "email": "ann@example.org"});
        }
        let body = body.to_string();
        let asked = Asked {
            method: "POST",
            path: COMPLAINTS,
            template: COMPLAINTS,
            who: &self.app,
            body: (JSON, body.as_bytes()),
            expected: 201,
        };
        let answer = self.requests.ask(&asked).await.inspect_err(|failure| {
            if matches!(failure, Failure::Unanswered(_)) {
                self.tally.know(|known| known.unanswered_submissions += 1);
            }
        })?;
        let new: Submitted = serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::Refused(error.to_string()))?;
        self.tally.know(|known| {
            *known.submitted.entry(new.region.clone()).or_default() += 1;
            known.events += 1;
        });
        self.caseload.borrow_mut().reported(Case {
            id: new.id,
            region: new.region,
            tracking: new.tracking_token.into(),
            officer: None,
            photos: 0,
            is_started: false,
        });
        Ok(())
    }

    /// Somebody looks at a complaint by its tracking token.
    pub(super) async fn track(&self, dice: &mut Dice) -> Result<(), Failure> {
        let token = self.caseload.borrow().for_tracking(dice.number());
        let Some(token) = token else {
            return Ok(());
        };
        let asked = Asked {
            method: "GET",
            path: &format!("/api/v1/tracking/{token}"),
            template: "/api/v1/tracking/{token}",
            who: "",
            body: ("", b""),
            expected: 200,
        };
        self.requests.ask(&asked).await.map(drop)
    }

    /// Somebody who never said so before says "me too".
    pub(super) async fn me_too(&self, case: &Case, dice: &mut Dice) -> Result<(), Failure> {
        let body = json!({"reporter": format!("player-{:016x}", dice.number())}).to_string();
        let asked = Asked {
            method: "POST",
            path: &format!("{COMPLAINTS}/{}/support", case.id),
            template: "/api/v1/complaints/{id}/support",
            who: &self.app,
            body: (JSON, body.as_bytes()),
            expected: 200,
        };
        self.requests.ask(&asked).await?;
        self.tally.know(|known| known.events += 1);
        Ok(())
    }

    /// Somebody sends a photo.
    pub(super) async fn show(&self, case: &mut Case) -> Result<(), Failure> {
        let asked = Asked {
            method: "POST",
            path: &format!("{COMPLAINTS}/{}/photos", case.id),
            template: "/api/v1/complaints/{id}/photos",
            who: &format!("X-Tracking-Token: {}\r\n", case.tracking),
            body: (photo::TYPE, &self.photo),
            expected: 202,
        };
        self.requests.ask(&asked).await?;
        case.photos += 1;
        // It came, and a moment later its pictures are ready.
        self.tally.know(|known| {
            known.events += 2;
            known.photos += 1;
        });
        Ok(())
    }
}
