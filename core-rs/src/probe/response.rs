//! An HTTP response, read piece by piece: what is kept of the body is its digest and its length. A body
//! that breaks off, or is framed badly, is still the answer of a server: how it ended is told.

use super::failed::Failed;
use super::head::{BadHead, Framing, HeadReader};
use super::pattern::Search;
use crate::protocol::{BodyEnd, Failure, HttpResponse};
use md5::{Digest, Md5};
use std::fmt::Write;

/// Most bytes of the line before a chunk, and of the trailers after the last.
const LINE_LIMIT: usize = 4 << 10;
/// Most bytes of a body that are read.
pub const BODY_LIMIT: u64 = 64 << 20;

/// Reads one response (RFC 9112).
#[derive(Default)]
pub struct Reader {
    state: State,
    status: u16,
    head: HeadReader,
    /// The line before a chunk as far as it has come.
    line: Vec<u8>,
    digest: Md5,
    /// Bytes of the body so far.
    length: u64,
    /// Bytes of trailers so far.
    trailers: usize,
    /// What is looked for in the body.
    search: Option<Search>,
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
    UntilClose,
    /// The line with the length of a chunk.
    ChunkSize,
    /// So many bytes of a chunk.
    Chunk(u64),
    /// The empty line after a chunk.
    ChunkEnd,
    /// Header fields after the last chunk.
    Trailers,
}

/// What comes of the bytes so far.
enum Next<'a> {
    /// More are needed.
    Wait,
    /// These are left for what comes next.
    Go(&'a [u8], State),
    /// The response is over.
    Over(BodyEnd),
}

impl Reader {
    /// Looks for something in the body.
    pub fn searching(search: Option<Search>) -> Self {
        Self {
            search,
            ..Self::default()
        }
    }

    /// Takes the next bytes; the response when they complete it. What follows it is ignored.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<Option<HttpResponse>, Failed> {
        loop {
            let next = match self.state {
                State::Head => self.head(bytes).map_err(|bad| match bad {
                    BadHead::NotHttp => (Failure::Malformed, 0),
                    BadHead::TooLong => (Failure::HeadTooLong, 0),
                })?,
                State::Length(left) | State::Chunk(left) => self.body(bytes, left)?,
                State::UntilClose => self.body(bytes, u64::MAX)?,
                State::ChunkSize | State::ChunkEnd | State::Trailers => self.line(bytes),
            };
            match next {
                Next::Wait => return Ok(None),
                Next::Over(end) => return Ok(Some(self.response(end))),
                Next::Go(rest, state) => {
                    self.state = state;
                    bytes = rest;
                }
            }
        }
    }

    /// The other side has closed: the response, unless not even its head has come.
    pub fn end(&self) -> Option<HttpResponse> {
        match self.state {
            State::Head => None,
            State::UntilClose => Some(self.response(BodyEnd::Complete)),
            _ => Some(self.response(BodyEnd::Cut)),
        }
    }

    fn head<'a>(&mut self, bytes: &'a [u8]) -> Result<Next<'a>, BadHead> {
        let Some((head, rest)) = self.head.push(bytes)? else {
            return Ok(Next::Wait);
        };
        self.status = head.status;
        Ok(match head.framing {
            Framing::Interim => Next::Go(rest, State::Head),
            Framing::Empty => Next::Over(BodyEnd::Complete),
            Framing::Length(length) => Next::Go(rest, State::Length(length)),
            Framing::Chunked => Next::Go(rest, State::ChunkSize),
            Framing::UntilClose => Next::Go(rest, State::UntilClose),
        })
    }

    fn body<'a>(&mut self, bytes: &'a [u8], left: u64) -> Result<Next<'a>, Failed> {
        let most = left.min(BODY_LIMIT - self.length);
        let count = usize::try_from(most).unwrap_or(usize::MAX).min(bytes.len());
        let (body, rest) = bytes.split_at(count);
        self.digest.update(body);
        if let Some(search) = &mut self.search {
            search.push(body)?;
        }
        self.length += count as u64;
        let left = left - count as u64;
        if self.length == BODY_LIMIT && left > 0 && !rest.is_empty() {
            return Ok(Next::Over(BodyEnd::TooLong));
        }
        Ok(match self.state {
            State::Length(_) if left == 0 => Next::Over(BodyEnd::Complete),
            State::Chunk(_) if left == 0 => Next::Go(rest, State::ChunkEnd),
            State::Length(_) => self.wait(State::Length(left)),
            State::Chunk(_) => self.wait(State::Chunk(left)),
            _ => Next::Wait,
        })
    }

    fn wait<'a>(&mut self, state: State) -> Next<'a> {
        self.state = state;
        Next::Wait
    }

    fn line<'a>(&mut self, bytes: &'a [u8]) -> Next<'a> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (line, rest) = bytes.split_at(end.map_or(bytes.len(), |end| end + 1));
        if self.line.len() + line.len() > LINE_LIMIT {
            return Next::Over(BodyEnd::Malformed);
        }
        self.line.extend_from_slice(line);
        if end.is_none() {
            return Next::Wait;
        }
        let line = std::mem::take(&mut self.line);
        match (self.state, line.trim_ascii()) {
            (State::ChunkEnd, b"") => Next::Go(rest, State::ChunkSize),
            (State::ChunkSize, line) => match chunk_size(line) {
                Some(0) => Next::Go(rest, State::Trailers),
                Some(size) => Next::Go(rest, State::Chunk(size)),
                None => Next::Over(BodyEnd::Malformed),
            },
            (State::Trailers, b"") => Next::Over(BodyEnd::Complete),
            (State::Trailers, line) if self.trailers + line.len() <= LINE_LIMIT => {
                self.trailers += line.len();
                Next::Go(rest, State::Trailers)
            }
            _ => Next::Over(BodyEnd::Malformed),
        }
    }

    fn response(&self, end: BodyEnd) -> HttpResponse {
        let mut digest = String::with_capacity(32);
        for byte in self.digest.clone().finalize() {
            // Writing to a string cannot fail.
            let _ = write!(digest, "{byte:02x}");
        }
        HttpResponse {
            status: self.status,
            digest,
            length: u32::try_from(self.length).unwrap_or(u32::MAX),
            end,
            matched: self.search.as_ref().map(Search::is_found),
        }
    }
}

