use std::{
    collections::BTreeMap,
    error::Error,
    fs,
    path::PathBuf,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clap::Args;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;

use crate::units::duration;

/// The shortest secret that the server takes.
const MIN_SECRET_BYTES: usize = 32;

#[derive(Args)]
pub(crate) struct Token {
    /// The file of the secret, which the server has in --jwt-keys with --jwt-algorithm HS256.
    #[arg(long, env = "FOLDLOG_TOKEN_SECRET")]
    secret: PathBuf,
    /// The `kid` of the secret, if the server knows it by one.
    #[arg(long, env = "FOLDLOG_TOKEN_KID")]
    kid: Option<String>,
    /// The `iss`, as in the server's --jwt-issuer.
    #[arg(long, env = "FOLDLOG_JWT_ISSUER")]
    issuer: String,
    /// The `aud`, as in the server's --jwt-audience.
    #[arg(long, env = "FOLDLOG_JWT_AUDIENCE")]
    audience: String,
    /// The `sub`: whom rates are counted against.
    #[arg(long, env = "FOLDLOG_TOKEN_SUBJECT", default_value = "operator")]
    subject: String,
    /// The logs that it is for, with commas.
    #[arg(long, env = "FOLDLOG_TOKEN_LOGS", required = true, value_delimiter = ',')]
    log: Vec<String>,
    /// What it allows on each, with commas.
    #[arg(
        long,
        env = "FOLDLOG_TOKEN_RIGHTS",
        value_delimiter = ',',
        default_value = "append,read,snapshot,admin",
        value_parser = ["append", "read", "snapshot", "admin"]
    )]
    rights: Vec<String>,
    /// How long it is good.
    #[arg(long, env = "FOLDLOG_TOKEN_LASTS", default_value = "1h", value_parser = duration)]
    lasts: Duration,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    exp: u64,
    logs: BTreeMap<&'a str, &'a [String]>,
}

impl Token {
    /// Prints the token alone.
    pub(crate) fn run(&self) -> Result<(), Box<dyn Error>> {
        let secret = fs::read(&self.secret)
            .map_err(|error| format!("the secret {} cannot be read: {}", self.secret.display(), error.kind()))?;
        if secret.len() < MIN_SECRET_BYTES {
            let bytes = secret.len();
            return Err(format!("the secret has {bytes} bytes; HS256 needs at least {MIN_SECRET_BYTES}").into());
        }
        let claims = Claims {
            iss: &self.issuer,
            aud: &self.audience,
            sub: &self.subject,
            exp: (SystemTime::now() + self.lasts).duration_since(UNIX_EPOCH)?.as_secs(),
            logs: self.log.iter().map(|log| (log.as_str(), &*self.rights)).collect(),
        };
        let header = Header {
            kid: self.kid.clone(),
            ..Header::new(Algorithm::HS256)
        };
        println!("{}", encode(&header, &claims, &EncodingKey::from_secret(&secret))?);
        Ok(())
    }
}
