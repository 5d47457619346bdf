//! Whether an interface has carrier, asked of its driver: for drivers that do not tell when it comes and goes.

use super::check;
use std::io;
use std::os::fd::{AsFd, AsRawFd};

/// `SIOCGIFFLAGS`, `SIOCETHTOOL`, `SIOCGMIIPHY` and `SIOCGMIIREG` (`linux/sockios.h`).
const GET_FLAGS: libc::c_ulong = 0x8913;
const ETHTOOL: libc::c_ulong = 0x8946;
const GET_MII_PHY: libc::c_ulong = 0x8947;
const GET_MII_REGISTER: libc::c_ulong = 0x8948;

/// `ETHTOOL_GLINK` (`linux/ethtool.h`).
const GET_LINK: u32 = 0x0a;

/// `MII_BMSR` and `BMSR_LSTATUS` (`linux/mii.h`).
const STATUS_REGISTER: u16 = 1;
const LINK_STATUS: u16 = 4;

/// `struct ifreq`, with what of its union is needed here. What follows has room for all that the kernel copies.
#[repr(C)]
struct Request<T> {
    name: [u8; libc::IFNAMSIZ],
    of: T,
    rest: [u8; size_of::<libc::ifreq>()],
}

/// `struct mii_ioctl_data` (`linux/mii.h`).
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Mii {
    phy: u16,
    register: u16,
    value_in: u16,
    value_out: u16,
}

/// `struct ethtool_value`.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

const _: () = assert!(size_of::<Request<Mii>>() >= size_of::<libc::ifreq>());
const _: () = assert!(align_of::<Request<*mut EthtoolValue>>() >= align_of::<libc::ifreq>());

fn name_of(ifname: &str) -> io::Result<[u8; libc::IFNAMSIZ]> {
    let mut name = [0; libc::IFNAMSIZ];
    let bytes = ifname.as_bytes();
    match name.get_mut(..bytes.len()) {
        Some(begin) if bytes.len() < libc::IFNAMSIZ => begin.copy_from_slice(bytes),
        _ => return Err(io::Error::from_raw_os_error(libc::ENODEV)),
    }
    Ok(name)
}

fn ask<T>(socket: &impl AsFd, kind: libc::c_ulong, ifname: &str, of: T) -> io::Result<T> {
    let mut request = Request {
        name: name_of(ifname)?,
        of,
        rest: [0; size_of::<libc::ifreq>()],
    };
    // SAFETY: the descriptor is open while borrowed; the request begins as `struct ifreq` does and is longer, so that
    // what the kernel copies in and out lies in it; a pointer in it leads to a value of this thread's stack.
    check(unsafe { libc::ioctl(socket.as_fd().as_raw_fd(), kind, &raw mut request) })?;
    Ok(request.of)
}

/// By `SIOCGIFFLAGS`: `IFF_RUNNING`.
pub fn by_flags(socket: &impl AsFd, ifname: &str) -> io::Result<bool> {
    let flags = ask(socket, GET_FLAGS, ifname, 0i16)?;
    Ok(i32::from(flags) & libc::IFF_RUNNING != 0)
}

/// By `ETHTOOL_GLINK`.
pub fn by_ethtool(socket: &impl AsFd, ifname: &str) -> io::Result<bool> {
    let mut value = EthtoolValue {
        command: GET_LINK,
        data: 0,
    };
    ask(socket, ETHTOOL, ifname, &raw mut value)?;
    Ok(value.data != 0)
}

/// By the registers of the transceiver. What was read before is remembered by the register once.
pub fn by_mii(socket: &impl AsFd, ifname: &str) -> io::Result<bool> {
    let found = ask(socket, GET_MII_PHY, ifname, Mii::default())?;
    let mut status = 0;
    for _ in 0..2 {
        let asked = Mii {
            phy: found.phy,
            register: STATUS_REGISTER,
            ..Mii::default()
        };
        status = ask(socket, GET_MII_REGISTER, ifname, asked)?.value_out;
    }
    Ok(status & LINK_STATUS != 0)
}
