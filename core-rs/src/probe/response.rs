//! An HTTP response, read piece by piece: what is kept of the body is its digest and its length.

use crate::protocol::HttpResponse;
use httparse::{Header, ParserConfig, Status};
use md5::{Digest, Md5};
use std::fmt::Write;

/// Most bytes of a head, and of the trailers after a chunked body.
const HEAD_LIMIT: usize = 16 << 10;
/// Most header fields of a head.
const FIELD_LIMIT: usize = 128;
/// Most bytes of the line before a chunk.
const LINE_LIMIT: usize = 4 << 10;
/// Most bytes of a body.
const BODY_LIMIT: u64 = 64 << 20;

/// What came is not HTTP, or more of it than is read (`EMSGSIZE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed {
    /// `errno`, 0 if none applies.
    pub errno: i32,
}

const NOT_HTTP: Malformed = Malformed { errno: 0 };
const TOO_LONG: Malformed = Malformed {
    errno: libc::EMSGSIZE,
};

/// Reads one response (RFC 9112).
#[derive(Default)]
pub struct Reader {
    state: State,
    status: u16,
    /// The head or line as far as it has come.
    pending: Vec<u8>,
    digest: Md5,
    /// Bytes of the body so far.
    length: u64,
    /// Bytes of trailers so far.
    trailers: usize,
}

/// What comes next (RFC 9112 §6.3, §7.1).
#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Status line and header fields.
    #[default]
    Head,
    /// So many bytes of the body, which are all.
    Length(u64),
    /// The body, until the connection is closed.
    Close,
    /// The line with the length of a chunk.
    ChunkSize,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The empty line after a chunk.
    ChunkEnd,
    /// Header fields after the last chunk.
    Trailers,
}

impl Reader {
    /// Takes the next bytes; the response when they complete it. What follows it is ignored.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Option<HttpResponse>, Malformed> {
        loop {
            let rest = match self.state {
                State::Head => self.head(bytes)?,
                State::Length(left) | State::Chunk(left) => self.body(bytes, left)?,
                State::Close => self.body(bytes, u64::MAX)?,
                State::ChunkSize | State::ChunkEnd | State::Trailers => self.line(bytes)?,
            };
            let Some((rest, state)) = rest else {
                return Ok(None);
            };
            let Some(state) = state else {
                return Ok(Some(self.response()));
            };
            self.state = state;
            bytes = rest;
        }
    }

    /// The other side has closed: the response if that completes it.
    pub fn end(&self) -> Option<HttpResponse> {
        (self.state == State::Close).then(|| self.response())
    }

    fn head<'a>(&mut self, bytes: &'a [u8]) -> Parsed<'a> {
        let before = self.pending.len();
        let room = HEAD_LIMIT.saturating_sub(before);
        let taken = bytes.get(..room).unwrap_or(bytes);
        self.pending.extend_from_slice(taken);
        let Some((length, status, state)) = parse_head(&self.pending)? else {
            return match taken.len() < bytes.len() {
                true => Err(TOO_LONG),
                false => Ok(None),
            };
        };
        self.status = status;
        self.pending.clear();
        let rest = bytes.get(length.saturating_sub(before)..);
        Ok(Some((rest.unwrap_or_default(), state)))
    }

    fn body<'a>(&mut self, bytes: &'a [u8], left: u64) -> Parsed<'a> {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let (body, rest) = bytes.split_at(count);
        self.digest.update(body);
        self.length += count as u64;
        if self.length > BODY_LIMIT {
            return Err(TOO_LONG);
        }
        let left = left - count as u64;
        match self.state {
            State::Length(_) if left == 0 => Ok(Some((rest, None))),
            State::Length(_) => self.wait(State::Length(left)),
            State::Chunk(_) if left == 0 => Ok(Some((rest, Some(State::ChunkEnd)))),
            State::Chunk(_) => self.wait(State::Chunk(left)),
            _ => Ok(None),
        }
    }

    fn wait<'a>(&mut self, state: State) -> Parsed<'a> {
        self.state = state;
        Ok(None)
    }

    fn line<'a>(&mut self, bytes: &'a [u8]) -> Parsed<'a> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        if self.pending.len() + line.len() > LINE_LIMIT {
            return Err(TOO_LONG);
        }
        self.pending.extend_from_slice(line);
        if end.is_none() {
            return Ok(None);
        }
        let line = std::mem::take(&mut self.pending);
        let state = match (self.state, line.trim_ascii()) {
            (State::ChunkEnd, b"") => Some(State::ChunkSize),
            (State::ChunkEnd, _) => return Err(NOT_HTTP),
            (State::ChunkSize, line) => match chunk_size(line).ok_or(NOT_HTTP)? {
                0 => Some(State::Trailers),
                size => Some(State::Chunk(size)),
            },
            (_, b"") => None,
            (_, line) => {
                self.trailers += line.len();
                if self.trailers > HEAD_LIMIT {
                    return Err(TOO_LONG);
                }
                Some(State::Trailers)
            }
        };
        Ok(Some((rest, state)))
    }

    fn response(&self) -> HttpResponse {
        let mut digest = String::with_capacity(32);
        for byte in self.digest.clone().finalize() {
            // Writing to a string cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        HttpResponse {
            status: self.status,
            digest,
            length: u32::try_from(self.length).unwrap_or(u32::MAX),
        }
    }
}

