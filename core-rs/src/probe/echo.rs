//! ICMP echo (RFC 792, RFC 4443 §4) as a probe needs it: one request, and whether something is its
//! reply.

use std::net::IpAddr;

/// Data of a request, bytes, as keepalived sends.
const DATA: usize = 128;

/// Header before the data, bytes.
const HEADER: usize = 8;

/// One echo request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// Its message, checksum and all for IPv4; the kernel sets that of IPv6.
    pub message: Vec<u8>,
    reply: u8,
}

impl Echo {
    /// A request to `target` that nobody else has made: its data begin with `token`.
    pub fn new(target: IpAddr, token: u64) -> Self {
        let (request, reply) = match target {
            IpAddr::V4(_) => (8, 0),
            IpAddr::V6(_) => (128, 129),
        };
        let mut message = vec![0; HEADER + DATA];
        let bytes = token.to_be_bytes();
        for (place, byte) in message.iter_mut().skip(4).zip(bytes.iter().take(4)) {
            *place = *byte; // identifier and sequence number
        }
        for (place, byte) in message.iter_mut().skip(HEADER).zip(bytes) {
            *place = byte;
        }
        if let Some(first) = message.first_mut() {
            *first = request;
        }
        if target.is_ipv4() {
            let sum = checksum(&message).to_be_bytes();
            for (place, byte) in message.iter_mut().skip(2).zip(sum) {
                *place = byte;
            }
        }
        Self { message, reply }
    }

    /// Whether `message`, from its ICMP header on, is the reply: of its type, with the same data. The
    /// kernel may have changed the identifier on the way out, and changed it back.
    pub fn is_answered_by(&self, message: &[u8]) -> bool {
        message.first() == Some(&self.reply)
            && message.get(1) == Some(&0)
            && message
                .get(HEADER..)
                .is_some_and(|data| Some(data) == self.message.get(HEADER..))
    }
}

/// RFC 1071, over an even number of bytes.
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks(2).map(|pair| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(*high) << 8,
        _ => 0,
    });
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

#[cfg(test)]
#[allow(clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn echo_of_either_family_is_answered_by_its_reply_only() {
        for (target, request, reply) in [
            (IpAddr::from(Ipv4Addr::LOCALHOST), 8, 0),
            (IpAddr::from(Ipv6Addr::LOCALHOST), 128, 129),
        ] {
            let echo = Echo::new(target, 0x0102_0304_0506_0708);
            assert_eq!(echo.message.len(), 136);
            assert_eq!(echo.message[0], request);
            let mut answer = echo.message.clone();
            assert!(!echo.is_answered_by(&answer));
            answer[0] = reply;
            assert!(echo.is_answered_by(&answer));
            assert!(!Echo::new(target, 1).is_answered_by(&answer));
            assert!(!echo.is_answered_by(&answer[..20]));
        }
    }

    #[test]
    fn echo_of_ipv4_sums_up_to_nothing() {
        let echo = Echo::new(Ipv4Addr::LOCALHOST.into(), 0xdead_beef_0102_0304);
        assert_eq!(checksum(&echo.message), 0);
    }
}
