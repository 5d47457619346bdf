//! Rules as the kernel's expressions: what is looked at goes into registers, and from there into a comparison, a
//! set or an action.

use super::constants::{FIRST_REGISTER, LIST_ELEMENT, REGISTERS, data, expression};
use super::element::{data_of, padded};
use super::value::{Comparison, Expression, Field, Source, TableFamily, Type, Verdict};
use crate::error::Error;
use crate::ipvs::attribute::Writer;

/// `NFT_REG_VERDICT`.
const VERDICT_REGISTER: u32 = 0;

/// `NFPROTO_IPV4` and `NFPROTO_IPV6`.
const IPV4: u8 = 2;
const IPV6: u8 = 10;

/// The payload of `NFTA_RULE_EXPRESSIONS`.
pub fn list(family: TableFamily, does: &[Expression]) -> Result<Writer, Error> {
    let mut rule = RuleWriter {
        list: Writer::default(),
        family: match family {
            TableFamily::Ip => Some(IPV4),
            TableFamily::Ip6 => Some(IPV6),
            _ => None,
        },
    };
    for one in does {
        rule.expression(one)?;
    }
    Ok(rule.list)
}

struct RuleWriter {
    list: Writer,
    /// Family that packets are known to be of.
    family: Option<u8>,
}

impl RuleWriter {
    fn expression(&mut self, one: &Expression) -> Result<(), Error> {
        match one {
            Expression::Match {
                field,
                is,
                mask,
                value,
            } => self.matches(*field, *is, (*mask, value)),
            Expression::In {
                fields,
                set,
                negated,
            } => {
                self.load(fields)?;
                self.lookup(set, None, *negated)
            }
            Expression::Counter => self.put("counter", Writer::default()),
            Expression::Notrack => self.put("notrack", Writer::default()),
            Expression::Masquerade => self.put("masq", Writer::default()),
            Expression::Verdict { verdict, chain } => self.verdict(*verdict, chain.as_deref()),
            Expression::Snat { to } => self.nat(0, to),
            Expression::Dnat { to } => self.nat(1, to),
            Expression::Synproxy {
                mss,
                wscale,
                timestamp,
                sack,
            } => {
                /// `NF_SYNPROXY_OPT_*`.
                const MSS: u32 = 1;
                const WSCALE: u32 = 2;
                const SACK: u32 = 4;
                const TIMESTAMP: u32 = 8;
                let mut flags = MSS | WSCALE;
                if *sack {
                    flags |= SACK;
                }
                if *timestamp {
                    flags |= TIMESTAMP;
                }
                let mut inner = Writer::default();
                inner.put(1, mss.to_be_bytes())?;
                inner.put(2, *wscale)?;
                inner.put(3, flags.to_be_bytes())?;
                self.put("synproxy", inner)
            }
            Expression::Dup { device } => self.dup(device),
            Expression::SetMark { to } => {
                let (register, _) = self.source(to)?;
                let mut inner = Writer::default();
                inner.put(3, register.to_be_bytes())?;
                inner.put(2, meta::MARK.to_be_bytes())?;
                self.put("meta", inner)
            }
        }
    }

    fn put(&mut self, name: &str, inner: Writer) -> Result<(), Error> {
        let mut one = Writer::default();
        one.put(expression::NAME, name.to_owned())?;
        one.nest(expression::DATA, inner)?;
        self.list.nest(LIST_ELEMENT, one)
    }

    fn matches(
        &mut self,
        field: Field,
        is: Comparison,
        (mask, value): (Option<u32>, &str),
    ) -> Result<(), Error> {
        let of = field.form();
        self.load(&[field])?;
        if let Some(mask) = mask {
            self.mask(of, mask)?;
        }
        let (first, last) = of.interval(value)?;
        if first == last {
            self.compare(is, first)?;
        } else {
            let mut inner = Writer::default();
            inner.put(1, FIRST_REGISTER.to_be_bytes())?;
            inner.put(2, comparison(is).to_be_bytes())?;
            inner.nest(3, data_of(first)?)?;
            inner.nest(4, data_of(last)?)?;
            self.put("range", inner)?;
        }
        if field == Field::Nfproto && is == Comparison::Eq && mask.is_none() {
            self.family = value.parse().ok();
        }
        Ok(())
    }

