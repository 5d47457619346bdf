//! The head of an HTTP response: its status, and how the body comes. Read as leniently as keepalived
//! and browsers read it: a checker asks whether a server serves, not whether it is spotless.

/// Most bytes of a head.
pub const HEAD_LIMIT: usize = 16 << 10;

/// Why a head is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadHead {
    /// It does not begin with a status line.
    NotHttp,
    /// It does not end within [`HEAD_LIMIT`].
    TooLong,
}

/// What a head says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 100 to 999.
    pub status: u16,
    /// How the body comes (RFC 9112 §6.3).
    pub framing: Framing,
}

/// How a body comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// Another head follows (RFC 9110 §15.2).
    Interim,
    /// There is none.
    Empty,
    /// So many bytes.
    Length(u64),
    /// In chunks.
    Chunked,
    /// Until the connection is closed.
    UntilClose,
}

/// Gathers a head that comes in pieces.
#[derive(Debug, Default)]
pub struct HeadReader {
    bytes: Vec<u8>,
    /// So many bytes were searched for its end.
    searched: usize,
    /// The status line was looked at.
    begun: bool,
}

impl HeadReader {
    /// Takes the next bytes; the head and the bytes after it when they complete it.
    pub fn push<'a>(&mut self, bytes: &'a [u8]) -> Result<Option<(Head, &'a [u8])>, BadHead> {
        let before = self.bytes.len();
        let room = HEAD_LIMIT.saturating_sub(before);
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.bytes.extend_from_slice(taken);
        if !self.begun {
            self.begun = begins_like_http(&self.bytes)?;
        }
        let Some(length) = self.end() else {
            return match taken.len() < bytes.len() {
                true => Err(BadHead::TooLong),
                false => Ok(None),
            };
        };
        let head = parse(self.bytes.get(..length).unwrap_or_default())?;
        *self = Self::default();
        let rest = bytes.get(length.saturating_sub(before)..);
        Ok(Some((head, rest.unwrap_or_default())))
    }

    /// Length of the head with its empty line, once that has come.
    fn end(&mut self) -> Option<usize> {
        // Empty lines before the status line are none.
        let start = self.bytes.iter().position(|byte| !is_line_end(*byte))?;
        let from = self.searched.max(start);
        let rest = self.bytes.get(from..).unwrap_or_default();
        let found = rest.iter().enumerate().find_map(|(at, byte)| {
            let after = rest.get(at + 1..)?;
            match (*byte, after) {
                (b'\n', [b'\n', ..]) => Some(from + at + 2),
                (b'\n', [b'\r', b'\n', ..]) => Some(from + at + 3),
                _ => None,
            }
        });
        self.searched = self.bytes.len().saturating_sub(2);
        found
    }
}

/// First words of a status line: HTTP of any version in any case, and what streaming servers say.
const WORDS: [&[u8]; 2] = [b"HTTP/", b"ICY "];

/// False while too little has come to tell.
fn begins_like_http(bytes: &[u8]) -> Result<bool, BadHead> {
    let Some(start) = bytes.iter().position(|byte| !is_line_end(*byte)) else {
        return Ok(false);
    };
    let bytes = bytes.get(start..).unwrap_or_default();
    let fits = |word: &&[u8]| {
        let both = bytes.len().min(word.len());
        let (have, want) = (bytes.get(..both), word.get(..both));
        have.zip(want)
            .is_some_and(|(have, want)| have.eq_ignore_ascii_case(want))
    };
    let word = WORDS.iter().find(|word| fits(word));
    word.map(|word| bytes.len() >= word.len())
        .ok_or(BadHead::NotHttp)
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn parse(bytes: &[u8]) -> Result<Head, BadHead> {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .skip_while(|line| line.is_empty());
    let status = lines.next().and_then(status_of).ok_or(BadHead::NotHttp)?;
    let framing = match status {
        101 | 204 | 304 => Framing::Empty,
        100..200 => Framing::Interim,
        _ => framing_of(lines),
    };
    Ok(Head { status, framing })
}

/// The number after the first word: three digits.
fn status_of(line: &[u8]) -> Option<u16> {
    let blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let after = line.iter().position(blank)?;
    let rest = line.get(after..)?.trim_ascii_start();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let number = std::str::from_utf8(rest.get(..digits)?).ok()?;
    let status = number.parse().ok()?;
    (digits == 3 && status >= 100).then_some(status)
}

fn framing_of<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Framing {
    let mut length = None;
    let mut codings = Vec::new();
    /// The two fields that say how the body comes.
    enum Field {
        Length,
        Codings,
        Other,
    }
    let mut field = Field::Other;
    for line in lines {
        let folded = line
            .first()
            .is_some_and(|byte| matches!(byte, b' ' | b'\t'));
        let value = if folded {
            line
        } else {
            let mut parts = line.splitn(2, |byte| *byte == b':');
            let name = parts.next().unwrap_or_default().trim_ascii();
            field = if name.eq_ignore_ascii_case(b"content-length") {
                Field::Length
            } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
                codings.clear();
                Field::Codings
            } else {
                Field::Other
            };
            parts.next().unwrap_or_default()
        };
        match field {
            // Of several the first counts (keepalived).
            Field::Length => length = length.or_else(|| number_of(value)),
            Field::Codings => codings.extend_from_slice(value),
            Field::Other => {}
        }
    }
    let last = codings.rsplit(|byte| *byte == b',').next();
    match last.unwrap_or_default().trim_ascii() {
        b"" => match length {
            None => Framing::UntilClose,
            Some(0) => Framing::Empty,
            Some(length) => Framing::Length(length),
        },
        coding if coding.eq_ignore_ascii_case(b"chunked") => Framing::Chunked,
        _ => Framing::UntilClose,
    }
}