/// None: more bytes are needed. Else the bytes not used and what comes next, if anything.
type Parsed<'a> = Result<Option<(&'a [u8], Option<State>)>, Malformed>;

/// Length of the head, status, and how the body comes; None when it is not complete.
fn parse_head(bytes: &[u8]) -> Result<Option<(usize, u16, Option<State>)>, Malformed> {
    let mut fields = [httparse::EMPTY_HEADER; FIELD_LIMIT];
    let mut head = httparse::Response::new(&mut fields);
    // What cannot be misunderstood is accepted, as every client does.
    let parsed = ParserConfig::default()
        .allow_spaces_after_header_name_in_responses(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .allow_multiple_spaces_in_response_status_delimiters(true)
        .ignore_invalid_headers_in_responses(true)
        .parse_response(&mut head, bytes);
    let length = match parsed {
        Ok(Status::Complete(length)) => length,
        Ok(Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(TOO_LONG),
        Err(_) => return Err(NOT_HTTP),
    };
    let status = head.code.unwrap_or(0);
    let state = match status {
        // Interim responses; the final one follows (RFC 9110 §15.2).
        100 | 102..=199 => Some(State::Head),
        101 | 204 | 304 => None,
        200..=599 => body_of(head.headers)?,
        _ => return Err(NOT_HTTP),
    };
    Ok(Some((length, status, state)))
}

/// How the body comes (RFC 9112 §6.3); None when it is empty.
fn body_of(fields: &[Header<'_>]) -> Result<Option<State>, Malformed> {
    let values = |name: &'static str| {
        let of_name = move |field: &&Header<'_>| field.name.eq_ignore_ascii_case(name);
        fields.iter().filter(of_name).map(|field| field.value)
    };
    if let Some(codings) = values("transfer-encoding").next_back() {
        let last = codings.rsplit(|byte| *byte == b',').next();
        let chunked =
            last.is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"));
        return Ok(Some(if chunked {
            State::ChunkSize
        } else {
            State::Close
        }));
    }
    let mut length = None;
    for value in values("content-length").flat_map(|value| value.split(|byte| *byte == b',')) {
        let value = std::str::from_utf8(value.trim_ascii()).map_err(|_| NOT_HTTP)?;
        let value = digits(value, 10).ok_or(NOT_HTTP)?;
        if length.replace(value).is_some_and(|other| other != value) {
            return Err(NOT_HTTP);
        }
    }
    Ok(match length {
        None => Some(State::Close),
        Some(0) => None,
        Some(length) if length > BODY_LIMIT => return Err(TOO_LONG),
        Some(length) => Some(State::Length(length)),
    })
}

/// Length of a chunk, without its extensions (RFC 9112 §7.1.1).
fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?;
    digits(std::str::from_utf8(size.trim_ascii()).ok()?, 16)
}

/// A number without sign.
fn digits(text: &str, radix: u32) -> Option<u64> {
    let all = text.chars().all(|char| char.is_digit(radix));
    u64::from_str_radix(text, radix).ok().filter(|_| all)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// MD5 of nothing, of "hello world".
    const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const HELLO: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";

    fn response(status: u16, digest: &str, length: u32) -> HttpResponse {
        HttpResponse {
            status,
            digest: digest.into(),
            length,
        }
    }

    /// Pushed in pieces of this size, then closed.
    fn read(bytes: &[u8], piece: usize) -> Result<Option<HttpResponse>, Malformed> {
        let mut reader = Reader::default();
        for piece in bytes.chunks(piece) {
            if let Some(response) = reader.push(piece)? {
                return Ok(Some(response));
            }
        }
        Ok(reader.end())
    }

    #[test]
    fn reader_of_any_framing_in_any_pieces_is_the_response() {
        for (text, expected) in [
            (
                "HTTP/1.0 200 OK\r\n\r\nhello world",
                response(200, HELLO, 11),
            ),
            (
                "HTTP/1.1 200\r\nContent-Length: 11\r\n\r\nhello world more",
                response(200, HELLO, 11),
            ),
            (
                "HTTP/1.1 404 No\r\ncontent-length:0\r\n\r\n",
                response(404, EMPTY, 0),
            ),
            ("HTTP/1.1 204 No\r\n\r\nnot a body", response(204, EMPTY, 0)),
            (
                "HTTP/1.1 304 No\r\nContent-Length: 7\r\n\r\n",
                response(304, EMPTY, 0),
            ),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\nContent-Length: 11\n\nhello world",
                response(200, HELLO, 11),
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n5;a=b\r\nhello\r\n06 \r\n world\r\n0\r\nX: y\r\n\r\n",
                response(200, HELLO, 11),
            ),
            (
                "HTTP/1.1 503 Busy\r\nContent-Length: 11, 11\r\nContent-Length: 11\r\n\r\nhello world",
                response(503, HELLO, 11),
            ),
        ] {
            for piece in [1, 2, 3, 7, 4096] {
                let read = read(text.as_bytes(), piece);
                assert_eq!(read, Ok(Some(expected.clone())), "{piece} of {text:?}");
            }
        }
    }

    #[test]
    fn reader_of_an_incomplete_response_is_none() {
        for text in [
            "",
            "HTT",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
        ] {
            for piece in [1, 4096] {
                assert_eq!(read(text.as_bytes(), piece), Ok(None), "{text:?}");
            }
        }
    }

    #[test]
    fn reader_of_what_is_not_http_is_malformed() {
        for text in [
            "SSH-2.0-OpenSSH_9.2p1 Debian\r\n",
            "hello world\r\n\r\n",
            "HTTP/1.1 abc OK\r\n\r\n",
            "HTTP/1.1 999 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n",
        ] {
            for piece in [1, 4096] {
                assert_eq!(read(text.as_bytes(), piece), Err(NOT_HTTP), "{text:?}");
            }
        }
    }

    #[test]
    fn reader_of_more_than_the_limits_is_too_long() {
        let head = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(HEAD_LIMIT));
        let fields = format!(
            "HTTP/1.1 200 OK\r\n{}\r\n",
            "X: y\r\n".repeat(FIELD_LIMIT + 1)
        );
        let length = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            BODY_LIMIT + 1
        );
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let line = format!("{chunked}1;{}\r\n", "x".repeat(LINE_LIMIT));
        let trailers = format!("{chunked}0\r\n{}", "X: yyyyyyyyyyyyy\r\n".repeat(1100));
        for text in [head, fields, length, line, trailers] {
            assert_eq!(read(text.as_bytes(), 1000), Err(TOO_LONG));
        }
        let mut reader = Reader::default();
        assert_eq!(reader.push(b"HTTP/1.0 200 OK\r\n\r\n"), Ok(None));
        let piece = vec![0; 1 << 20];
        for _ in 0..64 {
            assert_eq!(reader.push(&piece), Ok(None));
        }
        assert_eq!(reader.push(&piece), Err(TOO_LONG));
    }
}
