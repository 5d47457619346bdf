//! Numbers of the generic netlink family `IPVS`, version 1, from `linux/ip_vs.h`.

/// `IPVS_GENL_NAME`.
pub const FAMILY: &str = "IPVS";
/// `IPVS_GENL_VERSION`.
pub const VERSION: u8 = 1;

/// Commands, `IPVS_CMD_*`.
pub mod command {
    /// `IPVS_CMD_NEW_SERVICE`.
    pub const NEW_SERVICE: u8 = 1;
    /// `IPVS_CMD_SET_SERVICE`.
    pub const SET_SERVICE: u8 = 2;
    /// `IPVS_CMD_DEL_SERVICE`.
    pub const DEL_SERVICE: u8 = 3;
    /// `IPVS_CMD_GET_SERVICE`.
    pub const GET_SERVICE: u8 = 4;
    /// `IPVS_CMD_NEW_DEST`.
    pub const NEW_DEST: u8 = 5;
    /// `IPVS_CMD_SET_DEST`.
    pub const SET_DEST: u8 = 6;
    /// `IPVS_CMD_DEL_DEST`.
    pub const DEL_DEST: u8 = 7;
    /// `IPVS_CMD_GET_DEST`.
    pub const GET_DEST: u8 = 8;
    /// `IPVS_CMD_NEW_DAEMON`.
    pub const NEW_DAEMON: u8 = 9;
    /// `IPVS_CMD_DEL_DAEMON`.
    pub const DEL_DAEMON: u8 = 10;
    /// `IPVS_CMD_SET_CONFIG`.
    pub const SET_CONFIG: u8 = 12;
    /// `IPVS_CMD_GET_CONFIG`.
    pub const GET_CONFIG: u8 = 13;
    /// `IPVS_CMD_GET_INFO`.
    pub const GET_INFO: u8 = 15;
    /// `IPVS_CMD_FLUSH`.
    pub const FLUSH: u8 = 17;
}

/// Attributes of the first level, `IPVS_CMD_ATTR_*`.
pub mod outer {
    /// `IPVS_CMD_ATTR_SERVICE`: nested [`super::service`].
    pub const SERVICE: u16 = 1;
    /// `IPVS_CMD_ATTR_DEST`: nested [`super::destination`].
    pub const DEST: u16 = 2;
    /// `IPVS_CMD_ATTR_DAEMON`: nested [`super::daemon`].
    pub const DAEMON: u16 = 3;
    /// `IPVS_CMD_ATTR_TIMEOUT_TCP`: s.
    pub const TIMEOUT_TCP: u16 = 4;
    /// `IPVS_CMD_ATTR_TIMEOUT_TCP_FIN`: s.
    pub const TIMEOUT_TCP_FIN: u16 = 5;
    /// `IPVS_CMD_ATTR_TIMEOUT_UDP`: s.
    pub const TIMEOUT_UDP: u16 = 6;
}

/// Attributes of a sync daemon, `IPVS_DAEMON_ATTR_*`.
pub mod daemon {
    /// `IPVS_DAEMON_ATTR_STATE`: u32, `IP_VS_STATE_*`.
    pub const STATE: u16 = 1;
    /// `IPVS_DAEMON_ATTR_MCAST_IFN`: at most 15 bytes and a zero.
    pub const INTERFACE: u16 = 2;
    /// `IPVS_DAEMON_ATTR_SYNC_ID`: u32.
    pub const SYNC_ID: u16 = 3;
    /// `IPVS_DAEMON_ATTR_SYNC_MAXLEN`: u16, bytes.
    pub const MAX_LENGTH: u16 = 4;
    /// `IPVS_DAEMON_ATTR_MCAST_GROUP`: 4 bytes.
    pub const GROUP: u16 = 5;
    /// `IPVS_DAEMON_ATTR_MCAST_GROUP6`: 16 bytes.
    pub const GROUP6: u16 = 6;
    /// `IPVS_DAEMON_ATTR_MCAST_PORT`: u16, order of the machine.
    pub const PORT: u16 = 7;
    /// `IPVS_DAEMON_ATTR_MCAST_TTL`: u8.
    pub const TTL: u16 = 8;
}

