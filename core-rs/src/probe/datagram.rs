//! A probe by one datagram: UDP, DNS over UDP, ICMP echo. Connected sockets: the kernel lets through
//! what the target sends, and tells what ICMP says of it.

use super::connection;
use super::context::{Context, Going};
use super::echo::Echo;
use super::failed::Failed;
use crate::engine::received::hex_bytes as from_hex;
use crate::protocol::{BytePattern, Exchange, Failure, Outcome, Probe};
use socket2::Socket;
use std::hash::{BuildHasher, RandomState};
use std::io::{ErrorKind, Read};

/// Most datagrams read before the others have their turn.
const READS_AT_ONCE: usize = 16;

/// Header of a DNS message, bytes (RFC 1035 §4.1.1).
const DNS_HEADER: usize = 12;

/// A question that is out.
pub struct Asking {
    socket: Socket,
    question: Question,
    /// When the time is up, µs.
    deadline: u64,
}

enum Question {
    /// The message, with its number.
    Dns(Vec<u8>),
    Datagram,
    /// Before a reply stand so many bytes of IP header, or as many as the header says.
    Ping(Echo, connection::Headers),
}

impl Asking {
    /// Asks.
    pub fn begin(probe: &Probe, context: &Context<'_>) -> Result<Self, Failed> {
        let unusable = (Failure::Local, libc::EINVAL);
        let (socket, question, message) = match &probe.exchange {
            Exchange::Dns { hex } => {
                let mut message = from_hex(hex).filter(|message| message.len() >= DNS_HEADER);
                let message = message.as_mut().ok_or(unusable)?;
                let number = random().to_be_bytes();
                for (place, byte) in message.iter_mut().zip(number.iter().take(2)) {
                    *place = *byte;
                }
                let sent = message.clone();
                let asked = Question::Dns(std::mem::take(message));
                (connection::begin_datagram(probe)?, asked, sent)
            }
            Exchange::Ping => {
                let echo = Echo::new(probe.address, random());
                let (socket, headers) = connection::begin_echo(probe)?;
                let sent = echo.message.clone();
                (socket, Question::Ping(echo, headers), sent)
            }
            Exchange::Datagram { hex, .. } => {
                let sent = from_hex(hex).ok_or(unusable)?;
                let socket = connection::begin_datagram(probe)?;
                (socket, Question::Datagram, sent)
            }
            _ => return Err(unusable),
        };
        send(&socket, &message)?;
        let watched = context.epoll.add(&socket, libc::EPOLLIN, context.token);
        watched.map_err(|error| (Failure::Local, connection::errno(&error)))?;
        Ok(Self {
            socket,
            question,
            deadline: context.now.saturating_add(probe.timeout),
        })
    }

    /// When it must be called again at the latest.
    pub fn deadline(&self) -> u64 {
        self.deadline
    }

    /// Grants more time, µs: nobody listened for so long.
    pub fn grant(&mut self, time: u64, now: u64) {
        self.deadline = self.deadline.max(now.saturating_add(time));
    }

