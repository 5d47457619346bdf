//! Packet sockets of the core: what goes over the wire without a connection.

pub mod notify;
pub mod vrrp;
