//! What the daemon tells its guardian, one message a datagram: a kind, then the fields in order.
//! Numbers are in the byte order of the machine, both ends are one file. Compiled into both.

/// Longest message: one request is a few hundred bytes.
pub const LONGEST: usize = 8 << 10;

/// What the guardian is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Begins the will of an order: what belongs to it follows, up to [`Message::Sealed`], and then
    /// replaces the one before.
    Will(Heading),
    /// A datagram to be sent when the daemon dies.
    Farewell {
        /// Where it goes.
        destination: Ip,
        /// IPv4: with its header. IPv6: what follows the header.
        bytes: Vec<u8>,
    },
    /// A thing in the kernel that goes when the successor has announced itself.
    Withdraw {
        /// The address it is, whose announcement by another host ends the wait for this thing.
        address: Option<Ip>,
        /// Complete netlink messages (`rtnetlink(7)`), sent in one go.
        request: Vec<u8>,
    },
    /// The will that was begun is complete and holds.
    Sealed,
    /// The will of an order holds no more.
    Revoked {
        /// Number of the order.
        order: u32,
    },
    /// The daemon has said the farewell of an order, or was beaten: what its will withdraws goes now,
    /// as when it died.
    Carried {
        /// Number of the order.
        order: u32,
        /// Who beat it was heard, and announces itself just now.
        beaten: bool,
    },
    /// The daemon ends with everything done.
    Goodbye,
    /// A datagram that is sent every interval while the guardian speaks in the daemon's place.
    Advert {
        /// Where it goes.
        destination: Ip,
        /// As a farewell's.
        bytes: Vec<u8>,
    },
    /// How long, µs, it speaks in the place of a daemon that died, before the farewells; 0: not at all.
    Bridging {
        /// At most so long.
        within: u64,
    },
    /// The daemon ends now for another one to take its place: from here on the guardian speaks.
    Leaving {
        /// At most so long, µs.
        within: u64,
    },
    /// A farewell of an order whose will holds, in place of the one to the same destination: its seal had
    /// become stale.
    Resealed {
        /// Number of the order.
        order: u32,
        /// Where it goes.
        destination: Ip,
        /// As a farewell's.
        bytes: Vec<u8>,
    },
    /// Something in the kernel that is of no order alone, and goes when all wills are carried out.
    Estate {
        /// Names it. What has a greater one goes first.
        number: u32,
        /// What undoes it.
        deed: Deed,
    },
    /// It is no more to be undone.
    Settled {
        /// As in [`Message::Estate`].
        number: u32,
    },
}

/// What undoes something in the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Complete messages of rtnetlink, sent in one go.
    Route(Vec<u8>),
    /// A complete transaction of nfnetlink.
    Netfilter(Vec<u8>),
    /// A setting below `/proc/sys` is made again what it was, unless somebody else has set it since.
    Setting {
        /// Its path below that.
        name: String,
        /// What it was set to.
        is: String,
        /// What it was before.
        was: String,
    },
}

/// How long words of a [`Deed::Setting`] may be; those of the kernel are far shorter.
const WORD: usize = 1 << 10;

/// Virtual router of an interface and family, as a successor names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Router {
    /// Interface.
    pub ifindex: u32,
    /// Virtual router.
    pub vrid: u8,
    /// Family.
    pub ipv6: bool,
}

/// Bytes of a [`Record`].
pub const RECORD: usize = 8;

/// What guardian and successor say to one another by the socket under the guardian's name: records of
/// equal length. The guardian tells what it speaks for, then [`Record::All`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// The guardian speaks for it.
    Held(Router),
    /// That was all. Whether the daemon before left for a successor, or died.
    All {
        /// It left.
        planned: bool,
    },
    /// The successor speaks for it by now.
    Taken(Router),
    /// No successor will: it is to be left as after a death.
    Renounced(Router),
}

