use foldlog::core::InvalidInput;

use super::Problem;
use crate::LogName;

const PREFIX: &str = "/v1/logs/";

/// The part of a path that names the log, as it was sent.
pub(crate) fn log_segment(path: &str) -> Option<&str> {
    path.strip_prefix(PREFIX)?.split('/').next()
}

/// The text that the part names; none if it is not UTF-8.
pub(crate) fn decoded(segment: &str) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8();
    decoded.ok().map(std::borrow::Cow::into_owned)
}

/// The log's name, if it can be one.
pub(crate) fn log_name(text: &str) -> Result<LogName, Problem> {
    LogName::parse(text).map_err(|reason| InvalidInput::argument("log", reason).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_named_by_one_part_of_the_path() {
        assert_eq!(log_segment("/v1/logs/a%2Fb/head"), Some("a%2Fb"));
        assert_eq!(log_segment("/v1/logs/a"), Some("a"));
        assert_eq!(log_segment("/v1/log"), None);
        assert_eq!(decoded("a%2Fb%C3%A9").as_deref(), Some("a/bé"));
        assert_eq!(decoded("%ff"), None);
        assert!(log_name("..").is_err() && log_name("$all").is_err() && log_name("a/b").is_ok());
    }
}
