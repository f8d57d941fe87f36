//! Who asks, and then what: a body is read only when its sender may ask at all.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use serde::de::DeserializeOwned;

use super::body::JsonBody;
use super::problem::Problem;

/// A caller and their JSON body. Extractors side by side run at once, so that a bad body would be
/// told to somebody who may not know what a good one is.
#[derive(Debug)]
pub struct Asked<C, T> {
    /// Who.
    pub who: C,
    /// What.
    pub body: JsonBody<T>,
}

impl<C, T> FromRequest for Asked<C, T>
where
    C: FromRequest<Error = Problem> + 'static,
    T: DeserializeOwned + 'static,
{
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let who = C::from_request(request, &mut Payload::None);
        let body = JsonBody::from_request(request, payload);
        Box::pin(async move {
            Ok(Self {
                who: who.await?,
                body: body.await?,
            })
        })
    }
}