impl Record {
    /// Its bytes.
    pub fn encode(&self) -> [u8; RECORD] {
        let (kind, router) = match *self {
            Self::Held(router) => (1, router),
            Self::All { planned } => (2 + u8::from(planned), NOBODY),
            Self::Taken(router) => (4, router),
            Self::Renounced(router) => (5, router),
        };
        let [a, b, c, d] = router.ifindex.to_ne_bytes();
        [kind, router.vrid, u8::from(router.ipv6), 0, a, b, c, d]
    }

    /// Of bytes; `None` when they are none.
    pub fn decode(bytes: [u8; RECORD]) -> Option<Self> {
        let [kind, vrid, family, _, a, b, c, d] = bytes;
        let router = Router {
            ifindex: u32::from_ne_bytes([a, b, c, d]),
            vrid,
            ipv6: family != 0,
        };
        match kind {
            1 => Some(Self::Held(router)),
            2 | 3 => Some(Self::All { planned: kind == 3 }),
            4 => Some(Self::Taken(router)),
            5 => Some(Self::Renounced(router)),
            _ => None,
        }
    }
}

const NOBODY: Router = Router {
    ifindex: 0,
    vrid: 0,
    ipv6: false,
};

/// Whose will it is, and how it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heading {
    /// Number of the order.
    pub order: u32,
    /// Interface of the virtual router.
    pub ifindex: u32,
    /// Virtual router, whose next master is waited for.
    pub vrid: u8,
    /// From where farewells are sent; only IPv6 needs it.
    pub source: Ip,
    /// How long things may stay for want of a successor, µs.
    pub keep: u64,
    /// Time between adverts, µs.
    pub interval: u64,
}

impl Heading {
    /// Whom it speaks for.
    pub fn router(&self) -> Router {
        Router {
            ifindex: self.ifindex,
            vrid: self.vrid,
            ipv6: self.source.is_ipv6(),
        }
    }
}

/// An address of either family.
pub type Ip = std::net::IpAddr;

