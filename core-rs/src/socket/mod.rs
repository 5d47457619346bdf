//! Packet sockets of the core: what goes over the wire without a connection.
