//! Values as bytes in the form the kernel compares, and elements of sets made of them.

use super::constants::{LIST_ELEMENT, data, element as attribute};
use super::value::{Element, Set, Type};
use crate::error::Error;
use crate::ipvs::attribute::Writer;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Bytes a part takes in registers and keys: a multiple of 4.
pub fn padded(length: usize) -> usize {
    length.next_multiple_of(4)
}

impl Type {
    /// Bytes of a value.
    pub fn length(self) -> usize {
        match self {
            Self::Ipv4Addr | Self::Mark | Self::IfaceIndex | Self::Integer => 4,
            Self::Ipv6Addr | Self::Ifname => 16,
            Self::EtherAddr => 6,
            Self::InetProto => 1,
            Self::InetService => 2,
        }
    }

    /// Number of the type in the program `nft`, which shows values by it.
    pub fn number(self) -> u32 {
        match self {
            Self::Ipv4Addr => 7,
            Self::Ipv6Addr => 8,
            Self::EtherAddr => 9,
            Self::InetProto => 12,
            Self::InetService => 13,
            // `nft` cannot show a bare integer without knowing what it is of.
            Self::Mark | Self::Integer => 19,
            Self::IfaceIndex => 20,
            Self::Ifname => 41,
        }
    }

    /// Whether values are ordered as their bytes are.
    pub fn is_ordered(self) -> bool {
        matches!(
            self,
            Self::Ipv4Addr | Self::Ipv6Addr | Self::EtherAddr | Self::InetService | Self::InetProto
        )
    }

    /// Whether values are numbers in the order of this machine.
    pub fn is_number(self) -> bool {
        matches!(self, Self::Mark | Self::IfaceIndex | Self::Integer)
    }

    /// A value from its text.
    pub fn bytes(self, text: &str) -> Result<Vec<u8>, Error> {
        let bytes = match self {
            Self::Ipv4Addr => text.parse::<Ipv4Addr>().ok().map(|ip| ip.octets().to_vec()),
            Self::Ipv6Addr => text.parse::<Ipv6Addr>().ok().map(|ip| ip.octets().to_vec()),
            Self::EtherAddr => ether(text),
            Self::InetProto => text.parse::<u8>().ok().map(|number| vec![number]),
            Self::InetService => text
                .parse::<u16>()
                .ok()
                .map(|port| port.to_be_bytes().to_vec()),
            Self::Mark | Self::IfaceIndex | Self::Integer => text
                .parse::<u32>()
                .ok()
                .map(|number| number.to_ne_bytes().to_vec()),
            Self::Ifname => name(text),
        };
        bytes.ok_or_else(|| Error::Malformed(format!("{text} is no {self:?}")))
    }

    /// First and last value of `FIRST-LAST`, or one value twice.
    pub fn interval(self, text: &str) -> Result<(Vec<u8>, Vec<u8>), Error> {
        match text.split_once('-') {
            Some((first, last)) if self.is_ordered() => {
                let (first, last) = (self.bytes(first)?, self.bytes(last)?);
                if first > last {
                    return Err(Error::Malformed(format!("{text} ends before it begins")));
                }
                Ok((first, last))
            }
            _ => {
                let one = self.bytes(text)?;
                Ok((one.clone(), one))
            }
        }
    }
}

fn ether(text: &str) -> Option<Vec<u8>> {
    let parts: Option<Vec<u8>> = text
        .split(':')
        .map(|part| u8::from_str_radix(part, 16).ok())
        .collect();
    parts.filter(|bytes| bytes.len() == 6)
}

fn name(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.is_empty() || bytes.len() > 15 {
        return None;
    }
    bytes.resize(16, 0);
    Some(bytes)
}

/// Length of a key, bytes, with the padding between its parts.
pub fn key_length(key: &[Type]) -> usize {
    match key {
        [one] => one.length(),
        parts => parts.iter().map(|part| padded(part.length())).sum(),
    }
}