impl Message {
    /// The datagram.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        match self {
            Self::Will(heading) => {
                out.push(1);
                out.extend(heading.order.to_ne_bytes());
                out.extend(heading.ifindex.to_ne_bytes());
                out.push(heading.vrid);
                put_address(&mut out, Some(heading.source));
                out.extend(heading.keep.to_ne_bytes());
                out.extend(heading.interval.to_ne_bytes());
            }
            Self::Farewell { destination, bytes } => {
                out.push(2);
                put_address(&mut out, Some(*destination));
                out.extend(bytes);
            }
            Self::Withdraw { address, request } => {
                out.push(3);
                put_address(&mut out, *address);
                out.extend(request);
            }
            Self::Sealed => out.push(4),
            Self::Revoked { order } => {
                out.push(5);
                out.extend(order.to_ne_bytes());
            }
            Self::Carried { order, beaten } => {
                out.push(7);
                out.extend(order.to_ne_bytes());
                out.push(u8::from(*beaten));
            }
            Self::Goodbye => out.push(6),
            Self::Advert { destination, bytes } => {
                out.push(8);
                put_address(&mut out, Some(*destination));
                out.extend(bytes);
            }
            Self::Bridging { within } => {
                out.push(9);
                out.extend(within.to_ne_bytes());
            }
            Self::Leaving { within } => {
                out.push(10);
                out.extend(within.to_ne_bytes());
            }
            Self::Resealed {
                order,
                destination,
                bytes,
            } => {
                out.push(11);
                out.extend(order.to_ne_bytes());
                put_address(&mut out, Some(*destination));
                out.extend(bytes);
            }
            Self::Estate { number, deed } => {
                out.push(12);
                out.extend(number.to_ne_bytes());
                match deed {
                    Deed::Route(request) => {
                        out.push(1);
                        out.extend(request);
                    }
                    Deed::Netfilter(request) => {
                        out.push(2);
                        out.extend(request);
                    }
                    Deed::Setting { name, is, was } => {
                        out.push(3);
                        for word in [name, is, was] {
                            let word = word.as_bytes().get(..WORD).unwrap_or(word.as_bytes());
                            out.extend((word.len() as u16).to_ne_bytes());
                            out.extend(word);
                        }
                    }
                }
            }
            Self::Settled { number } => {
                out.push(13);
                out.extend(number.to_ne_bytes());
            }
        }
        out
    }

    /// Reads a datagram; `None` when it is none of these.
    pub fn decode(datagram: &[u8]) -> Option<Self> {
        let mut rest = datagram;
        let message = match take(&mut rest)? {
            [1] => Self::Will(Heading {
                order: u32::from_ne_bytes(take(&mut rest)?),
                ifindex: u32::from_ne_bytes(take(&mut rest)?),
                vrid: u8::from_ne_bytes(take(&mut rest)?),
                source: take_address(&mut rest)??,
                keep: u64::from_ne_bytes(take(&mut rest)?),
                interval: u64::from_ne_bytes(take(&mut rest)?),
            }),
            [2] => Self::Farewell {
                destination: take_address(&mut rest)??,
                bytes: std::mem::take(&mut rest).to_vec(),
            },
            [3] => Self::Withdraw {
                address: take_address(&mut rest)?,
                request: std::mem::take(&mut rest).to_vec(),
            },
            [4] => Self::Sealed,
            [5] => Self::Revoked {
                order: u32::from_ne_bytes(take(&mut rest)?),
            },
            [6] => Self::Goodbye,
            [7] => Self::Carried {
                order: u32::from_ne_bytes(take(&mut rest)?),
                beaten: take(&mut rest)? != [0],
            },
            [8] => Self::Advert {
                destination: take_address(&mut rest)??,
                bytes: std::mem::take(&mut rest).to_vec(),
            },
            [9] => Self::Bridging {
                within: u64::from_ne_bytes(take(&mut rest)?),
            },
            [10] => Self::Leaving {
                within: u64::from_ne_bytes(take(&mut rest)?),
            },
            [11] => Self::Resealed {
                order: u32::from_ne_bytes(take(&mut rest)?),
                destination: take_address(&mut rest)??,
                bytes: std::mem::take(&mut rest).to_vec(),
            },
            [12] => Self::Estate {
                number: u32::from_ne_bytes(take(&mut rest)?),
                deed: match take(&mut rest)? {
                    [1] => Deed::Route(std::mem::take(&mut rest).to_vec()),
                    [2] => Deed::Netfilter(std::mem::take(&mut rest).to_vec()),
                    [3] => Deed::Setting {
                        name: take_word(&mut rest)?,
                        is: take_word(&mut rest)?,
                        was: take_word(&mut rest)?,
                    },
                    _ => return None,
                },
            },
            [13] => Self::Settled {
                number: u32::from_ne_bytes(take(&mut rest)?),
            },
            _ => return None,
        };
        rest.is_empty().then_some(message)
    }
}

/// Length of the address, then its bytes.
fn put_address(out: &mut Vec<u8>, address: Option<Ip>) {
    match address {
        None => out.push(0),
        Some(Ip::V4(address)) => {
            out.push(4);
            out.extend(address.octets());
        }
        Some(Ip::V6(address)) => {
            out.push(16);
            out.extend(address.octets());
        }
    }
}

fn take_address(rest: &mut &[u8]) -> Option<Option<Ip>> {
    match take(rest)? {
        [0] => Some(None),
        [4] => take::<4>(rest).map(|octets| Some(Ip::from(octets))),
        [16] => take::<16>(rest).map(|octets| Some(Ip::from(octets))),
        _ => None,
    }
}

fn take_word(rest: &mut &[u8]) -> Option<String> {
    let length = usize::from(u16::from_ne_bytes(take(rest)?));
    let (word, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    String::from_utf8(word.to_vec()).ok()
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (head, tail) = rest.split_first_chunk()?;
    *rest = tail;
    Some(*head)
}
