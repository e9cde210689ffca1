use axum::body::Body;
use foldlog::core::InvalidInput;
use http_body_util::BodyExt as _;

use super::{
    Problem,
    body::{drain, unreadable},
};

/// The lines of a body that may be larger than the memory.
pub(crate) struct Lines {
    body: Body,
    /// The most bytes of a line.
    most: usize,
    /// What came and was not given yet.
    waiting: Vec<u8>,
    /// Where in it the next line begins, and up to where no line break was found.
    begins: usize,
    searched: usize,
    count: u64,
    is_over: bool,
}

impl Lines {
    pub(crate) fn new(body: Body, most: usize) -> Self {
        Self {
            body,
            most,
            waiting: Vec::new(),
            begins: 0,
            searched: 0,
            count: 0,
            is_over: false,
        }
    }

    /// The next line without its line break; none after the last. A last line need not have one.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, Problem> {
        loop {
            let found = self.waiting[self.searched..].iter().position(|byte| *byte == b'\n');
            if let Some(length) = found {
                let end = self.searched + length;
                let line = self.take(end)?;
                self.begins = end + 1;
                self.searched = self.begins;
                return Ok(Some(line));
            }
            self.searched = self.waiting.len();
            if self.searched - self.begins > self.most {
                let field = format!("line {}", self.count + 1);
                return Err(Problem::too_large(
                    &field,
                    &format!("has more than {} bytes", self.most),
                ));
            }
            if self.is_over {
                if self.begins == self.waiting.len() {
                    return Ok(None);
                }
                let line = self.take(self.waiting.len())?;
                self.begins = self.waiting.len();
                return Ok(Some(line));
            }
            self.wait().await?;
        }
    }

    /// Takes the rest, within limits, so that whoever sends it can hear why it was refused.
    pub(crate) async fn drain(&mut self) {
        self.waiting = Vec::new();
        drain(&mut self.body).await;
    }

    fn take(&mut self, end: usize) -> Result<String, Problem> {
        self.count += 1;
        let line = std::str::from_utf8(&self.waiting[self.begins..end]);
        let refuse = |_| InvalidInput::argument(format!("line {}", self.count), "is not UTF-8");
        Ok(line.map_err(refuse)?.to_owned())
    }

    /// For more of the body.
    async fn wait(&mut self) -> Result<(), Problem> {
        self.waiting.drain(..self.begins);
        self.searched -= self.begins;
        self.begins = 0;
        match self.body.frame().await {
            None => self.is_over = true,
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    self.waiting.extend_from_slice(&data);
                }
            }
            Some(Err(_)) => return Err(unreadable()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    fn lines(parts: &'static [&'static [u8]], most: usize) -> Lines {
        let parts = parts.iter().map(|part| Ok::<_, std::io::Error>(*part));
        Lines::new(Body::from_stream(stream::iter(parts)), most)
    }

    #[test]
    fn lines_are_found_however_they_are_cut() {
        pollster::block_on(async {
            let mut lines = lines(&[b"a\nb", b"c", b"\n\n", b"d"], 10);
            for expected in ["a", "bc", "", "d"] {
                assert_eq!(lines.next().await.unwrap().as_deref(), Some(expected));
            }
            assert_eq!(lines.next().await.unwrap(), None);
            assert_eq!(lines.next().await.unwrap(), None);
        });
    }

    #[test]
    fn a_line_that_is_too_long_or_not_utf_8_is_named() {
        pollster::block_on(async {
            let mut long = lines(&[b"a\n", b"bcd", b"efg"], 4);
            assert_eq!(long.next().await.unwrap().as_deref(), Some("a"));
            assert!(long.next().await.unwrap_err().body.detail.starts_with("line 2: "));
            let mut odd = lines(&[b"\xff\n"], 4);
            assert!(odd.next().await.unwrap_err().body.detail.starts_with("line 1: "));
        });
    }
}
