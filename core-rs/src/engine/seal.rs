//! Proof of who sent a datagram: the authentication header and the trailer of signed adverts.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha2::Sha256;
use std::net::IpAddr;

/// Bytes of an authentication header with a digest of 96 bits.
pub const AH_LENGTH: usize = 24;
/// Bytes of a trailer.
pub const TRAILER_LENGTH: usize = 28;
/// Bytes of the digest of an authentication header.
pub const AH_DIGEST: usize = 12;
/// Bytes of the digest of a trailer.
pub const TRAILER_DIGEST: usize = 16;
/// Bytes of a trailer in front of its digest.
pub const TRAILER_HEAD: usize = TRAILER_LENGTH - TRAILER_DIGEST;

/// The digest of an authentication header (RFC 4302 §3.3.3): over the IPv4 header with what routers
/// change counted as zero, the authentication header with its digest counted as zero, and the rest.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+---------------+-------------------------------+
/// | Next header   | Length 4      |           Reserved            |
/// +---------------+---------------+-------------------------------+
/// |                Security parameters index (SPI)                |
/// +---------------------------------------------------------------+
/// |                        Sequence number                        |
/// +---------------------------------------------------------------+
/// |                HMAC-MD5, its first 12 bytes                   |
/// +---------------------------------------------------------------+
/// ```
///
/// `header` has no options (20 bytes), `rest` is the header's own and what follows.
pub fn ah_digest(key: &[u8], covers_ttl: bool, header: &[u8], rest: &[u8]) -> [u8; AH_DIGEST] {
    let Some((mut fixed, head, body)) = parts(header, rest) else {
        return [0; AH_DIGEST];
    };
    let [
        _,
        tos,
        ..,
        ttl,
        _,
        sum_high,
        sum_low,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
        _,
    ] = &mut fixed;
    (*tos, *sum_high, *sum_low) = (0, 0, 0);
    if !covers_ttl {
        *ttl = 0;
    }
    if let Some(fragment) = fixed.get_mut(6..8) {
        fragment.fill(0);
    }
    // A key of any length is taken (RFC 2104 §2).
    let Ok(mut mac) = Hmac::<Md5>::new_from_slice(key) else {
        return [0; AH_DIGEST];
    };
    mac.update(&fixed);
    mac.update(head);
    mac.update(&[0; AH_DIGEST]);
    mac.update(body);
    cut(&mac.finalize().into_bytes())
}

/// The IPv4 header, the authentication header up to its digest, and what follows the digest.
fn parts<'a>(header: &[u8], rest: &'a [u8]) -> Option<([u8; 20], &'a [u8], &'a [u8])> {
    let fixed = header.get(..20)?.try_into().ok()?;
    let head = rest.get(..AH_LENGTH - AH_DIGEST)?;
    Some((fixed, head, rest.get(AH_LENGTH..)?))
}

/// The digest of a trailer (`wire.md` §1.5): over family, version and VRID, the source address, the
/// PDU with a checksum counted as zero, and the trailer with its digest counted as zero.
///
/// ```text
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +---------------+---------------+-------------------------------+
/// | Type 1        | Key id        |               0               |
/// +---------------+---------------+-------------------------------+
/// |                            Seconds                            |
/// +-------------------------------+-------------------------------+
/// |        1/65536 seconds        |            Counter            |
/// +-------------------------------+-------------------------------+
/// |              HMAC-SHA256, its first 16 bytes                  |
/// +---------------------------------------------------------------+
/// ```
pub fn trailer_digest(key: &[u8], source: IpAddr, pdu: &[u8], head: &[u8]) -> [u8; TRAILER_DIGEST] {
    let mut context = [0; 20];
    let version = pdu.first().map_or(0, |first| first >> 4);
    let vrid = pdu.get(1).copied().unwrap_or(0);
    let (family, address) = context.split_at_mut(4);
    match source {
        IpAddr::V4(source) => {
            family.copy_from_slice(&[4, version, vrid, 0]);
            if let Some(start) = address.first_chunk_mut() {
                *start = source.octets();
            }
        }
        IpAddr::V6(source) => {
            family.copy_from_slice(&[6, version, vrid, 0]);
            address.copy_from_slice(&source.octets());
        }
    }
    // A key of any length is taken (RFC 2104 §2).
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; TRAILER_DIGEST];
    };
    mac.update(&context);
    mac.update(pdu.get(..6).unwrap_or_default());
    mac.update(&[0; 2]);
    mac.update(pdu.get(8..).unwrap_or_default());
    mac.update(head);
    mac.update(&[0; TRAILER_DIGEST]);
    cut(&mac.finalize().into_bytes())
}

fn cut<const N: usize>(digest: &[u8]) -> [u8; N] {
    digest.first_chunk().copied().unwrap_or([0; N])
}

/// Whether two digests are equal, in a time that does not tell where they differ.
pub fn same_digest(a: &[u8], b: &[u8]) -> bool {
    let differences = a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b));
    a.len() == b.len() && std::hint::black_box(differences) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn same_digest_is_equality() {
        assert!(same_digest(&[1, 2, 3], &[1, 2, 3]));
        assert!(!same_digest(&[1, 2, 3], &[1, 2, 4]));
        assert!(!same_digest(&[1, 2], &[1, 2, 3]));
    }
}
