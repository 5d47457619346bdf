//! System calls as safe functions; the only place of `unsafe`. The standard library links the C
//! library, so what it does not offer is named here, for 64-bit Linux.

#![allow(unsafe_code)]

use std::ffi::{c_int, c_long, c_uint, c_ulong, c_void};
use std::io::{self, Error};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;

unsafe extern "C" {
    fn socket(domain: c_int, kind: c_int, protocol: c_int) -> c_int;
    fn bind(fd: c_int, address: *const c_void, length: c_uint) -> c_int;
    fn setsockopt(
        fd: c_int,
        level: c_int,
        name: c_int,
        value: *const c_void,
        length: c_uint,
    ) -> c_int;
    fn sendto(
        fd: c_int,
        bytes: *const c_void,
        length: usize,
        flags: c_int,
        address: *const c_void,
        address_length: c_uint,
    ) -> isize;
    fn recv(fd: c_int, bytes: *mut c_void, length: usize, flags: c_int) -> isize;
    fn poll(entries: *mut Poll, count: c_ulong, timeout: c_int) -> c_int;
    fn prctl(option: c_int, argument: *const c_void) -> c_int;
    fn signal(number: c_int, action: usize) -> usize;
    fn mlockall(flags: c_int) -> c_int;
    fn if_indextoname(ifindex: c_uint, name: *mut u8) -> *const u8;
    fn clock_gettime(clock: c_int, time: *mut Time) -> c_int;
    fn getsockopt(
        fd: c_int,
        level: c_int,
        name: c_int,
        value: *mut c_void,
        length: *mut c_uint,
    ) -> c_int;
    fn geteuid() -> c_uint;
}

/// `struct pollfd`.
#[repr(C)]
struct Poll {
    fd: c_int,
    events: i16,
    revents: i16,
}

/// `struct timespec`.
#[repr(C)]
struct Time {
    seconds: c_long,
    nanoseconds: c_long,
}

const AF_INET: c_int = 2;
const AF_INET6: c_int = 10;
const AF_NETLINK: c_int = 16;
const AF_PACKET: c_int = 17;
const SOCK_DGRAM: c_int = 2;
const SOCK_RAW: c_int = 3;
/// `SOCK_NONBLOCK | SOCK_CLOEXEC`.
const QUIET: c_int = 0o2_004_000;
const SOL_SOCKET: c_int = 1;
const SO_PRIORITY: c_int = 12;
const SO_BINDTODEVICE: c_int = 25;
const IPPROTO_IP: c_int = 0;
const IP_HDRINCL: c_int = 3;
const IP_MULTICAST_IF: c_int = 32;
const IP_MULTICAST_LOOP: c_int = 34;
const IP_ADD_MEMBERSHIP: c_int = 35;
const IPPROTO_ICMPV6: c_int = 58;
const IPPROTO_IPV6: c_int = 41;
const IPV6_UNICAST_HOPS: c_int = 16;
const IPV6_MULTICAST_IF: c_int = 17;
const IPV6_MULTICAST_HOPS: c_int = 18;
const IPV6_MULTICAST_LOOP: c_int = 19;
const IPV6_ADD_MEMBERSHIP: c_int = 20;
const ICMP6_FILTER: c_int = 1;
const NEIGHBOUR_ADVERTISEMENT: usize = 136;
const ETH_P_ARP: u16 = 0x0806;
const POLLIN: i16 = 1;
const CLOCK_MONOTONIC: c_int = 1;

/// IP protocol of VRRP.
const VRRP: c_int = 112;
const AUTHENTICATION: c_int = 51;

/// `TC_PRIO_CONTROL`.
const CONTROL: c_int = 6;

/// A descriptor that was just made, or why not.
fn own(fd: c_int) -> io::Result<OwnedFd> {
    match fd {
        ..0 => Err(Error::last_os_error()),
        // SAFETY: open, and nobody else's.
        fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
    }
}

fn done(result: c_int) -> io::Result<()> {
    match result {
        ..0 => Err(Error::last_os_error()),
        _ => Ok(()),
    }
}

fn set(fd: &OwnedFd, level: c_int, name: c_int, value: &[u8]) -> io::Result<()> {
    let length = value.len() as c_uint;
    // SAFETY: the descriptor is open, the value readable for its length.
    done(unsafe { setsockopt(fd.as_raw_fd(), level, name, value.as_ptr().cast(), length) })
}

