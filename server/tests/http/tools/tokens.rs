use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use foldlog_server::{TokenAlgorithm, TokenKey, TokenOptions};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

pub(crate) const ISSUER: &str = "https://issuer.example";
pub(crate) const AUDIENCE: &str = "foldlog";
pub(crate) const SECRET: &[u8] = b"a secret of these tests, 32 bytes or more";

const PRIVATE_KEY: &[u8] = include_bytes!("ed25519.pem");
pub(crate) const PUBLIC_KEY: &[u8] = include_bytes!("ed25519.pub.pem");

/// What a token says; what is none is left out.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Claims {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) iss: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) aud: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nbf: Option<i64>,
    pub(crate) sub: String,
    pub(crate) logs: BTreeMap<String, Vec<&'static str>>,
}

impl Claims {
    /// Of a good token with all rights on a log.
    pub(crate) fn on(log: &str) -> Self {
        Self {
            iss: Some(ISSUER),
            aud: Some(AUDIENCE),
            exp: Some(seconds_from_now(600)),
            nbf: None,
            sub: "alice".to_owned(),
            logs: BTreeMap::from([(log.to_owned(), vec!["append", "read", "snapshot", "admin"])]),
        }
    }

    pub(crate) fn with_rights(mut self, rights: &[&'static str]) -> Self {
        for given in self.logs.values_mut() {
            *given = rights.to_vec();
        }
        self
    }

    pub(crate) fn expiring_in(mut self, seconds: i64) -> Self {
        self.exp = Some(seconds_from_now(seconds));
        self
    }
}

/// A good token with all rights on a log.
pub(crate) fn token(log: &str) -> String {
    sign(&Header::new(Algorithm::HS256), &Claims::on(log), SECRET)
}

/// A token by a secret, or for `EdDSA` by the private key of these tests.
pub(crate) fn sign(header: &Header, claims: &Claims, secret: &[u8]) -> String {
    let key = match header.alg {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(PRIVATE_KEY).unwrap(),
        _ => EncodingKey::from_secret(secret),
    };
    encode(header, claims, &key).unwrap()
}

pub(crate) fn hs256_options() -> TokenOptions {
    of(TokenAlgorithm::Hs256, SECRET)
}

pub(crate) fn eddsa_options() -> TokenOptions {
    of(TokenAlgorithm::EdDsa, PUBLIC_KEY)
}

fn of(algorithm: TokenAlgorithm, key: &[u8]) -> TokenOptions {
    let key = |kid: Option<&str>| TokenKey {
        kid: kid.map(str::to_owned),
        key: key.to_vec(),
    };
    TokenOptions {
        algorithm,
        issuer: ISSUER.to_owned(),
        audience: AUDIENCE.to_owned(),
        keys: vec![key(None), key(Some("k1"))],
        leeway: Duration::from_secs(1),
    }
}

fn seconds_from_now(seconds: i64) -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + seconds
}
