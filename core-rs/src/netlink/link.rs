//! Network interfaces: dump, notification, and the table the kernel thread keeps of them.

use super::attribute::{find, find_u32, is_whole};
use super::socket::{Ask, Conversation, encode};
use crate::error::Error;
use crate::protocol::Link;
use neli::FromBytesWithInput;
use neli::consts::nl::NlmF;
use neli::consts::rtnl::{Iff, Ifla, RtAddrFamily, Rtm};
use neli::rtnl::{Ifinfomsg, IfinfomsgBuilder};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Cursor;

/// All interfaces, by index, as the kernel last told them.
#[derive(Debug, Clone, Default)]
pub struct Links {
    by_index: BTreeMap<u32, Link>,
    /// Index by name.
    by_name: BTreeMap<String, u32>,
}

impl Links {
    /// Reads all interfaces anew.
    pub fn load(&mut self, kernel: &mut Conversation) -> Result<(), Error> {
        let body = encode(&request()?)?;
        let ask = Ask {
            kind: Rtm::Getlink.into(),
            flags: NlmF::empty(),
            body,
        };
        let bodies = kernel.dump("list network interfaces", &ask)?;
        let mut all = Self::default();
        for body in bodies {
            if let Some(link) = decode(body.as_ref())? {
                all.enter(&link, false);
            }
        }
        *self = all;
        Ok(())
    }

    /// Makes another of each.
    pub fn judge(&mut self, judged: impl Fn(Link) -> Link) {
        for link in self.by_index.values_mut() {
            *link = judged(link.clone());
        }
    }

    /// The interface with this index.
    pub fn get(&self, ifindex: u32) -> Option<&Link> {
        self.by_index.get(&ifindex)
    }

    /// The interface with this name.
    pub fn named(&self, name: &str) -> Option<&Link> {
        self.get(*self.by_name.get(name)?)
    }

    /// Enters what a notification said; true when that was news. The kernel also notifies of
    /// matters that are not part of [`Link`].
    pub fn enter(&mut self, link: &Link, removed: bool) -> bool {
        let before = if removed {
            self.by_index.remove(&link.ifindex)
        } else {
            self.by_index.insert(link.ifindex, link.clone())
        };
        // A name that was given to another interface in the meantime is that one's.
        if let Some(before) = &before
            && self.by_name.get(&before.ifname) == Some(&link.ifindex)
        {
            self.by_name.remove(&before.ifname);
        }
        if removed {
            return before.is_some();
        }
        self.by_name.insert(link.ifname.clone(), link.ifindex);
        before.as_ref() != Some(link)
    }
}

fn request() -> Result<Ifinfomsg, Error> {
    IfinfomsgBuilder::default()
        .ifi_family(RtAddrFamily::Unspecified)
        .build()
        .map_err(|error| Error::Foreign {
            what: "a request for network interfaces",
            reason: error.to_string(),
        })
}

/// Bytes of `struct ifinfomsg`.
pub const HEADER: usize = 16;

/// Decodes the body of `RTM_NEWLINK` and `RTM_DELLINK`. None when it is not about the interface
/// itself: bridges tell of their ports with the same messages, in the family `AF_BRIDGE`.
pub fn decode(bytes: &[u8]) -> Result<Option<Link>, Error> {
    let foreign = |reason: String| Error::Foreign {
        what: "a network interface",
        reason,
    };
    if !is_whole(bytes, HEADER) {
        return Err(foreign("it is cut".into()));
    }
    let message = Ifinfomsg::from_bytes_with_input(&mut Cursor::new(bytes), bytes.len())
        .map_err(|error| foreign(error.to_string()))?;
    if *message.ifi_family() != RtAddrFamily::Unspecified {
        return Ok(None);
    }
    let attributes = message.rtattrs().get_attr_handle();
    let attribute = |kind: Ifla| {
        let found = attributes.get_attribute(kind);
        found.map(|attribute| attribute.rta_payload().as_ref())
    };
    let flags = *message.ifi_flags();
    let mtu = attribute(Ifla::Mtu).and_then(|bytes| bytes.try_into().ok());
    Ok(Some(Link {
        ifindex: u32::try_from(*message.ifi_index()).unwrap_or_default(),
        ifname: text(attribute(Ifla::Ifname).unwrap_or_default()),
        up: flags.contains(Iff::UP),
        running: flags.contains(Iff::RUNNING),
        loopback: flags.contains(Iff::LOOPBACK),
        arp: !flags.contains(Iff::NOARP),
        multicast: flags.contains(Iff::MULTICAST),
        mac: mac_text(attribute(Ifla::Address).unwrap_or_default()),
        mtu: mtu.map_or(0, u32::from_ne_bytes),
        master: attribute(Ifla::Master)
            .and_then(|bytes| bytes.try_into().ok())
            .map(u32::from_ne_bytes),
        vrf_table: attribute(Ifla::Linkinfo).and_then(vrf_table),
        broadcast: attribute(Ifla::Broadcast).unwrap_or_default().to_vec(),
    }))
}

