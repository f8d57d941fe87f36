//! What staff do: officers look, take, comment, begin and resolve; an admin wants figures.

use serde_json::{Value, json};

use super::{Case, Failure, Players};
use crate::dice::Dice;
use crate::play::requests::Asked;

const COMPLAINTS: &str = "/api/v1/complaints";
/// What officers ask for; the first is the list as it opens.
const QUESTIONS: [&str; 8] = [
    "limit=50",
    "status=reported&limit=50",
    "open=true&sort=updated_at&limit=50",
    "severity=high,critical&open=true&limit=50",
    "due=overdue&limit=50",
    "assignee=me&limit=50",
    "q=water&limit=20",
    "q=broken%20glass&limit=20",
];

impl Players {
    /// An officer looks at a list.
    pub(super) async fn list(&self, dice: &mut Dice, is_filtered: bool) -> Result<(), Failure> {
        let officer = &self.officers[dice.below(self.officers.len())];
        let question = match is_filtered {
            true => QUESTIONS[1 + dice.below(QUESTIONS.len() - 1)],
            false => QUESTIONS[0],
        };
        let path = format!("{COMPLAINTS}?{question}");
        self.read(&path, COMPLAINTS, &officer.pass.header()).await
    }

    /// The admin looks at the figures of a month.
    pub(super) async fn stats(&self) -> Result<(), Failure> {
        let template = "/api/v1/stats";
        self.read("/api/v1/stats?days=30", template, &self.admin.header())
            .await
    }

    async fn read(&self, path: &str, template: &'static str, who: &str) -> Result<(), Failure> {
        let asked = Asked {
            method: "GET",
            path,
            template,
            who,
            body: ("", b""),
            expected: 200,
        };
        self.requests.ask(&asked).await.map(drop)
    }

    /// An officer takes a complaint.
    pub(super) async fn take(&self, case: &mut Case, dice: &mut Dice) -> Result<(), Failure> {
        let officer = self.officer_of(&case.region, dice);
        let template = "/api/v1/complaints/{id}/assignee";
        let body = json!({"assignee": "me"});
        self.change("PATCH", case, template, officer, &body, 200)
            .await?;
        case.officer = Some(officer);
        Ok(())
    }

    /// An officer writes something for the colleagues, or for the reporter.
    pub(super) async fn comment(&self, case: &Case, dice: &mut Dice) -> Result<(), Failure> {
        let officer = case
            .officer
            .unwrap_or_else(|| self.officer_of(&case.region, dice));
        let visibility = if dice.happens(0.5) {
            "public"
        } else {
            "internal"
        };
        let body = json!({"text": "A crew is on its way", "visibility": visibility});
        let template = "/api/v1/complaints/{id}/comments";
        self.change("POST", case, template, officer, &body, 201)
            .await
    }

    /// An officer begins to work on a complaint.
    pub(super) async fn start(&self, case: &mut Case) -> Result<(), Failure> {
        self.step(case, &json!({"action": "start"})).await?;
        self.entered("reported", "in_progress");
        case.is_started = true;
        Ok(())
    }

    /// An officer resolves a complaint.
    pub(super) async fn resolve(&self, case: &Case) -> Result<(), Failure> {
        self.step(case, &json!({"action": "resolve", "comment": "Mended"}))
            .await?;
        let from = if case.is_started {
            "in_progress"
        } else {
            "reported"
        };
        self.entered(from, "resolved");
        Ok(())
    }

    async fn step(&self, case: &Case, body: &Value) -> Result<(), Failure> {
        let template = "/api/v1/complaints/{id}/status";
        let officer = case.officer.unwrap_or(0);
        self.change("PATCH", case, template, officer, body, 200)
            .await
    }

    fn entered(&self, from: &'static str, to: &'static str) {
        self.tally.know(|known| {
            *known.transitions.entry((from, to)).or_default() += 1;
        });
    }

    /// An officer changes a complaint, which makes one event.
    async fn change(
        &self,
        method: &'static str,
        case: &Case,
        template: &'static str,
        officer: usize,
        body: &Value,
        expected: u16,
    ) -> Result<(), Failure> {
        let body = body.to_string();
        let asked = Asked {
            method,
            path: &template.replace("{id}", &case.id),
            template,
            who: &self.officers[officer].pass.header(),
            body: ("application/json", body.as_bytes()),
            expected,
        };
        self.requests.ask(&asked).await?;
        self.tally.know(|known| known.events += 1);
        Ok(())
    }
}
