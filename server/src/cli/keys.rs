use std::{error::Error, fs, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum};
use foldlog_server::{TokenAlgorithm, TokenKey, TokenOptions};

use crate::units::duration;

/// Which tokens are good. Without a key there is no authentication, and the server listens on loopback only.
#[derive(Args)]
pub(crate) struct TokenArguments {
    /// How tokens are signed; no token can choose another way.
    #[arg(long = "jwt-algorithm", env = "FOLDLOG_JWT_ALGORITHM", value_enum)]
    algorithm: Option<AlgorithmArgument>,
    /// The `iss` that a token must have.
    #[arg(long = "jwt-issuer", env = "FOLDLOG_JWT_ISSUER")]
    issuer: Option<String>,
    /// The `aud` that a token must have.
    #[arg(long = "jwt-audience", env = "FOLDLOG_JWT_AUDIENCE")]
    audience: Option<String>,
    /// The files of the keys, as KID=PATH, or as PATH for tokens without `kid`; several with commas. For `EdDSA` a public key in PEM,
    /// for HS256 the bytes of a secret, at least 32.
    #[arg(long = "jwt-keys", env = "FOLDLOG_JWT_KEYS", value_delimiter = ',')]
    keys: Vec<KeyFile>,
    /// How far the issuer's clock may be off.
    #[arg(long = "jwt-leeway", env = "FOLDLOG_JWT_LEEWAY", default_value = "5s", value_parser = duration)]
    leeway: Duration,
}

#[derive(Clone, Copy, ValueEnum)]
enum AlgorithmArgument {
    #[value(name = "EdDSA", alias = "eddsa")]
    EdDsa,
    #[value(name = "HS256", alias = "hs256")]
    Hs256,
}

#[derive(Clone)]
struct KeyFile {
    kid: Option<String>,
    path: PathBuf,
}

impl FromStr for KeyFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kid, path) = match text.split_once('=') {
            Some((kid, path)) => (Some(kid.to_owned()), path),
            None => (None, text),
        };
        if path.is_empty() || kid.as_deref() == Some("") {
            return Err("write a key as KID=PATH or PATH".to_owned());
        }
        Ok(Self { kid, path: path.into() })
    }
}

impl TokenArguments {
    /// The options; none if nothing is given.
    pub(crate) fn options(&self) -> Result<Option<TokenOptions>, Box<dyn Error>> {
        let (algorithm, issuer, audience) = match (&self.algorithm, &self.issuer, &self.audience) {
            (None, None, None) if self.keys.is_empty() => return Ok(None),
            (Some(algorithm), Some(issuer), Some(audience)) if !self.keys.is_empty() => {
                (*algorithm, issuer.clone(), audience.clone())
            }
            _ => {
                return Err(
                    "authentication needs all of --jwt-algorithm, --jwt-issuer, --jwt-audience and --jwt-keys".into(),
                );
            }
        };
        let keys = self.keys.iter().map(|file| {
            let key = fs::read(&file.path)
                .map_err(|error| format!("the key {} cannot be read: {}", file.path.display(), error.kind()))?;
            let kid = file.kid.clone();
            Ok(TokenKey { kid, key })
        });
        Ok(Some(TokenOptions {
            algorithm: match algorithm {
                AlgorithmArgument::EdDsa => TokenAlgorithm::EdDsa,
                AlgorithmArgument::Hs256 => TokenAlgorithm::Hs256,
            },
            issuer,
            audience,
            keys: keys.collect::<Result<_, String>>()?,
            leeway: self.leeway,
        }))
    }
}