/// Attributes of a service, `IPVS_SVC_ATTR_*`.
pub mod service {
    /// `IPVS_SVC_ATTR_AF`: u16.
    pub const AF: u16 = 1;
    /// `IPVS_SVC_ATTR_PROTOCOL`: u16.
    pub const PROTOCOL: u16 = 2;
    /// `IPVS_SVC_ATTR_ADDR`: 16 bytes, an IPv4 address in the first 4.
    pub const ADDR: u16 = 3;
    /// `IPVS_SVC_ATTR_PORT`: u16, network order.
    pub const PORT: u16 = 4;
    /// `IPVS_SVC_ATTR_FWMARK`: u32.
    pub const FWMARK: u16 = 5;
    /// `IPVS_SVC_ATTR_SCHED_NAME`: at most 15 bytes and a zero.
    pub const SCHED_NAME: u16 = 6;
    /// `IPVS_SVC_ATTR_FLAGS`: `struct ip_vs_flags`, flags and mask of those meant, u32 each.
    pub const FLAGS: u16 = 7;
    /// `IPVS_SVC_ATTR_TIMEOUT`: u32, s.
    pub const TIMEOUT: u16 = 8;
    /// `IPVS_SVC_ATTR_NETMASK`: u32; IPv4 a mask in network order, IPv6 a prefix length.
    pub const NETMASK: u16 = 9;
    /// `IPVS_SVC_ATTR_PE_NAME`: at most 15 bytes and a zero.
    pub const PE_NAME: u16 = 11;
}

/// Attributes of a destination, `IPVS_DEST_ATTR_*`.
pub mod destination {
    /// `IPVS_DEST_ATTR_ADDR`: 16 bytes, an IPv4 address in the first 4.
    pub const ADDR: u16 = 1;
    /// `IPVS_DEST_ATTR_PORT`: u16, network order.
    pub const PORT: u16 = 2;
    /// `IPVS_DEST_ATTR_FWD_METHOD`: u32, [`super::forwarding`].
    pub const FWD_METHOD: u16 = 3;
    /// `IPVS_DEST_ATTR_WEIGHT`: u32.
    pub const WEIGHT: u16 = 4;
    /// `IPVS_DEST_ATTR_U_THRESH`: u32.
    pub const U_THRESH: u16 = 5;
    /// `IPVS_DEST_ATTR_L_THRESH`: u32.
    pub const L_THRESH: u16 = 6;
    /// `IPVS_DEST_ATTR_ACTIVE_CONNS`: u32.
    pub const ACTIVE_CONNS: u16 = 7;
    /// `IPVS_DEST_ATTR_INACT_CONNS`: u32.
    pub const INACT_CONNS: u16 = 8;
    /// `IPVS_DEST_ATTR_PERSIST_CONNS`: u32.
    pub const PERSIST_CONNS: u16 = 9;
    /// `IPVS_DEST_ATTR_ADDR_FAMILY`: u16, since Linux 3.18; may differ from the service's when
    /// tunnelling.
    pub const ADDR_FAMILY: u16 = 11;
    /// `IPVS_DEST_ATTR_TUN_TYPE`: u8, since Linux 5.2.
    pub const TUN_TYPE: u16 = 13;
    /// `IPVS_DEST_ATTR_TUN_PORT`: u16, network order.
    pub const TUN_PORT: u16 = 14;
    /// `IPVS_DEST_ATTR_TUN_FLAGS`: u16.
    pub const TUN_FLAGS: u16 = 15;
}

/// Attributes of the answer to `GET_INFO`, `IPVS_INFO_ATTR_*`.
pub mod info {
    /// `IPVS_INFO_ATTR_VERSION`: u32.
    pub const VERSION: u16 = 1;
    /// `IPVS_INFO_ATTR_CONN_TAB_SIZE`: u32.
    pub const CONN_TAB_SIZE: u16 = 2;
}

/// Forwarding methods, `IP_VS_CONN_F_*`.
pub mod forwarding {
    /// `IP_VS_CONN_F_FWD_MASK`.
    pub const MASK: u32 = 7;
    /// `IP_VS_CONN_F_MASQ`.
    pub const MASQ: u32 = 0;
    /// `IP_VS_CONN_F_LOCALNODE`.
    pub const LOCALNODE: u32 = 1;
    /// `IP_VS_CONN_F_TUNNEL`.
    pub const TUNNEL: u32 = 2;
    /// `IP_VS_CONN_F_DROUTE`.
    pub const DROUTE: u32 = 3;
}

/// `IP_VS_SVC_F_HASHED`: the kernel's own, never set and never shown.
pub const FLAG_HASHED: u32 = 2;
