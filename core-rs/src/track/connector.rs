//! What the kernel's process connector tells (`linux/cn_proc.h`), taken apart.
//!
//! ```text
//!  0              16          36    40   44         52
//! +--------------+-----------+------+-----+-----------+----------------------+
//! | nlmsghdr     | cn_msg    | what | cpu | time (ns) | who                  |
//! +--------------+-----------+------+-----+-----------+----------------------+
//! ```
//!
//! `who`: parent's thread and process, child's thread and process of a fork; thread and process of
//! anything else, followed by 16 bytes of name when that changed. All in the order of this machine.

use crate::sys::connector::{COMM, EXEC, EXIT, FORK, WHAT, WHO};

/// What happened to a process as a whole; threads are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A process made another, which is the same as itself.
    Forked { parent: i32, child: i32 },
    /// It runs another program.
    Executed(i32),
    /// It calls itself otherwise.
    Renamed(i32, Vec<u8>),
    /// It has ended.
    Exited(i32),
}

/// Takes one datagram apart; none for what does not matter or is malformed.
pub fn decode(datagram: &[u8]) -> Option<Happening> {
    let word = |at: usize| {
        let bytes = datagram.get(at..at.checked_add(4)?)?;
        Some(u32::from_ne_bytes(bytes.try_into().ok()?))
    };
    let number = |index: usize| i32::try_from(word(WHO + 4 * index)?).ok();
    let (thread, process) = (number(0)?, number(1)?);
    match word(WHAT)? {
        FORK => {
            let child = number(3)?;
            (number(2)? == child).then_some(Happening::Forked {
                parent: process,
                child,
            })
        }
        EXEC => Some(Happening::Executed(process)),
        COMM if thread == process => {
            let name = datagram.get(WHO + 8..WHO + 24)?;
            let name = name.split(|byte| *byte == 0).next().unwrap_or_default();
            Some(Happening::Renamed(process, name.to_vec()))
        }
        EXIT if thread == process => Some(Happening::Exited(process)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// Captured from Linux 6.18 on x86_64 with a socket of `NETLINK_CONNECTOR`: `true` is started.
    const FORKED: &str = "4c000000030000000100000000000000010000000100000001000000000000002800000001000000010000000f4dbc2b5d010000383000003830000061300000613000000000000000000000";

    fn bytes(hex: &str) -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
        (0..hex.len()).step_by(2).map(byte).collect()
    }

    fn message(what: u32, who: &[u32]) -> Vec<u8> {
        let mut bytes = bytes(FORKED);
        bytes[WHAT..WHAT + 4].copy_from_slice(&what.to_ne_bytes());
        for (index, word) in who.iter().enumerate() {
            let at = WHO + 4 * index;
            bytes[at..at + 4].copy_from_slice(&word.to_ne_bytes());
        }
        bytes
    }

    #[test]
    fn decode_of_a_captured_fork_names_parent_and_child() {
        let found = decode(&bytes(FORKED));
        let (parent, child) = (12344, 12385);
        assert_eq!(found, Some(Happening::Forked { parent, child }));
    }

    #[test]
    fn decode_leaves_threads_out() {
        assert_eq!(decode(&message(FORK, &[1, 1, 9, 8])), None);
        assert_eq!(decode(&message(EXIT, &[9, 8])), None);
        assert_eq!(decode(&message(COMM, &[9, 8])), None);
        assert_eq!(decode(&message(EXIT, &[8, 8])), Some(Happening::Exited(8)));
        assert_eq!(
            decode(&message(EXEC, &[9, 8])),
            Some(Happening::Executed(8))
        );
        let name = u32::from_ne_bytes(*b"abc\0");
        assert_eq!(
            decode(&message(COMM, &[8, 8, name, name])),
            Some(Happening::Renamed(8, b"abc".to_vec()))
        );
    }

    #[test]
    fn decode_of_anything_else_is_nothing_and_no_panic() {
        let whole = bytes(FORKED);
        for length in 0..whole.len() - 8 {
            let _ = decode(&whole[..length]);
        }
        assert_eq!(decode(&whole[..60]), None);
        assert_eq!(decode(&message(0, &[])), None);
        let mut random = 1u64;
        for _ in 0..100_000 {
            let mut noise = [0u8; 76];
            for byte in &mut noise {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                *byte = (random >> 33) as u8;
            }
            let _ = decode(&noise);
        }
    }
}