fn open(family: c_int, kind: c_int, protocol: c_int) -> io::Result<OwnedFd> {
    // SAFETY: no memory is involved.
    own(unsafe { socket(family, kind | QUIET, protocol) })
}

fn bind_to(fd: &OwnedFd, address: &[u8]) -> io::Result<()> {
    let length = address.len() as c_uint;
    // SAFETY: the descriptor is open, the address readable for its length.
    done(unsafe { bind(fd.as_raw_fd(), address.as_ptr().cast(), length) })
}

fn send(fd: &OwnedFd, bytes: &[u8], address: &[u8]) -> io::Result<()> {
    let (at, length) = (address.as_ptr().cast(), address.len() as c_uint);
    // SAFETY: both are readable for their lengths, the descriptor is open.
    let sent = unsafe {
        sendto(
            fd.as_raw_fd(),
            bytes.as_ptr().cast(),
            bytes.len(),
            0,
            at,
            length,
        )
    };
    if sent < 0 {
        Err(Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Takes one datagram; `None` when there is none, or the socket has an error, which is then gone.
pub fn receive<'a>(fd: &OwnedFd, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    /// `MSG_DONTWAIT`.
    const NOW: c_int = 0x40;
    // SAFETY: the buffer is writable for its length, the descriptor open.
    let length = unsafe {
        recv(
            fd.as_raw_fd(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            NOW,
        )
    };
    usize::try_from(length)
        .ok()
        .and_then(|length| buffer.get(..length))
}

/// Takes one datagram of the daemon, waiting for it; none when the daemon has gone.
pub fn receive_from_daemon<'a>(fd: &OwnedFd, buffer: &'a mut [u8]) -> Option<&'a [u8]> {
    loop {
        // SAFETY: the buffer is writable for its length, the descriptor open.
        let length = unsafe { recv(fd.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), 0) };
        match usize::try_from(length) {
            Ok(0) => return None,
            Ok(length) => return buffer.get(..length),
            Err(_) if Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// A raw socket for VRRP on one interface: sends datagrams with their header.
pub struct Vrrp4(pub OwnedFd);

/// The same for IPv6, where the kernel makes the header.
pub struct Vrrp6(pub OwnedFd);

impl Vrrp4 {
    /// Opens it.
    pub fn open(ifindex: u32) -> io::Result<Self> {
        Self::open_for(ifindex, VRRP)
    }

    /// One that hears what comes behind an authentication header. It is sent by any: the datagram says what
    /// it is.
    pub fn open_sealed(ifindex: u32) -> io::Result<Self> {
        Self::open_for(ifindex, AUTHENTICATION)
    }

    fn open_for(ifindex: u32, protocol: c_int) -> io::Result<Self> {
        let fd = open(AF_INET, SOCK_RAW, protocol)?;
        bind_device(&fd, ifindex)?;
        set(&fd, IPPROTO_IP, IP_HDRINCL, &1i32.to_ne_bytes())?;
        set(&fd, IPPROTO_IP, IP_MULTICAST_LOOP, &0i32.to_ne_bytes())?;
        let mreqn = [&[0; 8][..], &ifindex.to_ne_bytes()].concat();
        set(&fd, IPPROTO_IP, IP_MULTICAST_IF, &mreqn)?;
        set(&fd, SOL_SOCKET, SO_PRIORITY, &CONTROL.to_ne_bytes())?;
        Ok(Self(fd))
    }

    /// Hears a multicast group.
    pub fn join(&self, group: Ipv4Addr, ifindex: u32) -> io::Result<()> {
        let mreqn = [&group.octets()[..], &[0; 4], &ifindex.to_ne_bytes()].concat();
        set(&self.0, IPPROTO_IP, IP_ADD_MEMBERSHIP, &mreqn)
    }

    /// Sends a datagram, header included.
    pub fn send(&self, to: Ipv4Addr, bytes: &[u8]) -> io::Result<()> {
        send(&self.0, bytes, &inet(to))
    }
}

impl Vrrp6 {
    /// Opens it.
    pub fn open(ifindex: u32) -> io::Result<Self> {
        let fd = open(AF_INET6, SOCK_RAW, VRRP)?;
        bind_device(&fd, ifindex)?;
        for name in [IPV6_UNICAST_HOPS, IPV6_MULTICAST_HOPS] {
            set(&fd, IPPROTO_IPV6, name, &255i32.to_ne_bytes())?;
        }
        set(&fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, &0i32.to_ne_bytes())?;
        set(&fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, &ifindex.to_ne_bytes())?;
        set(&fd, SOL_SOCKET, SO_PRIORITY, &CONTROL.to_ne_bytes())?;
        Ok(Self(fd))
    }

    /// Hears a multicast group.
    pub fn join(&self, group: Ipv6Addr, ifindex: u32) -> io::Result<()> {
        let mreq = [&group.octets()[..], &ifindex.to_ne_bytes()].concat();
        set(&self.0, IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &mreq)
    }

    /// Sends what follows the header, from `source`.
    pub fn send(
        &self,
        source: Ipv6Addr,
        to: Ipv6Addr,
        ifindex: u32,
        bytes: &[u8],
    ) -> io::Result<()> {
        // Once bound it stays so; each will has a socket of its own.
        let _ = bind_to(&self.0, &inet6(source, ifindex));
        send(&self.0, bytes, &inet6(to, ifindex))
    }
}

/// Hears ARP on an interface.
pub fn arp(ifindex: u32) -> io::Result<OwnedFd> {
    let protocol = ETH_P_ARP.to_be();
    let fd = open(AF_PACKET, SOCK_DGRAM, c_int::from(protocol))?;
    // struct sockaddr_ll
    let address = [
        &(AF_PACKET as u16).to_ne_bytes()[..],
        &protocol.to_ne_bytes(),
        &ifindex.to_ne_bytes(),
        &[0; 12],
    ];
    bind_to(&fd, &address.concat())?;
    Ok(fd)
}

/// Hears neighbour advertisements of IPv6 on an interface.
pub fn neighbours(ifindex: u32) -> io::Result<OwnedFd> {
    let fd = open(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6)?;
    bind_device(&fd, ifindex)?;
    let mut blocked = [0xff; 32];
    if let Some(word) = blocked
        .chunks_exact_mut(4)
        .nth(NEIGHBOUR_ADVERTISEMENT / 32)
    {
        let bits = !(1u32 << (NEIGHBOUR_ADVERTISEMENT % 32));
        word.copy_from_slice(&bits.to_ne_bytes());
    }
    set(&fd, IPPROTO_ICMPV6, ICMP6_FILTER, &blocked)?;
    Ok(fd)
}

/// A routing socket, which also hears of addresses when `monitors`.
pub fn routing(monitors: bool) -> io::Result<OwnedFd> {
    /// `RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR`.
    const ADDRESSES: u32 = 0x10 | 0x100;
    let fd = open(AF_NETLINK, SOCK_RAW, 0)?;
    // struct sockaddr_nl
    let groups = if monitors { ADDRESSES } else { 0 };
    let address = [
        &(AF_NETLINK as u16).to_ne_bytes()[..],
        &[0; 6],
        &groups.to_ne_bytes(),
    ];
    bind_to(&fd, &address.concat())?;
    Ok(fd)
}

/// A socket of nfnetlink.
pub fn netfilter() -> io::Result<OwnedFd> {
    const NETLINK_NETFILTER: c_int = 12;
    let fd = open(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER)?;
    let address = [&(AF_NETLINK as u16).to_ne_bytes()[..], &[0; 10]];
    bind_to(&fd, &address.concat())?;
    Ok(fd)
}

/// Makes a setting again what it was, if it still is what it was set to; says whether that was done.
pub fn restore(name: &str, is: &str, was: &str) -> io::Result<bool> {
    let path = format!("/proc/sys/{name}");
    match std::fs::read_to_string(&path) {
        Ok(now) if now.trim_end() == is && was != is => std::fs::write(&path, was).map(|()| true),
        // Gone with its interface, or somebody else's by now.
        _ => Ok(false),
    }
}

/// Sends netlink messages to the kernel, which obeys before this returns.
pub fn ask_kernel(fd: &OwnedFd, messages: &[u8]) -> io::Result<()> {
    let kernel = [&(AF_NETLINK as u16).to_ne_bytes()[..], &[0; 10]].concat();
    send(fd, messages, &kernel)
}

fn bind_device(fd: &OwnedFd, ifindex: u32) -> io::Result<()> {
    let mut name = [0u8; 16];
    // SAFETY: the buffer holds the longest name of an interface.
    if unsafe { if_indextoname(ifindex, name.as_mut_ptr()) }.is_null() {
        return Err(Error::last_os_error());
    }
    set(fd, SOL_SOCKET, SO_BINDTODEVICE, &name)
}

/// `struct sockaddr_in`.
fn inet(address: Ipv4Addr) -> Vec<u8> {
    [
        &(AF_INET as u16).to_ne_bytes()[..],
        &[0; 2],
        &address.octets(),
        &[0; 8],
    ]
    .concat()
}

/// `struct sockaddr_in6`.
fn inet6(address: Ipv6Addr, ifindex: u32) -> Vec<u8> {
    let scope = if address.is_unicast_link_local() || address.is_multicast() {
        ifindex
    } else {
        0
    };
    let family = (AF_INET6 as u16).to_ne_bytes();
    [
        &family[..],
        &[0; 6],
        &address.octets(),
        &scope.to_ne_bytes(),
    ]
    .concat()
}

/// Waits until one is readable or the time has come; says which are. Absent: no time.
pub fn wait(descriptors: &[RawFd], deadline: Option<u64>) -> Vec<bool> {
    let entry = |fd: &RawFd| Poll {
        fd: *fd,
        events: POLLIN,
        revents: 0,
    };
    let mut entries: Vec<Poll> = descriptors.iter().map(entry).collect();
    let timeout = deadline.map_or(-1, |at| {
        let left = at.saturating_sub(now()).div_ceil(1000);
        c_int::try_from(left).unwrap_or(c_int::MAX)
    });
    // SAFETY: the entries are writable for their number.
    unsafe { poll(entries.as_mut_ptr(), entries.len() as c_ulong, timeout) };
    entries.iter().map(|entry| entry.revents != 0).collect()
}

/// Whether whoever is at the other end of a local connection acts as this user, or as root.
pub fn is_of_this_user_or_root(stream: &UnixStream) -> bool {
    const SO_PEERCRED: c_int = 17;
    // struct ucred: process, user, group.
    let mut peer = [0 as c_uint; 3];
    let mut length = 12;
    // SAFETY: writable for the length given; the descriptor is open.
    let known = done(unsafe {
        getsockopt(
            stream.as_raw_fd(),
            SOL_SOCKET,
            SO_PEERCRED,
            peer.as_mut_ptr().cast(),
            &mut length,
        )
    });
    let [_, user, _] = peer;
    // SAFETY: cannot fail.
    known.is_ok() && (user == 0 || user == unsafe { geteuid() })
}

/// Whether a line can be written to standard error without waiting for its reader.
pub fn can_complain() -> bool {
    const POLLOUT: i16 = 4;
    let mut entry = Poll {
        fd: 2,
        events: POLLOUT,
        revents: 0,
    };
    // SAFETY: one writable entry.
    unsafe { poll(&mut entry, 1, 0) };
    entry.revents == POLLOUT
}

/// `CLOCK_MONOTONIC`, µs.
pub fn now() -> u64 {
    let mut time = Time {
        seconds: 0,
        nanoseconds: 0,
    };
    // SAFETY: writable; the clock exists.
    unsafe { clock_gettime(CLOCK_MONOTONIC, &mut time) };
    time.seconds as u64 * 1_000_000 + time.nanoseconds as u64 / 1_000
}

/// Makes this process live longer than the daemon: nothing that ends a group of processes or a
/// session ends it, and the kernel takes others first when memory is short.
pub fn outlive() {
    const IGNORED: usize = 1;
    const PR_SET_NAME: c_int = 15;
    /// `MCL_CURRENT | MCL_FUTURE`.
    const ALL: c_int = 3;
    for number in 1..=64 {
        // SAFETY: no handler is installed. SIGKILL and SIGSTOP cannot be ignored.
        unsafe { signal(number, IGNORED) };
    }
    // SAFETY: a terminated name of at most 15 bytes.
    unsafe { prctl(PR_SET_NAME, c"holdfast-guard".as_ptr().cast()) };
    // What is not allowed is done without.
    let _ = std::fs::write("/proc/self/oom_score_adj", "-1000");
    // SAFETY: no memory is involved. It fails where the limit is low.
    unsafe { mlockall(ALL) };
}