    fn compare(&mut self, is: Comparison, value: Vec<u8>) -> Result<(), Error> {
        let mut inner = Writer::default();
        inner.put(1, FIRST_REGISTER.to_be_bytes())?;
        inner.put(2, comparison(is).to_be_bytes())?;
        inner.nest(3, data_of(value)?)?;
        self.put("cmp", inner)
    }

    fn mask(&mut self, of: Type, mask: u32) -> Result<(), Error> {
        let bytes = of.bytes(&mask.to_string())?;
        let mut inner = Writer::default();
        inner.put(1, FIRST_REGISTER.to_be_bytes())?;
        inner.put(2, FIRST_REGISTER.to_be_bytes())?;
        inner.put(3, u32::to_be_bytes(bytes.len() as u32))?;
        let none = vec![0; bytes.len()];
        inner.nest(4, data_of(bytes)?)?;
        inner.nest(5, data_of(none)?)?;
        self.put("bitwise", inner)
    }

    /// Loads fields one behind another, from the first register on; the bytes they take.
    fn load(&mut self, fields: &[Field]) -> Result<usize, Error> {
        for field in fields {
            self.require(field.family())?;
        }
        let mut taken = 0;
        for field in fields {
            let length = field.form().length();
            if taken + padded(length) > REGISTERS as usize * 4 {
                return Err(Error::Malformed("the fields fill the registers".to_owned()));
            }
            let register = FIRST_REGISTER + (taken / 4) as u32;
            let (name, inner) = field.load(register)?;
            self.put(name, inner)?;
            taken += padded(length);
        }
        Ok(taken)
    }

    /// What stands in a header of one family is looked for in packets of that family only.
    fn require(&mut self, family: Option<u8>) -> Result<(), Error> {
        let Some(needed) = family else { return Ok(()) };
        match self.family {
            Some(known) if known == needed => Ok(()),
            Some(_) => Err(Error::Malformed(
                "a field of the other address family".to_owned(),
            )),
            None => self.matches(Field::Nfproto, Comparison::Eq, (None, &needed.to_string())),
        }
    }

    fn lookup(&mut self, set: &str, into: Option<u32>, negated: bool) -> Result<(), Error> {
        let mut inner = Writer::default();
        inner.put(1, set.to_owned())?;
        inner.put(2, FIRST_REGISTER.to_be_bytes())?;
        if let Some(register) = into {
            inner.put(3, register.to_be_bytes())?;
        }
        inner.put(5, u32::to_be_bytes(u32::from(negated)))?;
        self.put("lookup", inner)
    }

    fn immediate(&mut self, register: u32, of: Writer) -> Result<(), Error> {
        let mut inner = Writer::default();
        inner.put(1, register.to_be_bytes())?;
        inner.nest(2, of)?;
        self.put("immediate", inner)
    }

    fn verdict(&mut self, verdict: Verdict, chain: Option<&str>) -> Result<(), Error> {
        let code: i32 = match verdict {
            Verdict::Drop => 0,
            Verdict::Accept => 1,
            Verdict::Jump => -3,
            Verdict::Goto => -4,
            Verdict::Return => -5,
        };
        let mut inner = Writer::default();
        inner.put(data::VERDICT_CODE, code.to_be_bytes())?;
        if let Some(chain) = chain {
            inner.put(data::VERDICT_CHAIN, chain.to_owned())?;
        }
        let mut of = Writer::default();
        of.nest(data::VERDICT, inner)?;
        self.immediate(VERDICT_REGISTER, of)
    }