/// The number a value begins with (keepalived); nothing without one: then it says nothing.
fn number_of(value: &[u8]) -> Option<u64> {
    let value = value.trim_ascii_start();
    let value = value.strip_prefix(b"+").unwrap_or(value);
    let digits = value
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = std::str::from_utf8(value.get(..digits)?).ok()?;
    match number {
        "" => None,
        _ => Some(number.parse().unwrap_or(u64::MAX)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Pushed in pieces of this size.
    fn read(text: &[u8], piece: usize) -> Result<Option<Head>, BadHead> {
        let mut reader = HeadReader::default();
        for piece in text.chunks(piece) {
            if let Some((head, _)) = reader.push(piece)? {
                return Ok(Some(head));
            }
        }
        Ok(None)
    }

    #[test]
    fn head_of_any_server_is_its_status_and_framing() {
        let fields = "X: y\r\n".repeat(1_000);
        let many = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 7\r\n\r\n");
        for (text, status, framing) in [
            ("HTTP/1.0 200 OK\r\n\r\n", 200, Framing::UntilClose),
            ("HTTP/1.1 200\n\n", 200, Framing::UntilClose),
            (
                "\r\n\nHTTP/1.1 \t 404  No\r\n\r\n",
                404,
                Framing::UntilClose,
            ),
            (
                "ICY 200 OK\r\nicy-name: radio\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            ("HTTP/1.2 200 OK\r\n\r\n", 200, Framing::UntilClose),
            ("HTTP/2.0 200 OK\r\n\r\n", 200, Framing::UntilClose),
            (
                "http/1.1 200 ok\r\ncontent-length:7\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            ("HTTP/1.1 999 No\r\n\r\n", 999, Framing::UntilClose),
            (
                "HTTP/1.1 204 No\r\nContent-Length: 7\r\n\r\n",
                204,
                Framing::Empty,
            ),
            ("HTTP/1.1 304 No\r\n\r\n", 304, Framing::Empty),
            ("HTTP/1.1 101 Switch\r\n\r\n", 101, Framing::Empty),
            (
                "HTTP/1.1 103 Hints\r\nLink: x\r\n\r\n",
                103,
                Framing::Interim,
            ),
            (
                "HTTP/1.1 200 OK\r\nX: a\0b\r\nContent-Length: 7\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            (
                "HTTP/1.1 200 OK\r\nno field\r\n: none\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length : 7\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n 7\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n",
                200,
                Framing::Length(5),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 7, 7\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nContent-Length: 8\r\n\r\n",
                200,
                Framing::Length(7),
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                200,
                Framing::Empty,
            ),
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                200,
                Framing::Length(u64::MAX),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\nContent-Length: 7\r\n\r\n",
                200,
                Framing::Chunked,
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
                200,
                Framing::UntilClose,
            ),
            (&many, 200, Framing::Length(7)),
        ] {
            for piece in [1, 2, 3, 7, 100_000] {
                let head = read(text.as_bytes(), piece);
                assert_eq!(
                    head,
                    Ok(Some(Head { status, framing })),
                    "{piece} of {text:?}"
                );
            }
        }
    }

    #[test]
    fn head_ends_after_its_empty_line_and_what_follows_comes_back() {
        let mut reader = HeadReader::default();
        let (_, rest) = reader
            .push(b"HTTP/1.0 200 OK\r\n\r\nbody")
            .unwrap()
            .unwrap();
        assert_eq!(rest, b"body");
        assert_eq!(reader.push(b"HTTP/1.0 200 OK\r\n\r"), Ok(None));
        let (_, rest) = reader.push(b"\nbody").unwrap().unwrap();
        assert_eq!(rest, b"body");
    }

    #[test]
    fn head_that_begins_otherwise_is_not_http_as_soon_as_that_can_be_told() {
        for text in [
            "SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
            "220 mail.example ESMTP\r\n",
            "HELLO",
            "\r\n<html>",
        ] {
            for piece in [1, 100] {
                assert_eq!(
                    read(text.as_bytes(), piece),
                    Err(BadHead::NotHttp),
                    "{text}"
                );
            }
        }
        for text in [
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 20 OK\r\n\r\n",
            "HTTP/1.1 2000 OK\r\n\r\n",
            "HTTP/1.1 099 OK\r\n\r\n",
        ] {
            assert_eq!(read(text.as_bytes(), 100), Err(BadHead::NotHttp), "{text}");
        }
        for text in ["", "H", "http", "\r\n", "HTTP/1.1 200 OK\r\nContent-Le"] {
            assert_eq!(read(text.as_bytes(), 1), Ok(None), "{text}");
        }
    }

    #[test]
    fn head_longer_than_the_limit_is_too_long() {
        let text = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(HEAD_LIMIT));
        for piece in [1_000, 100_000] {
            assert_eq!(read(text.as_bytes(), piece), Err(BadHead::TooLong));
        }
    }
}
