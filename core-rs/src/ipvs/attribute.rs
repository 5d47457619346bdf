//! Generic netlink messages as lists of numbered attributes, written and read.

use crate::error::Error;
use crate::netlink::attribute::is_whole;
use crate::netlink::socket::encode;
use neli::consts::nl::NlmF;
use neli::genl::{AttrTypeBuilder, Genlmsghdr, GenlmsghdrBuilder, Nlattr, NlattrBuilder};
use neli::types::{Buffer, GenlBuffer};
use neli::{FromBytesWithInput, Size, ToBytes};
use std::io::Cursor;

/// Bytes of `struct genlmsghdr`.
const HEADER: usize = 4;

/// A list of attributes.
pub type Attributes = GenlBuffer<u16, Buffer>;

/// Writes attributes one after another.
#[derive(Default)]
pub struct Writer {
    attributes: Attributes,
}

impl Writer {
    /// Appends an attribute.
    pub fn put(&mut self, kind: u16, payload: impl Size + ToBytes) -> Result<(), Error> {
        self.attributes.push(attribute(kind, payload, false)?);
        Ok(())
    }

    /// Appends an attribute that is a list of attributes (`NLA_F_NESTED`).
    pub fn nest(&mut self, kind: u16, inner: Writer) -> Result<(), Error> {
        self.attributes
            .push(attribute(kind, inner.attributes, true)?);
        Ok(())
    }

    /// The attributes alone, encoded.
    pub fn attributes(self) -> Result<Vec<u8>, Error> {
        encode(&self.attributes)
    }

    /// The body of a generic netlink message with these attributes.
    pub fn body(self, command: u8, version: u8) -> Result<Vec<u8>, Error> {
        let message = GenlmsghdrBuilder::default()
            .cmd(command)
            .version(version)
            .attrs(self.attributes)
            .build()
            .map_err(unwritable)?;
        encode(&message)
    }

    /// As a request to the family with this number.
    pub fn ask(
        self,
        family: u16,
        command: u8,
        version: u8,
    ) -> Result<crate::netlink::socket::Ask, Error> {
        Ok(crate::netlink::socket::Ask {
            kind: family,
            flags: NlmF::empty(),
            body: self.body(command, version)?,
        })
    }
}

fn attribute<P: Size + ToBytes>(
    kind: u16,
    payload: P,
    nested: bool,
) -> Result<Nlattr<u16, Buffer>, Error> {
    let kind = AttrTypeBuilder::default()
        .nla_type(kind)
        .nla_nested(nested)
        .build()
        .map_err(unwritable)?;
    NlattrBuilder::default()
        .nla_type(kind)
        .nla_payload(payload)
        .build()
        .map_err(unwritable)
}

fn unwritable(error: impl std::fmt::Display) -> Error {
    Error::Foreign {
        what: "a generic netlink message to send",
        reason: error.to_string(),
    }
}

/// Reads attributes by number. Those nobody asks for are passed over.
pub struct Reader {
    attributes: Attributes,
}

impl Reader {
    /// Reads the body of a generic netlink message.
    pub fn of_body(bytes: &[u8]) -> Result<Self, Error> {
        if !is_whole(bytes, HEADER) {
            return Err(unreadable("it is cut".into()));
        }
        let mut cursor = Cursor::new(bytes);
        let message = Genlmsghdr::<u8, u16>::from_bytes_with_input(&mut cursor, bytes.len())
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self {
            attributes: message.attrs().clone(),
        })
    }

    /// The payload of an attribute.
    pub fn get(&self, kind: u16) -> Option<&[u8]> {
        let mut all = self.attributes.iter();
        all.find(|attribute| *attribute.nla_type().nla_type() == kind)
            .map(|attribute| attribute.nla_payload().as_ref())
    }

    /// The attributes inside an attribute.
    pub fn nested(&self, kind: u16) -> Result<Self, Error> {
        let bytes = self.get(kind).ok_or_else(|| missing(kind))?;
        if !is_whole(bytes, 0) {
            return Err(unreadable(format!("attribute {kind} is cut")));
        }
        let attributes = Attributes::from_bytes_with_input(&mut Cursor::new(bytes), bytes.len())
            .map_err(|error| unreadable(error.to_string()))?;
        Ok(Self { attributes })
    }

    /// The payload of an attribute that has exactly `N` bytes.
    pub fn array<const N: usize>(&self, kind: u16) -> Result<[u8; N], Error> {
        self.optional(kind)?.ok_or_else(|| missing(kind))
    }

    /// The same; None when it is absent.
    pub fn optional<const N: usize>(&self, kind: u16) -> Result<Option<[u8; N]>, Error> {
        let array = |bytes: &[u8]| {
            bytes.try_into().map_err(|_| {
                unreadable(format!(
                    "attribute {kind} has {} bytes, not {N}",
                    bytes.len()
                ))
            })
        };
        self.get(kind).map(array).transpose()
    }

    /// A number of 32 bits in the order of this machine.
    pub fn u32(&self, kind: u16) -> Result<u32, Error> {
        Ok(u32::from_ne_bytes(self.array(kind)?))
    }

    /// A number of 16 bits in the order of this machine.
    pub fn u16(&self, kind: u16) -> Result<u16, Error> {
        Ok(u16::from_ne_bytes(self.array(kind)?))
    }

    /// A number of 16 bits in network order.
    pub fn port(&self, kind: u16) -> Result<u16, Error> {
        Ok(u16::from_be_bytes(self.array(kind)?))
    }
}

fn missing(kind: u16) -> Error {
    unreadable(format!("attribute {kind} is missing"))
}

fn unreadable(reason: String) -> Error {
    Error::Foreign {
        what: "a generic netlink message",
        reason,
    }
}
