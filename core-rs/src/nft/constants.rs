//! Numbers of `linux/netfilter/nfnetlink.h`, `nf_tables.h` and, for the types of sets, of the program `nft`.

/// `NFNL_SUBSYS_NFTABLES`: upper byte of a message's type.
pub const SUBSYSTEM: u16 = 10;

/// `NFNL_MSG_BATCH_BEGIN`.
pub const BATCH_BEGIN: u16 = 16;

/// `NFNL_MSG_BATCH_END`.
pub const BATCH_END: u16 = 17;

/// `NFNLGRP_NFTABLES`: notifications.
pub const GROUP: u32 = 7;

/// `NFT_MSG_*`.
pub mod message {
    /// `NFT_MSG_NEWTABLE`.
    pub const NEW_TABLE: u16 = 0;
    /// `NFT_MSG_DELTABLE`.
    pub const DEL_TABLE: u16 = 2;
    /// `NFT_MSG_NEWCHAIN`.
    pub const NEW_CHAIN: u16 = 3;
    /// `NFT_MSG_NEWRULE`.
    pub const NEW_RULE: u16 = 6;
    /// `NFT_MSG_NEWSET`.
    pub const NEW_SET: u16 = 9;
    /// `NFT_MSG_NEWSETELEM`.
    pub const NEW_ELEMENT: u16 = 12;
    /// `NFT_MSG_DELSETELEM`.
    pub const DEL_ELEMENT: u16 = 14;
    /// `NFT_MSG_NEWGEN`: ends the notifications of a transaction.
    pub const NEW_GENERATION: u16 = 15;
}

/// `NFTA_TABLE_*`; the same number names the table in messages about its parts.
pub mod table {
    /// Name.
    pub const NAME: u16 = 1;
}

/// `NFTA_CHAIN_*` and `NFTA_HOOK_*`.
pub mod chain {
    /// Table.
    pub const TABLE: u16 = 1;
    /// Name.
    pub const NAME: u16 = 3;
    /// Hook, nested.
    pub const HOOK: u16 = 4;
    /// Policy.
    pub const POLICY: u16 = 5;
    /// `filter`, `nat`, `route`.
    pub const TYPE: u16 = 7;
    /// Number of the hook.
    pub const HOOK_NUMBER: u16 = 1;
    /// Priority.
    pub const HOOK_PRIORITY: u16 = 2;
    /// Device of an ingress or egress hook.
    pub const HOOK_DEVICE: u16 = 3;
}

/// `NFTA_RULE_*`.
pub mod rule {
    /// Table.
    pub const TABLE: u16 = 1;
    /// Chain.
    pub const CHAIN: u16 = 2;
    /// Expressions, nested.
    pub const EXPRESSIONS: u16 = 4;
    /// What programs note, such as a comment.
    pub const USER_DATA: u16 = 7;
}

/// `NFTA_SET_*`, `NFTA_SET_DESC_*`, `NFTA_SET_FIELD_*`.
pub mod set {
    /// Table.
    pub const TABLE: u16 = 1;
    /// Name.
    pub const NAME: u16 = 2;
    /// Flags.
    pub const FLAGS: u16 = 3;
    /// Type of the key, of the program `nft`.
    pub const KEY_TYPE: u16 = 4;
    /// Length of the key, bytes.
    pub const KEY_LENGTH: u16 = 5;
    /// Type of the data.
    pub const DATA_TYPE: u16 = 6;
    /// Length of the data, bytes.
    pub const DATA_LENGTH: u16 = 7;
    /// Description, nested.
    pub const DESCRIPTION: u16 = 9;
    /// Number within the transaction.
    pub const ID: u16 = 10;
    /// What programs note, such as the order of bytes.
    pub const USER_DATA: u16 = 13;
    /// `NFTA_SET_DESC_CONCAT`, nested.
    pub const DESCRIPTION_CONCAT: u16 = 2;
    /// `NFTA_SET_FIELD_LEN`.
    pub const FIELD_LENGTH: u16 = 1;
    /// `NFT_SET_INTERVAL`.
    pub const FLAG_INTERVAL: u32 = 0x4;
    /// `NFT_SET_MAP`.
    pub const FLAG_MAP: u32 = 0x8;
    /// `NFT_SET_CONCAT`.
    pub const FLAG_CONCAT: u32 = 0x80;
}

/// `NFTA_SET_ELEM_*` and `NFTA_SET_ELEM_LIST_*`.
pub mod element {
    /// Table of the list.
    pub const LIST_TABLE: u16 = 1;
    /// Set of the list.
    pub const LIST_SET: u16 = 2;
    /// The elements, nested.
    pub const LIST_ELEMENTS: u16 = 3;
    /// Key, nested.
    pub const KEY: u16 = 1;
    /// Data, nested.
    pub const DATA: u16 = 2;
    /// Flags.
    pub const FLAGS: u16 = 3;
    /// Last key of an interval, nested: concatenations.
    pub const KEY_END: u16 = 10;
    /// `NFT_SET_ELEM_INTERVAL_END`.
    pub const FLAG_INTERVAL_END: u32 = 1;
}

/// `NFTA_LIST_ELEM`.
pub const LIST_ELEMENT: u16 = 1;

/// `NFTA_DATA_*` and `NFTA_VERDICT_*`.
pub mod data {
    /// Bytes.
    pub const VALUE: u16 = 1;
    /// Verdict, nested.
    pub const VERDICT: u16 = 2;
    /// Code of a verdict.
    pub const VERDICT_CODE: u16 = 1;
    /// Chain of a verdict.
    pub const VERDICT_CHAIN: u16 = 2;
}

/// `NFTA_EXPR_*`.
pub mod expression {
    /// Name.
    pub const NAME: u16 = 1;
    /// What it is told, nested.
    pub const DATA: u16 = 2;
}

/// `NFT_REG32_00`: the first register of 32 bits.
pub const FIRST_REGISTER: u32 = 8;

/// Registers of 32 bits.
pub const REGISTERS: u32 = 16;
