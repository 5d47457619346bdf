//! The raw socket of one interface: IP protocol 112 (RFC 9568 §5.1), header included in both
//! directions.

use crate::engine::packet::Outgoing;
use crate::error::Error;
use crate::sys::raw::set_multicast_interface;
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, SockAddr, Socket, Type};
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsFd, BorrowedFd};

/// IP protocol number of VRRP.
const VRRP: i32 = 112;

/// `TC_PRIO_CONTROL`: adverts leave before other packets that wait, and need no privilege to.
const PRIORITY: u32 = 6;

/// A socket bound to one device. What it sends does not come back to this host.
#[derive(Debug)]
pub struct VrrpSocket {
    socket: Socket,
    ifindex: u32,
    ifname: String,
    groups: BTreeSet<Ipv4Addr>,
}

impl VrrpSocket {
    /// Opens it, without any group.
    pub fn open(ifindex: u32, ifname: &str) -> Result<Self, Error> {
        let fail = |act| Error::socket(act, ifname);
        let socket = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(VRRP)))
            .map_err(fail("open a raw VRRP socket"))?;
        let options = || {
            socket.set_nonblocking(true)?;
            socket.bind_device(Some(ifname.as_bytes()))?;
            socket.set_header_included_v4(true)?;
            socket.set_multicast_loop_v4(false)?;
            // Only the groups of this socket, not those any other program has joined.
            socket.set_multicast_all_v4(false)?;
            set_multicast_interface(&socket, ifindex)?;
            socket.set_priority(PRIORITY)
        };
        options().map_err(fail("set up the raw VRRP socket"))?;
        Ok(Self {
            socket,
            ifindex,
            ifname: ifname.to_owned(),
            groups: BTreeSet::new(),
        })
    }

    /// Name of the interface when it was opened.
    pub fn ifname(&self) -> &str {
        &self.ifname
    }

    /// Joins and leaves groups until it is in exactly `groups`.
    pub fn set_groups(&mut self, groups: &[Ipv4Addr]) -> Result<(), Error> {
        let wanted: BTreeSet<_> = groups.iter().copied().collect();
        let interface = InterfaceIndexOrAddress::Index(self.ifindex);
        for group in wanted.difference(&self.groups.clone()) {
            self.socket
                .join_multicast_v4_n(group, &interface)
                .map_err(Error::socket("join a multicast group", &self.ifname))?;
            self.groups.insert(*group);
        }
        for group in self.groups.clone().difference(&wanted) {
            // It fails when the interface has gone, and the membership with it.
            let _ = self.socket.leave_multicast_v4_n(group, &interface);
            self.groups.remove(group);
        }
        Ok(())
    }

    /// Sets `SO_RCVBUF`; the kernel bounds it by `net.core.rmem_max`.
    pub fn set_receive_buffer(&self, bytes: u32) -> Result<(), Error> {
        self.socket
            .set_recv_buffer_size(usize::try_from(bytes).unwrap_or(usize::MAX))
            .map_err(Error::socket("set the receive buffer", &self.ifname))
    }

    /// How many datagrams may wait in it at most: the kernel counts more than 512 bytes for each
    /// (`skb->truesize`) against a buffer that may exceed its limit by one.
    pub fn capacity(&self) -> usize {
        let bytes = self.socket.recv_buffer_size().unwrap_or(0);
        bytes / 512 + 1
    }

    /// Sends one datagram. Never blocks.
    pub fn send(&self, packet: &Outgoing) -> io::Result<()> {
        let to = SockAddr::from(SocketAddrV4::new(packet.destination, 0));
        self.socket.send_to(packet.bytes(), &to).map(drop)
    }

    /// Takes one received datagram, header included; `None` when there is none.
    pub fn receive(&self, buffer: &mut [u8]) -> Option<usize> {
        loop {
            match (&self.socket).read(buffer) {
                Ok(length) => return Some(length),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // Nothing there, or an error of the interface, which is now taken off the socket.
                Err(_) => return None,
            }
        }
    }
}

impl AsFd for VrrpSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}