/// The entries of the kernel for one element: two for an interval of a set of single values, its begin and what
/// comes behind its end.
pub fn entries(set: &Set, element: &Element) -> Result<Vec<Writer>, Error> {
    if element.key.len() != set.key.len() {
        return Err(Error::Malformed(format!(
            "an element of {} has {} parts, not {}",
            set.name,
            element.key.len(),
            set.key.len()
        )));
    }
    let parts = set.key.iter().zip(&element.key);
    let parts = parts.map(|(part, text)| match set.intervals {
        true => part.interval(text),
        false => part.bytes(text).map(|one| (one.clone(), one)),
    });
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    let value = match (set.value, &element.value) {
        (Some(of), Some(text)) => Some(of.bytes(text)?),
        (None, None) => None,
        _ => {
            return Err(Error::Malformed(format!(
                "an element of {} has a value it should not have, or has none",
                set.name
            )));
        }
    };
    let single = parts.len() == 1;
    let first = joined(parts.iter().map(|part| &part.0));
    let last = joined(parts.iter().map(|part| &part.1));
    let mut begin = Writer::default();
    begin.nest(attribute::KEY, data_of(first)?)?;
    if let Some(value) = value {
        begin.nest(attribute::DATA, data_of(value)?)?;
    }
    if !set.intervals {
        return Ok(vec![begin]);
    }
    if !single {
        begin.nest(attribute::KEY_END, data_of(last)?)?;
        return Ok(vec![begin]);
    }
    // The interval is up to the greatest value when nothing comes behind.
    let Some(behind) = successor(last) else {
        return Ok(vec![begin]);
    };
    let mut end = Writer::default();
    end.nest(attribute::KEY, data_of(behind)?)?;
    end.put(attribute::FLAGS, attribute::FLAG_INTERVAL_END.to_be_bytes())?;
    Ok(vec![begin, end])
}

/// The parts of a key one behind another, each padded when there are several.
fn joined<'a>(parts: impl ExactSizeIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    let single = parts.len() == 1;
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(part);
        if !single {
            bytes.resize(padded(bytes.len()), 0);
        }
    }
    bytes
}

/// A list of entries: the payload of [`attribute::LIST_ELEMENTS`].
pub fn list(entries: Vec<Writer>) -> Result<Writer, Error> {
    let mut list = Writer::default();
    for entry in entries {
        list.nest(LIST_ELEMENT, entry)?;
    }
    Ok(list)
}

/// Bytes as `NFTA_DATA_VALUE`.
pub fn data_of(bytes: Vec<u8>) -> Result<Writer, Error> {
    let mut value = Writer::default();
    value.put(data::VALUE, bytes)?;
    Ok(value)
}

/// The next greater value; None behind the greatest.
fn successor(mut bytes: Vec<u8>) -> Option<Vec<u8>> {
    for byte in bytes.iter_mut().rev() {
        let (next, over) = byte.overflowing_add(1);
        *byte = next;
        if !over {
            return Some(bytes);
        }
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_in_the_order_the_kernel_compares_and_rubbish_is_refused() {
        assert_eq!(Type::InetService.bytes("80").unwrap(), [0, 80]);
        assert_eq!(Type::Mark.bytes("1").unwrap(), 1u32.to_ne_bytes());
        assert_eq!(Type::EtherAddr.bytes("02:0:5e:1:2:ff").unwrap().len(), 6);
        assert_eq!(Type::Ifname.bytes("lo").unwrap().len(), 16);
        for (of, text) in [
            (Type::Ipv4Addr, "::1"),
            (Type::Ipv6Addr, "10.0.0.1"),
            (Type::EtherAddr, "1:2:3"),
            (Type::InetService, "70000"),
            (Type::InetProto, "tcp"),
            (Type::Ifname, "a-name-too-long-for-linux"),
            (Type::Ifname, ""),
        ] {
            assert!(of.bytes(text).is_err(), "{text}");
        }
        assert!(Type::Ipv4Addr.interval("10.0.0.9-10.0.0.1").is_err());
    }

    #[test]
    fn successor_carries_and_ends() {
        assert_eq!(successor(vec![1, 255]), Some(vec![2, 0]));
        assert_eq!(successor(vec![255, 255]), None);
    }

    #[test]
    fn padded_is_a_multiple_of_a_register() {
        assert_eq!([1, 2, 4, 6, 16].map(padded), [4, 4, 4, 8, 16]);
        assert_eq!(key_length(&[Type::InetService]), 2);
        assert_eq!(key_length(&[Type::Ipv4Addr, Type::InetService]), 8);
    }
}