    /// Brings a value, or an interval of values, into registers: that of the first, and of the last.
    fn source(&mut self, from: &Source) -> Result<(u32, u32), Error> {
        match from {
            Source::Value { of, value } => {
                let (first, last) = of.interval(value)?;
                let (register, words) = (FIRST_REGISTER, (padded(of.length()) / 4) as u32);
                let single = first == last;
                self.immediate(register, data_of(first)?)?;
                if single {
                    return Ok((register, register));
                }
                self.immediate(register + words, data_of(last)?)?;
                Ok((register, register + words))
            }
            Source::Map { fields, map, .. } => {
                self.load(fields)?;
                self.lookup(map, Some(FIRST_REGISTER), false)?;
                Ok((FIRST_REGISTER, FIRST_REGISTER))
            }
            Source::Hash {
                fields,
                modulus,
                seed,
                map,
                ..
            } => {
                let length = self.load(fields)? as u32;
                let mut inner = Writer::default();
                inner.put(1, FIRST_REGISTER.to_be_bytes())?;
                inner.put(2, FIRST_REGISTER.to_be_bytes())?;
                inner.put(3, length.to_be_bytes())?;
                inner.put(4, modulus.to_be_bytes())?;
                inner.put(5, seed.to_be_bytes())?;
                self.put("hash", inner)?;
                self.lookup(map, Some(FIRST_REGISTER), false)?;
                Ok((FIRST_REGISTER, FIRST_REGISTER))
            }
        }
    }

    /// `NFTA_DUP_*`.
    fn dup(&mut self, device: &Source) -> Result<(), Error> {
        let to = match self.family {
            Some(IPV4) => Field::IpDaddr,
            Some(IPV6) => Field::Ip6Daddr,
            _ => {
                let why = "only tables of ip and ip6 send copies";
                return Err(Error::Malformed(why.to_owned()));
            }
        };
        let (register, last) = self.source(device)?;
        let behind = last + 1;
        let (name, inner) = to.load(behind)?;
        self.put(name, inner)?;
        let mut inner = Writer::default();
        inner.put(1, behind.to_be_bytes())?;
        inner.put(2, register.to_be_bytes())?;
        self.put("dup", inner)
    }

    fn nat(&mut self, kind: u32, to: &Source) -> Result<(), Error> {
        let (Source::Value { of, .. } | Source::Map { of, .. } | Source::Hash { of, .. }) = to;
        let family = match of {
            Type::Ipv4Addr => IPV4,
            Type::Ipv6Addr => IPV6,
            other => {
                return Err(Error::Malformed(format!("{other:?} is no address")));
            }
        };
        self.require(Some(family))?;
        let (first, last) = self.source(to)?;
        let mut inner = Writer::default();
        inner.put(1, kind.to_be_bytes())?;
        inner.put(2, u32::from(family).to_be_bytes())?;
        inner.put(3, first.to_be_bytes())?;
        if last != first {
            inner.put(4, last.to_be_bytes())?;
        }
        self.put("nat", inner)
    }
}

/// `NFT_CMP_*` and `NFT_RANGE_*`, which agree here.
fn comparison(is: Comparison) -> u32 {
    match is {
        Comparison::Eq => 0,
        Comparison::Ne => 1,
    }
}

/// `NFT_META_*`.
mod meta {
    pub const MARK: u32 = 3;
    pub const IIF: u32 = 4;
    pub const OIF: u32 = 5;
    pub const IIFNAME: u32 = 6;
    pub const OIFNAME: u32 = 7;
    pub const NFPROTO: u32 = 15;
    pub const L4PROTO: u32 = 16;
    pub const PKTTYPE: u32 = 19;
}

/// `NFT_CT_*`.
mod ct {
    pub const STATE: u32 = 0;
    pub const PROTO_DST: u32 = 12;
    pub const DST_IP: u32 = 20;
    pub const DST_IP6: u32 = 22;
}

/// `NFT_PAYLOAD_*_HEADER`.
mod base {
    pub const LINK: u32 = 0;
    pub const NETWORK: u32 = 1;
    pub const TRANSPORT: u32 = 2;
}

