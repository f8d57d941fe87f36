//! Access tokens: JWT, HS256, short-lived. They name a login; they grant nothing by themselves.

use std::time::Duration;

use jiff::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::AccessError;
use super::secret::Secret;
use crate::domain::account::Role;

/// Issuer and audience of our tokens.
const OURS: &str = "redress";

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub(super) sub: Uuid,
    /// This token.
    jti: Uuid,
    /// The login.
    pub(super) sid: Uuid,
    /// The role when it was signed, for clients; the server reads it from the database.
    role: Role,
    iat: i64,
    /// When its time is over, in seconds since 1970.
    pub(super) exp: i64,
}

/// Signs and verifies tokens. Not `Debug`: it holds the secret.
pub(super) struct Signer {
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
    life: Duration,
}

impl Signer {
    /// Signs with `secret` for `life`.
    pub(super) fn new(secret: &Secret, life: Duration) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[OURS]);
        rules.set_audience(&[OURS]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // `expires_in` is exact: clients refresh before it, and skewed clocks only do so earlier.
        rules.leeway = 0;
        Self {
            signing: EncodingKey::from_secret(secret.expose()),
            verifying: DecodingKey::from_secret(secret.expose()),
            rules,
            life,
        }
    }

    /// Life of a token, in whole seconds, at least 1.
    pub(super) fn life_s(&self) -> u64 {
        self.life.as_secs().max(1)
    }

    /// A token of `account` in `login`.
    pub(super) fn sign(
        &self,
        account: Uuid,
        login: Uuid,
        role: Role,
        now: Timestamp,
    ) -> Result<String, AccessError> {
        let iat = now.as_second();
        let claims = Claims {
            iss: OURS.into(),
            aud: OURS.into(),
            sub: account,
            jti: Uuid::new_v4(),
            sid: login,
            role,
            iat,
            exp: iat.saturating_add_unsigned(self.life_s()),
        };
        encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(|error| AccessError::Signing(error.to_string()))
    }

    /// What a token says, if it is ours and its time is not over.
    pub(super) fn verify(&self, token: &str) -> Result<Claims, AccessError> {
        match decode::<Claims>(token, &self.verifying, &self.rules) {
            Ok(data) => Ok(data.claims),
            Err(error) if matches!(error.kind(), ErrorKind::ExpiredSignature) => {
                Err(AccessError::TokenExpired)
            }
            Err(_) => Err(AccessError::InvalidToken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(secret: &str) -> Signer {
        Signer::new(
            &Secret::new(secret.as_bytes()).unwrap(),
            Duration::from_secs(900),
        )
    }

    fn sign(signer: &Signer, now: Timestamp) -> String {
        signer
            .sign(Uuid::nil(), Uuid::max(), Role::Officer, now)
            .unwrap()
    }

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_token_says_which_login_it_belongs_to() {
        let signer = signer(SECRET);
        let claims = signer.verify(&sign(&signer, Timestamp::now())).unwrap();
        assert_eq!((claims.sub, claims.sid), (Uuid::nil(), Uuid::max()));
        assert_eq!(claims.exp - claims.iat, 900);
    }

    #[test]
    fn an_old_token_is_expired() {
        let signer = signer(SECRET);
        let token = sign(
            &signer,
            Timestamp::now() - jiff::SignedDuration::from_secs(901),
        );
        assert!(matches!(
            signer.verify(&token),
            Err(AccessError::TokenExpired)
        ));
    }

    #[test]
    fn tokens_of_others_are_invalid() {
        let ours = signer(SECRET);
        let theirs = sign(&signer(&SECRET.to_uppercase()), Timestamp::now());
        let (header, rest) = theirs.split_once('.').unwrap();
        // {"alg":"none"}
        let unsigned = format!("eyJhbGciOiJub25lIn0.{}.", rest.split_once('.').unwrap().0);
        for bad in [&theirs, &unsigned, header, "", "a.b.c", "\0"] {
            assert!(
                matches!(ours.verify(bad), Err(AccessError::InvalidToken)),
                "{bad}"
            );
        }
    }

    #[test]
    fn another_audience_or_algorithm_is_invalid() {
        let ours = signer(SECRET);
        let claims = |aud: &str| {
            serde_json::json!({"iss": OURS, "aud": aud, "sub": Uuid::nil(), "jti": Uuid::nil(),
                "sid": Uuid::nil(), "role": "admin", "iat": 0, "exp": 99_999_999_999_i64})
        };
        let token =
            |algorithm, aud| encode(&Header::new(algorithm), &claims(aud), &ours.signing).unwrap();
        assert!(ours.verify(&token(Algorithm::HS256, OURS)).is_ok());
        assert!(ours.verify(&token(Algorithm::HS256, "another")).is_err());
        assert!(ours.verify(&token(Algorithm::HS512, OURS)).is_err());
    }
}
