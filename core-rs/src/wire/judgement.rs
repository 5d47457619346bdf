//! What verification found.

use serde::{Deserialize, Serialize};
#[cfg(test)]
use ts_rs::TS;

/// What verification found. Its number stands in the record of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Judgement {
    /// No order is about it.
    Unjudged,
    /// Nothing is wrong with it.
    Admitted,
    /// It has an authentication header and must not, or the other way round.
    AuthenticationHeader,
    /// It is not as long as it says.
    Length,
    /// Time to live or hop limit.
    Ttl,
    /// Protocol version.
    Version,
    /// The kind of authentication is unknown.
    AuthType,
    /// The kind of authentication is another.
    AuthMismatch,
    /// Password or digest is wrong, or the sequence number of an authentication header is old.
    AuthFailure,
    /// Interval.
    Interval,
    /// It is no advert.
    Type,
    /// Checksum.
    Checksum,
    /// It was sent to somebody else.
    Destination,
    /// Nothing is heeded.
    Owner,
    /// Its sender is none of the peers.
    UnicastSource,
    /// It has no trailer.
    TrailerMissing,
    /// Its trailer is malformed.
    TrailerMalformed,
    /// It is too old or too new.
    TrailerStale,
    /// Its key is unknown.
    TrailerUnknownKey,
    /// Its digest is wrong.
    TrailerForged,
    /// It was heard before.
    TrailerReplayed,
}

impl Judgement {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All, by their numbers.
    pub const ALL: [Self; 21] = [
        Self::Unjudged,
        Self::Admitted,
        Self::AuthenticationHeader,
        Self::Length,
        Self::Ttl,
        Self::Version,
        Self::AuthType,
        Self::AuthMismatch,
        Self::AuthFailure,
        Self::Interval,
        Self::Type,
        Self::Checksum,
        Self::Destination,
        Self::Owner,
        Self::UnicastSource,
        Self::TrailerMissing,
        Self::TrailerMalformed,
        Self::TrailerStale,
        Self::TrailerUnknownKey,
        Self::TrailerForged,
        Self::TrailerReplayed,
    ];
}

/// How many datagrams were dropped for one reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(TS))]
pub struct DropCount {
    /// The reason.
    pub judgement: Judgement,
    /// How many, without those that were reported.
    #[cfg_attr(test, ts(type = "number"))]
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdict_all_stand_at_their_numbers() {
        for (at, judgement) in Judgement::ALL.into_iter().enumerate() {
            assert_eq!(judgement as usize, at);
        }
    }
}
