use super::DamagedRecord;

/// Appends an unsigned number as LEB128: seven bits a byte, least significant first.
pub(super) fn write_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends a text: its length in bytes, then its UTF-8.
pub(super) fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// Reads what the functions above write; every read is bounded by what is there.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], DamagedRecord> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or_else(|| damaged("the directory ends too early"))?;
        self.rest = rest;
        Ok(bytes)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], DamagedRecord> {
        let (bytes, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| damaged("the directory ends too early"))?;
        self.rest = rest;
        Ok(*bytes)
    }

    pub(super) fn byte(&mut self) -> Result<u8, DamagedRecord> {
        self.array().map(|[byte]| byte)
    }

    pub(super) fn number(&mut self) -> Result<u64, DamagedRecord> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte >= 0x80 {
                continue;
            }
            // A record has one spelling: what is read and written again must be the same bytes.
            if byte == 0 && shift > 0 {
                return Err(damaged("a number of the directory is longer than it has to be"));
            }
            return Ok(number);
        }
        Err(damaged("a number of the directory is too long"))
    }

    /// A count of things that take at least one byte each, so that no count can ask for more memory than the bytes justify.
    pub(super) fn count(&mut self) -> Result<usize, DamagedRecord> {
        let count = self.length()?;
        if count > self.rest.len() {
            Err(damaged("a count of the directory is too large"))
        } else {
            Ok(count)
        }
    }

    pub(super) fn length(&mut self) -> Result<usize, DamagedRecord> {
        let number = self.number()?;
        u32::try_from(number)
            .ok()
            .and_then(|n| usize::try_from(n).ok())
            .ok_or_else(|| damaged("a length of the directory is too large"))
    }

    pub(super) fn text(&mut self) -> Result<&'a str, DamagedRecord> {
        let length = self.count()?;
        std::str::from_utf8(self.bytes(length)?).map_err(|_| damaged("a name of the directory is not UTF-8"))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

pub(super) fn damaged(reason: &str) -> DamagedRecord {
    DamagedRecord::new(reason)
}
