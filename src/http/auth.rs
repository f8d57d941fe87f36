//! Placeholder until the access branch is merged: refuses everybody.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use super::problem::Problem;
use crate::domain::account::Identity;

/// A signed-in admin.
pub struct AdminOnly(pub Identity);

impl FromRequest for AdminOnly {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(_request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Err(Problem::unauthorized("sign in as an admin")))
    }
}