    /// Its time is up, unless something waits in its socket that nobody has looked at.
    pub fn expire(&mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Going, Failed> {
        let going = self.proceed(probe, context)?;
        match (&going, &self.question) {
            (Going::Done(_), _) => Ok(going),
            (Going::On, _) if self.deadline > context.now => Ok(going),
            (Going::On, Question::Datagram) => Ok(Going::Done(Outcome::Silent)),
            (Going::On, _) => Err((Failure::ReadTimeout, 0)),
        }
    }

    /// Something has come: takes the first that is an answer.
    pub fn proceed(&mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Going, Failed> {
        for _ in 0..READS_AT_ONCE {
            match (&self.socket).read(context.buffer) {
                Ok(count) => {
                    let message = context.buffer.get(..count).unwrap_or_default();
                    if let Some(outcome) = self.answer(message, probe) {
                        return Ok(Going::Done(outcome));
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err((Failure::Read, connection::errno(&error))),
            }
        }
        Ok(Going::On)
    }

    fn answer(&self, message: &[u8], probe: &Probe) -> Option<Outcome> {
        match &self.question {
            Question::Dns(asked) => {
                answer_code(asked, message).map(|code| Outcome::Answer { code })
            }
            Question::Ping(echo, headers) => {
                let message = headers.skip(message)?;
                echo.is_answered_by(message).then_some(Outcome::Echoed)
            }
            Question::Datagram => {
                let pattern = match &probe.exchange {
                    Exchange::Datagram { pattern, .. } => pattern.as_ref(),
                    _ => None,
                };
                Some(Outcome::Datagram {
                    length: u32::try_from(message.len()).unwrap_or(u32::MAX),
                    matches: pattern.is_none_or(|pattern| matches(pattern, message)),
                })
            }
        }
    }
}

/// Sends at once or not at all. What an ICMP message said of it before it was sent is a failure to
/// connect.
fn send(socket: &Socket, message: &[u8]) -> Result<(), Failed> {
    match socket.send(message) {
        Ok(_) => Ok(()),
        Err(error) => Err(match connection::errno(&error) {
            own @ (libc::EAGAIN | libc::ENOBUFS | libc::ENOMEM | libc::EPERM) => {
                (Failure::Local, own)
            }
            errno => (Failure::Connect, errno),
        }),
    }
}

/// Response code of an answer to what was asked (RFC 1035 §4.1.1, RFC 5452 §9.1): the number is the
/// same, and so is the question, which may be missing when the server could not read it.
fn answer_code(asked: &[u8], message: &[u8]) -> Option<u8> {
    let [high, low, flags, more, _, questions, ..] = message else {
        return None;
    };
    let is_answer = asked.get(..2) == Some(&[*high, *low]) && flags & 0x80 != 0;
    let question = asked.get(DNS_HEADER..)?;
    let repeated = message.get(DNS_HEADER..)?.get(..question.len());
    let same = repeated.is_some_and(|repeated| repeated.eq_ignore_ascii_case(question));
    (is_answer && (*questions == 0 || same)).then_some(more & 0x0f)
}

/// Whether a reply has the bits of a pattern, as far as both go.
fn matches(pattern: &BytePattern, message: &[u8]) -> bool {
    let (Some(bytes), Some(mask)) = (from_hex(&pattern.hex), from_hex(&pattern.mask)) else {
        return false;
    };
    let wanted = bytes.iter().zip(&mask);
    wanted
        .zip(message)
        .all(|((byte, mask), seen)| (byte ^ seen) & mask == 0)
}

/// A number nobody can guess: the key of the hash is random.
fn random() -> u64 {
    RandomState::new().hash_one(0)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn answer_code_of_another_number_question_or_direction_is_none() {
        let asked = from_hex("abcd0100000100000000000001610000020001").unwrap();
        let with = |hex: &str| answer_code(&asked, &from_hex(hex).unwrap());
        assert_eq!(with("abcd8180000100000000000001610000020001"), Some(0));
        assert_eq!(with("abcd8183000100000000000001410000020001"), Some(3));
        assert_eq!(with("abcd81810000000000000000"), Some(1));
        for wrong in [
            "abce8180000100000000000001610000020001",
            "abcd0100000100000000000001610000020001",
            "abcd8180000100000000000001620000020001",
            "abcd81800001000000000000",
            "abcd",
            "",
        ] {
            assert_eq!(with(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn matches_compares_the_bits_of_the_mask_as_far_as_both_go() {
        let pattern = BytePattern {
            hex: "a50f".into(),
            mask: "f0ff".into(),
        };
        let with = |hex: &str| matches(&pattern, &from_hex(hex).unwrap());
        for good in ["a50f", "a10f", "a10fff", "aa", ""] {
            assert!(with(good), "{good}");
        }
        for bad in ["b50f", "a50e"] {
            assert!(!with(bad), "{bad}");
        }
    }
}