/// Length of a chunk, without its extensions (RFC 9112 §7.1.1).
fn chunk_size(line: &[u8]) -> Option<u64> {
    let size = line.split(|byte| *byte == b';').next()?.trim_ascii();
    let text = std::str::from_utf8(size).ok()?;
    let all = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u64::from_str_radix(text, 16).ok().filter(|_| all)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// MD5 of nothing, of "hello world", of "hello".
    const EMPTY: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const HELLO: &str = "5eb63bbbe01eeed093cb22bb8f5acdc3";
    const HALF: &str = "5d41402abc4b2a76b9719d911017c592";

    fn response(status: u16, digest: &str, length: u32) -> HttpResponse {
        HttpResponse {
            status,
            digest: digest.into(),
            length,
            end: BodyEnd::Complete,
            matched: None,
        }
    }

    /// Pushed in pieces of this size, then closed.
    fn read(bytes: &[u8], piece: usize) -> Result<Option<HttpResponse>, Failed> {
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
    fn reader_of_a_body_that_breaks_off_or_is_framed_badly_says_so() {
        const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        let long = format!("5\r\nhello\r\n1;{}\r\n", "x".repeat(LINE_LIMIT));
        let trailers = format!("5\r\nhello\r\n0\r\n{}", "X: yyyyyyyyyyyyy\r\n".repeat(300));
        for (body, end) in [
            ("5\r\nhello\r\n", BodyEnd::Cut),
            ("5\r\nhello\r\n6\r\n", BodyEnd::Cut),
            ("5\r\nhello\r\n0\r\n", BodyEnd::Cut),
            ("5\r\nhello\r\n+6\r\n world", BodyEnd::Malformed),
            ("5\r\nhello\r\n\r\n", BodyEnd::Malformed),
            ("5\r\nhello world", BodyEnd::Malformed),
            (&long, BodyEnd::Malformed),
            (&trailers, BodyEnd::Malformed),
        ] {
            let expected = HttpResponse {
                end,
                ..response(200, HALF, 5)
            };
            for piece in [1, 4096] {
                let read = read(format!("{CHUNKED}{body}\n").as_bytes(), piece);
                // The line end that tells a bad line is no part of a body that is cut.
                let cut = end == BodyEnd::Cut;
                let read = if cut {
                    self::read(format!("{CHUNKED}{body}").as_bytes(), piece)
                } else {
                    read
                };
                assert_eq!(read, Ok(Some(expected.clone())), "{body:?}");
            }
        }
        let cut = read(b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello", 7);
        let expected = HttpResponse {
            end: BodyEnd::Cut,
            ..response(200, HALF, 5)
        };
        assert_eq!(cut, Ok(Some(expected)));
    }

    #[test]
    fn reader_of_a_response_without_a_whole_head_is_none() {
        for text in [
            "",
            "HTT",
            "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 100 Go on\r\n\r\n",
        ] {
            assert_eq!(read(text.as_bytes(), 1), Ok(None), "{text:?}");
        }
    }

    #[test]
    fn reader_of_a_body_over_the_limit_stops_there() {
        let piece = vec![0; 1 << 20];
        for head in [
            "HTTP/1.0 200 OK\r\n\r\n".to_owned(),
            format!(
                "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n",
                BODY_LIMIT + 1
            ),
        ] {
            let mut reader = Reader::default();
            assert_eq!(reader.push(head.as_bytes()), Ok(None));
            for _ in 0..64 {
                assert_eq!(reader.push(&piece), Ok(None));
            }
            let response = reader.push(&piece[..1]).unwrap().unwrap();
            assert_eq!(
                (response.end, response.length),
                (BodyEnd::TooLong, 64 << 20)
            );
        }
        let mut reader = Reader::default();
        let head = format!("HTTP/1.0 200 OK\r\nContent-Length: {BODY_LIMIT}\r\n\r\n");
        assert_eq!(reader.push(head.as_bytes()), Ok(None));
        for _ in 0..63 {
            assert_eq!(reader.push(&piece), Ok(None));
        }
        let response = reader.push(&piece).unwrap().unwrap();
        assert_eq!(response.end, BodyEnd::Complete);
    }
}
