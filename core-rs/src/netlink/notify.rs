//! What the kernel tells unasked: changes of interfaces and addresses.

use super::socket::{Message, messages, set_receive_buffer};
use super::{address, link, route, rule};
use crate::error::Error;
use crate::protocol::{Address, Buffer, Link, Spot};
use crate::sys::netlink::{descriptor, force_receive_buffer};
use neli::consts::rtnl::Rtm;
use neli::consts::socket::{Msg, NlFamily};
use neli::nl::NlPayload;
use neli::socket::NlSocket;
use neli::utils::Groups;
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, BorrowedFd};

/// Wanted receive buffer: some 10,000 notifications. Without `CAP_NET_ADMIN` the kernel caps it at
/// `net.core.rmem_max`.
const RECEIVE_BUFFER: i32 = 8 << 20;

/// Largest notification: an interface with many virtual functions.
const RECEIVE_BYTES: usize = 64 << 10;

/// What the kernel told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Of an interface.
    Link {
        /// Its state now.
        link: Link,
        /// True when it is gone.
        removed: bool,
    },
    /// Of an address.
    Address {
        /// The address.
        address: Address,
        /// True when it is gone.
        removed: bool,
        /// Number of the socket whose request did it (`nlmsg_pid`), IPv4 only; 0 for the kernel
        /// itself.
        origin: u32,
        /// The message as it came: with it what is gone can be put back whole.
        body: Vec<u8>,
    },
    /// Of routes or rules.
    Spot {
        /// Where something happened.
        spot: Spot,
        /// Number of the socket whose request did it (`nlmsg_pid`); 0 for the kernel itself.
        origin: u32,
    },
    /// The receive buffer was full; any number of notifications is lost.
    Overrun,
}

/// A socket that hears of interfaces, and of addresses once asked to.
pub struct Notices {
    socket: NlSocket,
    addresses: bool,
    routes: bool,
    rules: bool,
    received: Vec<u8>,
}

impl Notices {
    /// Opens the socket and subscribes to interfaces.
    pub fn open() -> Result<Self, Error> {
        let open = || -> io::Result<NlSocket> {
            let groups = Groups::new_groups(&[libc::RTNLGRP_LINK]);
            let socket = NlSocket::connect(NlFamily::Route, None, groups)?;
            if force_receive_buffer(&socket, RECEIVE_BUFFER).is_err() {
                socket.set_recv_buffer_size(RECEIVE_BUFFER as usize)?;
            }
            socket.nonblock()?;
            Ok(socket)
        };
        let socket = open().map_err(Error::netlink("subscribe to network interfaces"))?;
        Ok(Self {
            socket,
            addresses: false,
            routes: false,
            rules: false,
            received: vec![0; RECEIVE_BYTES],
        })
    }

    /// Sets its receive buffer.
    pub fn set_buffer(&self, buffer: Buffer) -> Result<(), Error> {
        set_receive_buffer(&self.socket, buffer)
    }

    /// Subscribes to addresses as well. Idempotent.
    pub fn hear_addresses(&mut self) -> Result<(), Error> {
        if !self.addresses {
            let groups = [libc::RTNLGRP_IPV4_IFADDR, libc::RTNLGRP_IPV6_IFADDR];
            self.socket
                .add_mcast_membership(Groups::new_groups(&groups))
                .map_err(Error::netlink("subscribe to addresses"))?;
            self.addresses = true;
        }
        Ok(())
    }

    /// Subscribes to what happens in places like this one. Idempotent.
    pub fn hear_of(&mut self, spot: &Spot) -> Result<(), Error> {
        let (heard, act, groups) = match spot {
            Spot::Route(_) => (
                &mut self.routes,
                "subscribe to routes",
                [libc::RTNLGRP_IPV4_ROUTE, libc::RTNLGRP_IPV6_ROUTE],
            ),
            Spot::Rule(_) => (
                &mut self.rules,
                "subscribe to rules",
                [libc::RTNLGRP_IPV4_RULE, libc::RTNLGRP_IPV6_RULE],
            ),
        };
        if !*heard {
            self.socket
                .add_mcast_membership(Groups::new_groups(&groups))
                .map_err(Error::netlink(act))?;
            *heard = true;
        }
        Ok(())
    }

    /// Takes what has come, at most about as many as said, without waiting. What cannot be read
    /// counts as lost.
    pub fn take(&mut self, most: usize) -> Vec<Notice> {
        let mut notices = Vec::new();
        while notices.len() < most {
            match self.socket.recv(&mut self.received, Msg::DONTWAIT) {
                Ok((len, _)) => {
                    let bytes = self.received.get(..len).unwrap_or_default();
                    match messages(bytes) {
                        Ok(messages) => notices.extend(messages.iter().filter_map(notice)),
                        Err(_) => notices.push(Notice::Overrun),
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return notices,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // The kernel had more to say than the receive buffer holds; what it holds follows.
                Err(error) if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    notices.push(Notice::Overrun);
                }
                Err(_) => {
                    notices.push(Notice::Overrun);
                    return notices;
                }
            }
        }
        notices
    }
}

impl AsFd for Notices {
    fn as_fd(&self) -> BorrowedFd<'_> {
        descriptor(&self.socket)
    }
}

fn notice(message: &Message) -> Option<Notice> {
    decode(message).unwrap_or(Some(Notice::Overrun))
}

fn decode(message: &Message) -> Result<Option<Notice>, Error> {
    let NlPayload::Payload(body) = message.nl_payload() else {
        return Ok(None);
    };
    let spot = match *message.nl_type() {
        libc::RTM_NEWROUTE | libc::RTM_DELROUTE => route::decode(body.as_ref()).map(Spot::Route),
        libc::RTM_NEWRULE | libc::RTM_DELRULE => rule::decode(body.as_ref()).map(Spot::Rule),
        _ => None,
    };
    if let Some(spot) = spot {
        let origin = *message.nl_pid();
        return Ok(Some(Notice::Spot { spot, origin }));
    }
    let kind = Rtm::from(*message.nl_type());
    let removed = matches!(kind, Rtm::Dellink | Rtm::Deladdr);
    Ok(match kind {
        Rtm::Newlink | Rtm::Dellink => {
            link::decode(body.as_ref())?.map(|link| Notice::Link { link, removed })
        }
        Rtm::Newaddr | Rtm::Deladdr => {
            address::decode(body.as_ref())?.map(|address| Notice::Address {
                address,
                removed,
                origin: *message.nl_pid(),
                body: body.as_ref().to_vec(),
            })
        }
        _ => None,
    })
}
