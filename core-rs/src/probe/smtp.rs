//! The replies of an SMTP server (RFC 5321 §4.2), and whose turn it is.

use crate::protocol::Failure;

/// Most bytes of all replies together.
const REPLIES_LIMIT: usize = 16 << 10;

/// Replies that a whole conversation has: to the connection, to hello, to quit.
const REPLIES: usize = 3;

/// A conversation under way. Of a reply only its code is kept.
#[derive(Debug, Default)]
pub struct Conversation {
    codes: Vec<u16>,
    /// The first bytes of the line that is coming, no more than tell its code and whether it is the
    /// last of its reply.
    line: Vec<u8>,
    /// Bytes heard.
    heard: usize,
}

impl Conversation {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.heard += bytes.len();
        if self.heard > REPLIES_LIMIT {
            return Err(Failure::HeadTooLong);
        }
        for byte in bytes {
            if self.is_over() {
                break;
            }
            if *byte == b'\n' {
                self.take_line()?;
            } else if self.line.len() < 4 {
                self.line.push(*byte);
            }
        }
        Ok(())
    }

    /// Codes of the replies so far.
    pub fn codes(&self) -> Vec<u16> {
        self.codes.clone()
    }

    /// Nothing more is to be heard: every reply has come, or one that does not let us go on.
    pub fn is_over(&self) -> bool {
        self.codes.len() == REPLIES || self.codes.last().is_some_and(|code| !is_completion(*code))
    }

    /// A reply is complete: it is our turn.
    pub fn has_turn(&self) -> bool {
        self.line.is_empty() && !self.codes.is_empty()
    }

    /// Whether the last line was said: the server may close.
    pub fn has_quit(&self) -> bool {
        self.codes.len() >= REPLIES - 1
    }

    /// What is said in this turn.
    pub fn said<'a>(&self, hello: &'a str) -> &'a [u8] {
        match self.codes.len() {
            1 => hello.as_bytes(),
            _ => b"QUIT\r\n",
        }
    }

    fn take_line(&mut self) -> Result<(), Failure> {
        let line = std::mem::take(&mut self.line);
        let (code, mark) = line.split_at(line.len().min(3));
        let text = std::str::from_utf8(code).unwrap_or_default();
        let is_code = code.len() == 3 && code.iter().all(u8::is_ascii_digit);
        let code = text.parse().ok().filter(|code| is_code && *code >= 100);
        let code: u16 = code.ok_or(Failure::Malformed)?;
        match mark {
            [b'-'] => {}
            [] | [b' ' | b'\r'] => self.codes.push(code),
            _ => return Err(Failure::Malformed),
        }
        Ok(())
    }
}

/// RFC 5321 §4.2.1.
fn is_completion(code: u16) -> bool {
    (200..300).contains(&code)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Pushed in pieces of this size: the codes, and whether it is over.
    fn hear(text: &str, piece: usize) -> Result<(Vec<u16>, bool), Failure> {
        let mut conversation = Conversation::default();
        for piece in text.as_bytes().chunks(piece) {
            conversation.push(piece)?;
        }
        Ok((conversation.codes(), conversation.is_over()))
    }

    #[test]
    fn conversation_of_replies_in_any_pieces_is_their_codes() {
        for (text, expected) in [
            ("220 a.example ESMTP\r\n", (vec![220], false)),
            ("220\r\n", (vec![220], false)),
            ("220-a\r\n220 b\r\n250 c\r\n", (vec![220, 250], false)),
            (
                "220 a\n250-b\n250-SIZE\n250 c\n221 d\n",
                (vec![220, 250, 221], true),
            ),
            ("554 no\r\n", (vec![554], true)),
            ("220 a\r\n502 what\r\n", (vec![220, 502], true)),
            ("220-only", (vec![], false)),
        ] {
            for piece in [1, 3, 4096] {
                assert_eq!(hear(text, piece).unwrap(), expected, "{text:?}");
            }
        }
    }

    #[test]
    fn conversation_of_something_else_is_malformed() {
        for text in [
            "HTTP/1.1 400\r\n",
            "22\r\n",
            "\r\n",
            "2200 a\r\n",
            "022 a\r\n",
            "é\r\n",
        ] {
            assert_eq!(hear(text, 1), Err(Failure::Malformed), "{text:?}");
        }
    }

    #[test]
    fn conversation_over_the_limit_ends() {
        let endless = "2".repeat(REPLIES_LIMIT + 1);
        assert_eq!(hear(&endless, 1000), Err(Failure::HeadTooLong));
    }
}
