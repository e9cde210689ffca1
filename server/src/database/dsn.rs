use std::{path::PathBuf, str::FromStr};

use foldlog::storage::{StorageError, StorageErrorKind};
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};

use super::tls::Tls;

/// Where a database is, and how connections to it are encrypted.
#[derive(Clone)]
pub(crate) struct Dsn {
    pub(crate) config: Config,
    pub(crate) tls: Tls,
}

impl Dsn {
    /// Reads a URL or the key-value form of libpq.
    ///
    /// `sslmode` means what it means to libpq: `prefer`, the usual, takes TLS if the server has it; `require` insists on it; neither
    /// looks at the certificate, unless `sslrootcert` names a file of those to trust. `verify-full` and `verify-ca` need that file, and
    /// both compare the host's name as well.
    pub(crate) fn parse(text: &str) -> Result<Self, StorageError> {
        let Parts { rest, mode, roots } = take_apart(text);
        let mut config =
            Config::from_str(&rest).map_err(|_| invalid("the DSN is neither a URL nor in the key-value form"))?;
        let verifies = match mode.as_deref() {
            None | Some("prefer") => false,
            Some("disable") => {
                config.ssl_mode(SslMode::Disable);
                false
            }
            Some("require") => {
                config.ssl_mode(SslMode::Require);
                false
            }
            Some("verify-full" | "verify-ca") => true,
            Some(_) => {
                return Err(invalid(
                    "the DSN's sslmode is none of disable, prefer, require, verify-ca and verify-full",
                ));
            }
        };
        if verifies && roots.is_none() {
            return Err(invalid(
                "the DSN asks for a certificate to be verified: name a file of those to trust in its sslrootcert",
            ));
        }
        if config.get_ssl_mode() != SslMode::Disable && (verifies || roots.is_some()) {
            config.ssl_mode(SslMode::Require);
        }
        if config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_))) {
            // PostgreSQL has no TLS on a socket, and asking for it would cost a round trip.
            config.ssl_mode(SslMode::Disable);
        }
        Ok(Self {
            config,
            tls: Tls::new(roots.as_deref())?,
        })
    }
}

/// A DSN without the two parameters that the client does not know in full.
#[derive(Debug, PartialEq, Eq)]
struct Parts {
    rest: String,
    mode: Option<String>,
    roots: Option<PathBuf>,
}

fn take_apart(text: &str) -> Parts {
    let is_url = text.starts_with("postgres://") || text.starts_with("postgresql://");
    let (before, parameters, separator) = match text.split_once('?') {
        Some((before, parameters)) if is_url => (format!("{before}?"), parameters.split('&').collect(), "&"),
        None if is_url => (text.to_owned(), Vec::new(), "&"),
        _ => (String::new(), words(text), " "),
    };
    let (mut mode, mut roots) = (None, None);
    let kept: Vec<_> = parameters
        .into_iter()
        .filter(|parameter| match parameter.split_once('=') {
            Some(("sslmode", value)) => {
                mode = Some(plain(value, is_url));
                false
            }
            Some(("sslrootcert", value)) => {
                roots = Some(plain(value, is_url).into());
                false
            }
            _ => true,
        })
        .collect();
    Parts {
        rest: before + &kept.join(separator),
        mode,
        roots,
    }
}

/// The words of the key-value form, of which one may hold blanks in quotes.
fn words(text: &str) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    text.split(|character: char| {
        if is_escaped {
            is_escaped = false;
        } else {
            is_escaped = character == '\\';
            is_quoted ^= character == '\'';
        }
        character.is_whitespace() && !is_quoted
    })
    .filter(|word| !word.is_empty())
    .collect()
}

/// A value without its quotes or percent signs.
fn plain(value: &str, is_url: bool) -> String {
    if !is_url {
        return value.trim_matches('\'').to_owned();
    }
    let mut bytes = Vec::new();
    let mut rest = value.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        let code = others.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match code.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = &others[2..];
            }
            _ => {
                bytes.push(*first);
                rest = others;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub(super) fn invalid(message: &'static str) -> StorageError {
    StorageError::new(StorageErrorKind::StorageUnavailable, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(rest: &str, mode: Option<&str>, roots: Option<&str>) -> Parts {
        Parts {
            rest: rest.to_owned(),
            mode: mode.map(str::to_owned),
            roots: roots.map(PathBuf::from),
        }
    }

    #[test]
    fn what_says_how_to_encrypt_is_taken_out() {
        assert_eq!(
            take_apart(r"host=a  sslmode=require password='x sslmode=disable \' y' sslrootcert='/a b'"),
            parts(
                r"host=a password='x sslmode=disable \' y'",
                Some("require"),
                Some("/a b")
            )
        );
        assert_eq!(
            take_apart("postgres://u:p@h/d?sslmode=verify-full&connect_timeout=3&sslrootcert=%2Fa%20b"),
            parts(
                "postgres://u:p@h/d?connect_timeout=3",
                Some("verify-full"),
                Some("/a b")
            )
        );
        assert_eq!(take_apart("postgres://h/d"), parts("postgres://h/d", None, None));
    }

    #[test]
    fn the_mode_is_that_of_libpq() {
        let mode = |text: &str| Dsn::parse(text).map(|dsn| dsn.config.get_ssl_mode());
        assert_eq!(mode("host=h").unwrap(), SslMode::Prefer);
        assert_eq!(mode("host=h sslmode=require").unwrap(), SslMode::Require);
        assert_eq!(mode("postgres://h/d?sslmode=disable").unwrap(), SslMode::Disable);
        assert_eq!(mode("host=/run/postgresql sslmode=require").unwrap(), SslMode::Disable);
        for refused in [
            "host=h sslmode=verify-full",
            "host=h sslmode=allow",
            "host=h sslmode=verify-ca sslrootcert=/nowhere/at-all",
            "host",
        ] {
            assert!(mode(refused).is_err(), "{refused}");
        }
    }
}
