//! Packet sockets of the core: what goes over the wire without a connection.

pub mod arp;
pub mod notify;
pub mod vrrp;
