use std::{collections::HashMap, fmt, sync::Arc, time::Duration};

use axum::http::{HeaderMap, header::AUTHORIZATION};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::{Caller, caller::Bearer, rights::Rights};

/// Longer ones are refused before anything of them is decoded.
const MAX_TOKEN_BYTES: usize = 16 << 10;

/// The shortest secret of HS256: that of its hash (RFC 7518, 3.2).
const MIN_SECRET_BYTES: usize = 32;

/// Which tokens are good.
#[derive(Clone, Debug)]
pub struct TokenOptions {
    /// The one algorithm; what a token says of it must be the same.
    pub algorithm: TokenAlgorithm,
    /// The `iss` that a token must have.
    pub issuer: String,
    /// The `aud` that a token must have, perhaps among others.
    pub audience: String,
    /// The keys, of which a token's `kid` chooses one.
    pub keys: Vec<TokenKey>,
    /// How far the issuer's clock may be off.
    pub leeway: Duration,
}

/// How tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenAlgorithm {
    /// Ed25519; the keys are public keys in PEM.
    EdDsa,
    /// HMAC with SHA-256; the keys are secrets of at least 32 bytes.
    Hs256,
}

/// A key that tokens are checked with.
#[derive(Clone)]
pub struct TokenKey {
    /// The `kid` of tokens that it checks; a key without one checks tokens without one.
    pub kid: Option<String>,
    /// A public key in PEM, or a secret.
    pub key: Vec<u8>,
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenKey")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

/// Checks tokens.
pub(crate) struct Tokens {
    keys: HashMap<Option<String>, DecodingKey>,
    validation: Validation,
}

/// Why a request has no caller. What of a token was wrong is not told to who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    Missing,
    Expired,
    Invalid,
}

#[derive(Deserialize)]
struct Claims {
    exp: u64,
    #[serde(default)]
    sub: Option<String>,
    #[serde(default)]
    logs: HashMap<String, Rights>,
}

impl Tokens {
    /// Takes the options if they can be used.
    ///
    /// # Errors
    ///
    /// What is wrong with them, without the keys.
    pub(crate) fn new(options: &TokenOptions) -> Result<Self, String> {
        if options.issuer.is_empty() || options.audience.is_empty() {
            return Err("the issuer and the audience of tokens must not be empty".to_owned());
        }
        let mut keys = HashMap::new();
        for key in &options.keys {
            if keys
                .insert(key.kid.clone(), decoding_key(options.algorithm, key)?)
                .is_some()
            {
                let kid = key.kid.as_deref().unwrap_or_default();
                return Err(format!("two keys have the kid \"{kid}\": give each its own"));
            }
        }
        if keys.is_empty() {
            return Err("there is no key to check tokens with".to_owned());
        }
        let mut validation = Validation::new(match options.algorithm {
            TokenAlgorithm::EdDsa => Algorithm::EdDSA,
            TokenAlgorithm::Hs256 => Algorithm::HS256,
        });
        validation.set_issuer(&[&options.issuer]);
        validation.set_audience(&[&options.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.validate_nbf = true;
        validation.leeway = options.leeway.as_secs();
        Ok(Self { keys, validation })
    }

    /// The caller that a request's token proves.
    pub(crate) fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refused> {
        let mut given = headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (given.next(), given.next()) else {
            // Of two, another server on the way might look at the other one.
            return Err(if headers.contains_key(AUTHORIZATION) {
                Refused::Invalid
            } else {
                Refused::Missing
            });
        };
        let token = header.to_str().ok().and_then(bearer).ok_or(Refused::Invalid)?;
        self.check(token)
    }

    fn check(&self, token: &str) -> Result<Caller, Refused> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(Refused::Invalid);
        }
        let header = decode_header(token).map_err(|_| Refused::Invalid)?;
        // What must be understood is not: no extension is.
        if header.crit.is_some() {
            return Err(Refused::Invalid);
        }
        let key = self.keys.get(&header.kid).ok_or(Refused::Invalid)?;
        let claims = decode::<Claims>(token, key, &self.validation).map_err(|error| match error.kind() {
            ErrorKind::ExpiredSignature => Refused::Expired,
            _ => Refused::Invalid,
        })?;
        let Claims { exp, sub, logs } = claims.claims;
        Ok(Caller::Token(Arc::new(Bearer {
            subject: sub.unwrap_or_else(|| digest_of(token)),
            expires_at: exp,
            logs,
        })))
    }
}

/// The scheme's name is compared without regard to case (RFC 9110, 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim_start_matches(' '))
}

fn decoding_key(algorithm: TokenAlgorithm, key: &TokenKey) -> Result<DecodingKey, String> {
    let kid = key.kid.as_deref().unwrap_or_default();
    match algorithm {
        TokenAlgorithm::EdDsa => DecodingKey::from_ed_pem(&key.key)
            .map_err(|_| format!("the key with the kid \"{kid}\" is not an Ed25519 public key in PEM")),
        TokenAlgorithm::Hs256 if key.key.len() < MIN_SECRET_BYTES => Err(format!(
            "the secret with the kid \"{kid}\" has {} bytes; at least {MIN_SECRET_BYTES} are needed",
            key.key.len()
        )),
        TokenAlgorithm::Hs256 => Ok(DecodingKey::from_secret(&key.key)),
    }
}

/// Stands for a token that names no subject.
fn digest_of(token: &str) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("token:");
    for byte in &Sha256::digest(token.as_bytes())[..16] {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