impl Field {
    /// Type of its values.
    pub fn form(self) -> Type {
        match self {
            Self::Nfproto | Self::L4proto | Self::Pkttype | Self::TcpFlags | Self::Icmpv6Type => {
                Type::InetProto
            }
            Self::Iif | Self::Oif => Type::IfaceIndex,
            Self::Iifname | Self::Oifname => Type::Ifname,
            Self::Mark => Type::Mark,
            Self::IpSaddr | Self::IpDaddr | Self::CtOriginalIpDaddr => Type::Ipv4Addr,
            Self::Ip6Saddr | Self::Ip6Daddr | Self::CtOriginalIp6Daddr => Type::Ipv6Addr,
            Self::EtherSaddr | Self::EtherDaddr => Type::EtherAddr,
            Self::ThSport | Self::ThDport | Self::CtOriginalProtoDst => Type::InetService,
            Self::CtState => Type::Integer,
        }
    }

    /// Family of the packets that have it; None: all.
    fn family(self) -> Option<u8> {
        match self {
            Self::IpSaddr | Self::IpDaddr | Self::CtOriginalIpDaddr => Some(IPV4),
            Self::Ip6Saddr | Self::Ip6Daddr | Self::CtOriginalIp6Daddr => Some(IPV6),
            _ => None,
        }
    }

    /// The expression that brings it into a register.
    fn load(self, register: u32) -> Result<(&'static str, Writer), Error> {
        let meta = |key: u32| {
            let mut inner = Writer::default();
            inner.put(1, register.to_be_bytes())?;
            inner.put(2, key.to_be_bytes())?;
            Ok(("meta", inner))
        };
        let payload = |base: u32, offset: u32| {
            let mut inner = Writer::default();
            inner.put(1, register.to_be_bytes())?;
            inner.put(2, base.to_be_bytes())?;
            inner.put(3, offset.to_be_bytes())?;
            inner.put(4, u32::to_be_bytes(self.form().length() as u32))?;
            Ok(("payload", inner))
        };
        let ct = |key: u32, original: bool| {
            let mut inner = Writer::default();
            inner.put(1, register.to_be_bytes())?;
            inner.put(2, key.to_be_bytes())?;
            if original {
                /// `IP_CT_DIR_ORIGINAL`.
                const ORIGINAL: u8 = 0;
                inner.put(3, ORIGINAL)?;
            }
            Ok(("ct", inner))
        };
        match self {
            Self::Nfproto => meta(meta::NFPROTO),
            Self::L4proto => meta(meta::L4PROTO),
            Self::Iif => meta(meta::IIF),
            Self::Oif => meta(meta::OIF),
            Self::Iifname => meta(meta::IIFNAME),
            Self::Oifname => meta(meta::OIFNAME),
            Self::Mark => meta(meta::MARK),
            Self::Pkttype => meta(meta::PKTTYPE),
            Self::IpSaddr => payload(base::NETWORK, 12),
            Self::IpDaddr => payload(base::NETWORK, 16),
            Self::Ip6Saddr => payload(base::NETWORK, 8),
            Self::Ip6Daddr => payload(base::NETWORK, 24),
            Self::EtherSaddr => payload(base::LINK, 6),
            Self::EtherDaddr => payload(base::LINK, 0),
            Self::ThSport => payload(base::TRANSPORT, 0),
            Self::ThDport => payload(base::TRANSPORT, 2),
            Self::TcpFlags => payload(base::TRANSPORT, 13),
            Self::Icmpv6Type => payload(base::TRANSPORT, 0),
            Self::CtState => ct(ct::STATE, false),
            Self::CtOriginalIpDaddr => ct(ct::DST_IP, true),
            Self::CtOriginalIp6Daddr => ct(ct::DST_IP6, true),
            Self::CtOriginalProtoDst => ct(ct::PROTO_DST, true),
        }
    }
}
