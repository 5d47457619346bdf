//! The raw sockets of an interface, by which adverts come and go (RFC 9568 §5.1): header included
//! when sending, and by IPv4 also when receiving.

use crate::engine::outgoing::Outgoing;
use crate::engine::received::Received;
use crate::error::Error;
use crate::sys::raw::{receive_v6, send_many, set_multicast_interface, set_receive_destination_v6};
use crate::wire::Channel;
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, Socket, Type};
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::net::IpAddr;
use std::os::fd::{AsFd, BorrowedFd};

/// `TC_PRIO_CONTROL`: adverts leave before other packets that wait, and need no privilege to.
const PRIORITY: u32 = 6;

/// A socket bound to one device. What it sends does not come back to this host.
#[derive(Debug)]
pub struct VrrpSocket {
    socket: Socket,
    channel: Channel,
    ifindex: u32,
    ifname: String,
    groups: BTreeSet<IpAddr>,
}

impl VrrpSocket {
    /// Opens it, without any group.
    pub fn open(ifindex: u32, ifname: &str, channel: Channel) -> Result<Self, Error> {
        let fail = |act| Error::socket(act, ifname);
        let domain = if channel.is_v6() {
            Domain::IPV6
        } else {
            Domain::IPV4
        };
        let protocol = Protocol::from(i32::from(channel.protocol()));
        let socket = Socket::new(domain, Type::RAW, Some(protocol))
            .map_err(fail("open a raw VRRP socket"))?;
        let options = || {
            socket.set_nonblocking(true)?;
            socket.bind_device(Some(ifname.as_bytes()))?;
            // Only the groups of this socket, not those any other program has joined.
            if channel.is_v6() {
                socket.set_header_included_v6(true)?;
                socket.set_multicast_loop_v6(false)?;
                socket.set_multicast_all_v6(false)?;
                socket.set_multicast_if_v6(ifindex)?;
                socket.set_recv_hoplimit_v6(true)?;
                set_receive_destination_v6(&socket)?;
            } else {
                socket.set_header_included_v4(true)?;
                socket.set_multicast_loop_v4(false)?;
                socket.set_multicast_all_v4(false)?;
                set_multicast_interface(&socket, ifindex)?;
            }
            socket.set_priority(PRIORITY)
        };
        options().map_err(fail("set up the raw VRRP socket"))?;
        Ok(Self {
            socket,
            channel,
            ifindex,
            ifname: ifname.to_owned(),
            groups: BTreeSet::new(),
        })
    }

    /// Name of the interface when it was opened.
    pub fn ifname(&self) -> &str {
        &self.ifname
    }

    /// Joins and leaves groups until it is in exactly those of `groups` that are of its family.
    pub fn set_groups(&mut self, groups: &[IpAddr]) -> Result<(), Error> {
        let own = groups
            .iter()
            .filter(|one| one.is_ipv6() == self.channel.is_v6());
        let wanted: BTreeSet<_> = own.copied().collect();
        for group in wanted.difference(&self.groups.clone()) {
            self.join(*group)
                .map_err(Error::socket("join a multicast group", &self.ifname))?;
            self.groups.insert(*group);
        }
        for group in self.groups.clone().difference(&wanted) {
            self.leave(*group);
            self.groups.remove(group);
        }
        Ok(())
    }

    fn join(&self, group: IpAddr) -> io::Result<()> {
        let interface = InterfaceIndexOrAddress::Index(self.ifindex);
        match group {
            IpAddr::V4(group) => self.socket.join_multicast_v4_n(&group, &interface),
            IpAddr::V6(group) => self.socket.join_multicast_v6(&group, self.ifindex),
        }
    }

    /// It fails when the interface has gone, and the membership with it.
    fn leave(&self, group: IpAddr) {
        let interface = InterfaceIndexOrAddress::Index(self.ifindex);
        let _ = match group {
            IpAddr::V4(group) => self.socket.leave_multicast_v4_n(&group, &interface),
            IpAddr::V6(group) => self.socket.leave_multicast_v6(&group, self.ifindex),
        };
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

    /// Sends datagrams, whether or not one before failed; `results` is told of each in order. Never
    /// blocks.
    pub fn send<'a>(
        &self,
        packets: impl IntoIterator<Item = &'a Outgoing>,
        results: impl FnMut(io::Result<()>),
    ) {
        let addressed = |packet: &'a Outgoing| (packet.bytes(), &packet.to);
        send_many(&self.socket, packets.into_iter().map(addressed), results);
    }

    /// Takes one received datagram; `None` when there is none. What is no datagram is passed over.
    pub fn receive<'b>(&self, buffer: &'b mut [u8]) -> Option<Received<'b>> {
        if self.channel.is_v6() {
            let head = self.taken(|| receive_v6(&self.socket, buffer))?;
            return Some(Received {
                channel: self.channel,
                source: head.source,
                destination: head.destination,
                ttl: head.hops,
                header: &[],
                payload: buffer.get(..head.length)?,
            });
        }
        let length = self.taken(|| (&self.socket).read(buffer))?;
        Received::v4(self.channel, buffer.get(..length)?)
    }

    /// `None` when nothing is there, or for an error of the interface, which is now taken off the
    /// socket.
    fn taken<T>(&self, mut take: impl FnMut() -> io::Result<T>) -> Option<T> {
        loop {
            match take() {
                Ok(taken) => return Some(taken),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
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
