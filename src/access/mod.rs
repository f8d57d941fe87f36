//! Who may come in: passwords, logins, access tokens and API keys.
//!
//! An access token (JWT) only says which login it belongs to: whether that login is in force, and
//! what its account may do, is read from the database with every request, so that logging out,
//! deactivation and changes of role or regions take effect at once. Knows no HTTP and no actor.

pub mod accounts;
pub mod api_keys;
pub mod audit;
mod bucket;
pub mod confirmation;
mod error;
pub mod former_staff;
pub mod links;
mod opaque;
pub mod password;
pub mod secret;
pub mod shared;
pub mod throttle;
mod token;
pub mod tracking;

pub use error::AccessError;

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use self::accounts::Accounts;
use self::confirmation::ConfirmationKey;
use self::links::LinkKey;
use self::opaque::Opaque;
use self::password::Passwords;
use self::secret::Secret;
use self::token::{Claims, Signer};
use crate::config::AccessSettings;
use crate::domain::account::{ApiKey, Identity, Role};
use crate::domain::credential::{Email, Password};
use crate::store::{Store, logins};

/// What a login or a refresh gives. Not `Debug`: it holds secrets.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …`.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Life of the access token, in seconds.
    pub expires_in: u64,
    /// Exchange it for new tokens, once, before the access token ends.
    pub refresh_token: String,
}

/// Lets people and apps in. Cheap to clone.
#[derive(Clone)]
pub struct Access {
    store: Store,
    signer: Arc<Signer>,
    passwords: Passwords,
    links: LinkKey,
    confirmations: ConfirmationKey,
    /// Life of a login without use.
    login_life: Duration,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Access(withheld)")
    }
}

impl Access {
    /// Lets people in whose accounts are in `store`, with tokens signed by `secret`.
    pub fn new(store: Store, secret: &Secret, settings: &AccessSettings) -> Self {
        Self {
            store,
            signer: Arc::new(Signer::new(secret, settings.access_token_ttl)),
            passwords: Passwords::new(),
            links: LinkKey::new(secret),
            confirmations: ConfirmationKey::new(secret),
            login_life: settings.refresh_token_ttl,
        }
    }

