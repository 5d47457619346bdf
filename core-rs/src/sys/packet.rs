//! Sending link-layer frames.

use socket2::{Domain, SockAddr, Socket, Type};
use std::io;

/// An `AF_PACKET` socket that only sends: protocol 0 receives nothing.
#[derive(Debug)]
pub struct PacketSocket(Socket);

impl PacketSocket {
    /// Opens the socket; needs `CAP_NET_RAW`.
    pub fn open() -> io::Result<Self> {
        Ok(Self(Socket::new(Domain::PACKET, Type::RAW, None)?))
    }

    /// Sends a frame, link-layer header included, through an interface.
    pub fn send(&self, ifindex: u32, ethertype: u16, frame: &[u8]) -> io::Result<()> {
        self.0
            .send_to(frame, &address(ifindex, ethertype)?)
            .map(drop)
    }
}

/// `sockaddr_ll` (`packet(7)`): for sending only family, protocol and interface matter.
fn address(ifindex: u32, ethertype: u16) -> io::Result<SockAddr> {
    let ifindex = i32::try_from(ifindex).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the closure initialises a `sockaddr_ll` at the start of the storage, which is larger
    // and suitably aligned, and sets the length to its size.
    let ((), address) = unsafe {
        SockAddr::try_init(|storage, length| {
            storage
                .cast::<libc::sockaddr_ll>()
                .write(libc::sockaddr_ll {
                    sll_family: libc::AF_PACKET as u16,
                    sll_protocol: ethertype.to_be(),
                    sll_ifindex: ifindex,
                    sll_hatype: 0,
                    sll_pkttype: 0,
                    sll_halen: 0,
                    sll_addr: [0; 8],
                });
            *length = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
            Ok(())
        })
    }?;
    Ok(address)
}
