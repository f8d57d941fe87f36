//! The players: what each deed asks of the server, and what it makes of the answer.

mod residents;
mod staff;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use redress::demo::{DemoFile, DemoPlace};

use super::caseload::{Case, Caseload};
use super::deed::Deed;
use super::pass::Pass;
use super::photo;
use super::requests::{Failure, Requests};
use super::tally::Tally;
use super::timetable::Arrival;
use crate::Fault;
use crate::dice::Dice;

/// An officer at work.
pub(crate) struct Officer {
    pub(crate) pass: Pass,
    pub(crate) regions: Vec<String>,
}

/// Everybody, and what they share.
pub(crate) struct Players {
    pub(crate) requests: Requests,
    pub(crate) tally: Rc<Tally>,
    pub(crate) caseload: RefCell<Caseload>,
    pub(crate) officers: Vec<Officer>,
    admin: Pass,
    /// The app's header line.
    app: String,
    places: Vec<DemoPlace>,
    categories: Vec<String>,
    photo: Vec<u8>,
}

impl Players {
    /// Signs everybody in.
    ///
    /// # Errors
    /// When somebody is refused.
    pub(crate) async fn enter(address: SocketAddr, demo: &DemoFile) -> Result<Rc<Self>, Fault> {
        let tally = Rc::new(Tally::default());
        let requests = Requests::to(address, &tally);
        let mut officers = Vec::new();
        for officer in &demo.officers {
            officers.push(Officer {
                pass: Pass::get(&requests, &officer.email, &officer.password).await?,
                regions: officer.regions.clone(),
            });
        }
        let app = match demo.api_key.as_str() {
            "" => String::new(),
            key => format!("X-API-Key: {key}\r\n"),
        };
        Ok(Rc::new(Self {
            admin: Pass::get(&requests, &demo.admin.email, &demo.admin.password).await?,
            app,
            requests,
            tally,
            officers,
            caseload: RefCell::default(),
            places: demo.regions.clone(),
            categories: demo.categories.clone(),
            photo: photo::form()?,
        }))
    }

    /// Somebody does what the timetable says, or what must be done before.
    pub(crate) async fn play(&self, arrival: Arrival, at: Instant) {
        let late = u64::try_from(at.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.tally.0.borrow_mut().lateness.note(late);
        let mut dice = Dice::of(arrival.seed);
        let (deed, case) = self.possible(arrival.deed);
        let done = match (deed, case) {
            (Deed::Submit, _) => self.submit(&mut dice).await,
            (Deed::List, _) => self.list(&mut dice, false).await,
            (Deed::Filter, _) => self.list(&mut dice, true).await,
            (Deed::Stats, _) => self.stats().await,
            (Deed::Track, _) => self.track(&mut dice).await,
            (deed, Some(case)) => self.work(deed, case, &mut dice).await,
            (_, None) => self.submit(&mut dice).await,
        };
        self.tally
            .ended(deed.name(), at, done.map_err(Failure::said));
    }

    /// What can be done of it now, and with which complaint: without one to resolve somebody takes one,
    /// without any somebody reports one.
    fn possible(&self, deed: Deed) -> (Deed, Option<Case>) {
        let mut load = self.caseload.borrow_mut();
        let chain: &[Deed] = match deed {
            Deed::Resolve => &[Deed::Resolve, Deed::Take],
            Deed::Start => &[Deed::Start, Deed::Take],
            Deed::Track if load.for_tracking(0).is_some() => return (deed, None),
            Deed::Submit | Deed::List | Deed::Filter | Deed::Stats => return (deed, None),
            Deed::Take => &[Deed::Take],
            Deed::Comment => &[Deed::Comment],
            Deed::MeToo => &[Deed::MeToo],
            Deed::Photo => &[Deed::Photo],
            Deed::Track => &[],
        };
        let case = |deed: Deed, load: &mut Caseload| match deed {
            Deed::Resolve => load.for_resolving(),
            Deed::Start => load.for_starting(),
            Deed::Comment => load.for_comment(),
            Deed::Photo => load.for_photo(),
            Deed::Take | Deed::MeToo => load.for_taking(),
            Deed::Submit | Deed::List | Deed::Filter | Deed::Stats | Deed::Track => None,
        };
        let found = chain
            .iter()
            .find_map(|deed| Some((*deed, case(*deed, &mut load)?)));
        found.map_or((Deed::Submit, None), |(deed, case)| (deed, Some(case)))
    }

    /// Somebody does something with a complaint, and gives it back unless nobody knows how it stands.
    async fn work(&self, deed: Deed, mut case: Case, dice: &mut Dice) -> Result<(), Failure> {
        let done = match deed {
            Deed::MeToo => self.me_too(&case, dice).await,
            Deed::Photo => self.show(&mut case).await,
            Deed::Take => self.take(&mut case, dice).await,
            Deed::Comment => self.comment(&case, dice).await,
            Deed::Start => self.start(&mut case).await,
            Deed::Resolve => return self.resolve(&case).await,
            Deed::Submit | Deed::List | Deed::Filter | Deed::Stats | Deed::Track => Ok(()),
        };
        if done.is_ok() {
            self.caseload.borrow_mut().put_back(case);
        }
        done
    }

    /// Signs in anew whoever's token gets old.
    ///
    /// # Errors
    /// The first refusal.
    pub(crate) async fn keep_passes(&self) -> Result<(), Failure> {
        self.admin.keep(&self.requests).await?;
        for officer in &self.officers {
            officer.pass.keep(&self.requests).await?;
        }
        Ok(())
    }

    /// An officer of a region, of whom there is one at least.
    fn officer_of(&self, region: &str, dice: &mut Dice) -> usize {
        let works_there = |one: &Officer| one.regions.iter().any(|own| own == region);
        let all = self.officers.iter().enumerate();
        let those: Vec<usize> = all
            .filter(|(_, officer)| works_there(officer))
            .map(|(number, _)| number)
            .collect();
        those.get(dice.below(those.len())).copied().unwrap_or(0)
    }
}