    /// The accounts behind the logins, for those who administer them.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(self.store.clone(), self.passwords.clone())
    }

    /// Signs links to photos.
    pub fn links(&self) -> &LinkKey {
        &self.links
    }

    /// Confirms what admins were shown.
    pub fn confirmations(&self) -> &ConfirmationKey {
        &self.confirmations
    }

    /// Begins a login. An unknown account takes as long as a wrong password.
    ///
    /// # Errors
    /// [`AccessError::WrongPassword`] also for unknown and inactive accounts.
    pub async fn login(&self, email: &str, password: &str) -> Result<Tokens, AccessError> {
        let credential = match Email::parse(email) {
            Ok(email) => {
                crate::store::accounts::credential_by_email(&self.store, email.as_str()).await?
            }
            // No account can have it, and it may hold what the database refuses, such as NUL.
            Err(_not_an_address) => None,
        };
        let hash = credential.as_ref().map(|found| found.password_hash.clone());
        let matches = self.passwords.matches(password, hash).await?;
        let proven = credential
            .filter(|_| matches)
            .ok_or(AccessError::WrongPassword)?;
        logins::delete_ended(&self.store, proven.account).await?;
        let (login, refresh) = (Uuid::now_v7(), Opaque::random());
        let hash = refresh.fingerprint();
        if !logins::insert(&self.store, login, &proven, &hash, self.login_life).await? {
            return Err(AccessError::WrongPassword);
        }
        self.tokens(proven.account, login, proven.role, refresh)
    }

    /// Exchanges a refresh token. Each is good once; one that comes back ends its login, because
    /// somebody has a copy.
    ///
    /// # Errors
    /// [`AccessError::InvalidToken`], [`AccessError::TokenReused`].
    pub async fn refresh(&self, token: &str) -> Result<Tokens, AccessError> {
        let (used, next) = (opaque::fingerprint(token), Opaque::random());
        let rotated =
            logins::rotate(&self.store, &used, &next.fingerprint(), self.login_life).await?;
        if let Some(rotated) = rotated {
            return self.tokens(rotated.account, rotated.login, rotated.role, next);
        }
        match logins::revoke_reused(&self.store, &used).await? {
            Some(login) => {
                slog_scope::warn!("a refresh token was used twice, its login is ended";
                    "login" => login.to_string());
                Err(AccessError::TokenReused)
            }
            None => Err(AccessError::InvalidToken),
        }
    }

    /// Ends the login at hand.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn logout(&self, identity: &Identity) -> Result<(), AccessError> {
        Ok(logins::revoke(&self.store, identity.login).await?)
    }

    /// Replaces a person's own password and ends all their logins but the one at hand.
    ///
    /// # Errors
    /// [`AccessError::WrongPassword`] when `old` is not the present one.
    pub async fn change_password(
        &self,
        identity: &Identity,
        old: &str,
        new: &Password,
    ) -> Result<(), AccessError> {
        let credential = crate::store::accounts::credential(&self.store, identity.account).await?;
        let hash = credential.as_ref().map(|found| found.password_hash.clone());
        let matches = self.passwords.matches(old, hash).await?;
        let proven = credential
            .filter(|_| matches)
            .ok_or(AccessError::WrongPassword)?;
        let new_hash = self.passwords.hash(new).await?;
        let (store, login) = (&self.store, identity.login);
        let changed =
            crate::store::accounts::change_password(store, &proven, &new_hash, login).await?;
        changed.then_some(()).ok_or(AccessError::WrongPassword)
    }

    /// Who sends this access token, with the role and regions of this moment.
    ///
    /// # Errors
    /// [`AccessError::TokenExpired`], [`AccessError::InvalidToken`], [`AccessError::LoginEnded`].
    pub async fn authenticate(&self, bearer: &str) -> Result<Identity, AccessError> {
        Ok(self.authenticate_for(bearer).await?.0)
    }

    /// As [`Access::authenticate`], with how long the token is still good.
    ///
    /// # Errors
    /// As there.
    pub async fn authenticate_for(
        &self,
        bearer: &str,
    ) -> Result<(Identity, Duration), AccessError> {
        let claims = self.signer.verify(bearer)?;
        let identity = logins::find_live(&self.store, claims.sid, claims.sub).await?;
        let identity = identity.ok_or(AccessError::LoginEnded)?;
        Ok((identity, left_of(&claims)))
    }

    /// How long an access token is still good.
    ///
    /// # Errors
    /// [`AccessError::TokenExpired`], [`AccessError::InvalidToken`].
    pub fn token_left(&self, bearer: &str) -> Result<Duration, AccessError> {
        Ok(left_of(&self.signer.verify(bearer)?))
    }

    /// Which app sends this `X-API-Key`.
    ///
    /// # Errors
    /// [`AccessError::InvalidApiKey`] also for revoked ones.
    pub async fn api_key(&self, header: &str) -> Result<ApiKey, AccessError> {
        if !api_keys::is_well_formed(header) {
            return Err(AccessError::InvalidApiKey);
        }
        let hash = opaque::fingerprint(header);
        let key = crate::store::api_keys::find_used(&self.store, &hash).await?;
        key.ok_or(AccessError::InvalidApiKey)
    }

    /// What each of `(account, login)` may do now, in their order; `None`: its login is over.
    ///
    /// # Errors
    /// [`AccessError::Store`].
    pub async fn grants(&self, of: &[(Uuid, Uuid)]) -> Result<Vec<Option<Identity>>, AccessError> {
        if of.is_empty() {
            return Ok(Vec::new());
        }
        let ids = of.iter().map(|(_, login)| *login).collect();
        let live = logins::find_all_live(&self.store, ids).await?;
        let live: HashMap<_, _> = live
            .into_iter()
            .map(|one| ((one.account, one.login), one))
            .collect();
        Ok(of.iter().map(|key| live.get(key).cloned()).collect())
    }

    fn tokens(
        &self,
        account: Uuid,
        login: Uuid,
        role: Role,
        refresh: Opaque,
    ) -> Result<Tokens, AccessError> {
        let access_token = self.signer.sign(account, login, role, Timestamp::now())?;
        Ok(Tokens {
            access_token,
            token_type: "Bearer",
            expires_in: self.signer.life_s(),
            refresh_token: refresh.expose().to_owned(),
        })
    }
}

/// The time until a token's end.
fn left_of(claims: &Claims) -> Duration {
    let ends_ms = i128::from(claims.exp) * 1000;
    let left_ms = ends_ms - i128::from(Timestamp::now().as_millisecond());
    Duration::from_millis(u64::try_from(left_ms).unwrap_or_default())
}