/// `IFLA_VRF_TABLE` of a link that is a VRF.
fn vrf_table(info: &[u8]) -> Option<u32> {
    const INFO_KIND: u16 = 1;
    const INFO_DATA: u16 = 2;
    const VRF_TABLE: u16 = 1;
    let kind = find(info, INFO_KIND)?;
    if kind.strip_suffix(&[0]).unwrap_or(kind) != b"vrf" {
        return None;
    }
    find_u32(find(info, INFO_DATA)?, VRF_TABLE)
}

/// A string attribute without its final zero.
pub fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0);
    let bytes = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

fn mac_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3);
    for byte in bytes {
        if !text.is_empty() {
            text.push(':');
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// A dummy interface in the layout of the kernel, composed by hand: the attributes in use and
    /// one that is not (`IFLA_TXQLEN`).
    const NEWLINK: &[u8] = &[
        0x00, 0x00, 0x01, 0x00, 0x07, 0x00, 0x00, 0x00, 0xc3, 0x00, 0x01, 0x00, 0xff, 0xff, 0xff,
        0xff, // ifinfomsg: UP, BROADCAST, RUNNING, NOARP, LOWER_UP
        0x07, 0x00, 0x03, 0x00, b'd', b'0', 0x00, 0x00, // IFLA_IFNAME
        0x08, 0x00, 0x0d, 0x00, 0xe8, 0x03, 0x00, 0x00, // IFLA_TXQLEN
        0x08, 0x00, 0x04, 0x00, 0xdc, 0x05, 0x00, 0x00, // IFLA_MTU
        0x0a, 0x00, 0x01, 0x00, 0x02, 0x00, 0x5e, 0x10, 0xff, 0x01, 0x00,
        0x00, // IFLA_ADDRESS
    ];

    fn expected() -> Link {
        Link {
            ifindex: 7,
            ifname: "d0".into(),
            up: true,
            running: true,
            loopback: false,
            arp: false,
            multicast: false,
            mac: "02:00:5e:10:ff:01".into(),
            mtu: 1500,
            master: None,
            vrf_table: None,
            broadcast: Vec::new(),
        }
    }

    #[test]
    fn decode_reads_flags_and_attributes_and_skips_others() {
        assert_eq!(decode(NEWLINK).unwrap(), Some(expected()));
    }

    #[test]
    fn decode_reads_the_table_of_a_vrf_and_who_has_a_link() {
        let mut bytes = NEWLINK.to_vec();
        bytes.extend([0x08, 0x00, 0x0a, 0x00, 0x09, 0x00, 0x00, 0x00]); // IFLA_MASTER
        bytes.extend([0x18, 0x00, 0x12, 0x00]); // IFLA_LINKINFO
        bytes.extend([0x08, 0x00, 0x01, 0x00, b'v', b'r', b'f', 0x00]); // IFLA_INFO_KIND
        bytes.extend([0x0c, 0x00, 0x02, 0x00]); // IFLA_INFO_DATA
        bytes.extend([0x08, 0x00, 0x01, 0x00, 0x0a, 0x00, 0x00, 0x00]); // IFLA_VRF_TABLE
        let link = decode(&bytes).unwrap().unwrap();
        assert_eq!((link.master, link.vrf_table), (Some(9), Some(10)));
    }

    #[test]
    fn decode_bridge_port_is_none() {
        let mut bytes = NEWLINK.to_vec();
        bytes[0] = libc::AF_BRIDGE as u8;
        assert_eq!(decode(&bytes).unwrap(), None);
    }

    #[test]
    fn decode_truncated_is_an_error() {
        assert!(decode(&NEWLINK[..10]).is_err());
        assert!(decode(&NEWLINK[..30]).is_err());
    }

    #[test]
    fn enter_tells_news_from_repetition() {
        let mut links = Links::default();
        assert!(links.enter(&expected(), false));
        assert!(!links.enter(&expected(), false));
        let down = Link {
            running: false,
            ..expected()
        };
        assert!(links.enter(&down, false));
        assert_eq!(links.get(7), Some(&down));
        assert!(links.enter(&down, true));
        assert!(!links.enter(&down, true));
        assert_eq!((links.get(7), links.named("eth0")), (None, None));
    }

    #[test]
    fn named_follows_renames_and_names_given_to_another() {
        let mut links = Links::default();
        let called = |ifindex, name: &str| Link {
            ifindex,
            ifname: name.into(),
            ..expected()
        };
        links.enter(&called(7, "a"), false);
        links.enter(&called(7, "b"), false);
        assert_eq!(links.named("a"), None);
        links.enter(&called(8, "a"), false);
        links.enter(&called(8, "b"), false);
        links.enter(&called(7, "b"), true);
        assert_eq!(links.named("b").map(|link| link.ifindex), Some(8));
    }
}
