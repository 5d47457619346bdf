//! What the kernel thread is asked: carries out one call.

use super::address;
use super::apply;
use super::follow::Followed;
use super::link::Links;
use super::own_link;
use super::worker::{CLAIMS, Worker};
use crate::error::Error;
use crate::nft::Nft;
use crate::protocol::{
    AddressOp, Announcement, CallResult, Changed, Deed, Event, KernelCall, KernelOp, Thing,
};
use crate::sink::Sink;
use crate::sys::clock;
use std::io;
use std::net::IpAddr;

/// Changes of addresses between two looks at the notifications: each causes one of about 1 KiB,
/// and their receive buffer may have no more than 416 KiB.
const ADDRESSES_AT_ONCE: usize = 192;

/// Changes of other things between two looks at the notifications.
const THINGS_AT_ONCE: usize = 192;

impl<S: Sink> Worker<S> {
    pub(super) fn call(&mut self, call: KernelCall) -> Result<CallResult, Error> {
        match call {
            KernelCall::Follow {
                interfaces,
                addresses,
                polled,
            } => {
                self.beats.poll(polled, clock::now())?;
                self.follow(interfaces, addresses)
            }
            KernelCall::Look {
                interfaces,
                addresses,
            } => self.look(interfaces, addresses),
            KernelCall::Buffers {
                told,
                answered,
                ipvs,
            } => {
                if let Some(buffer) = told {
                    self.notices.set_buffer(buffer)?;
                }
                if let Some(buffer) = answered {
                    self.kernel.set_buffer(buffer)?;
                }
                self.ipvs.set_buffer(ipvs)?;
                Ok(CallResult::Done)
            }
            KernelCall::AddressApply { ops } => Ok(CallResult::Applied {
                errnos: self.apply_addresses(&ops)?,
            }),
            KernelCall::KernelApply { ops } => Ok(CallResult::Applied {
                errnos: self.apply_things(&ops)?,
            }),
            KernelCall::SettingsWere { settings } => {
                for setting in settings {
                    match setting {
                        Changed::Sysctl { name, was, is } => {
                            self.settings.remember(&name, &was, &is);
                        }
                        Changed::IpvsTimeouts { was, is } => self.ipvs.remember_timeouts(was, is),
                    }
                }
                Ok(CallResult::Done)
            }
            KernelCall::Announce { places } => {
                self.announce(&places)?;
                Ok(CallResult::Done)
            }
            KernelCall::NftReplace { table } => self.tables(|nft| nft.replace(&table)),
            KernelCall::NftRemove { table } => self.tables(|nft| nft.remove(&table)),
            KernelCall::NftElements { table, changes } => {
                self.tables(|nft| nft.change(&table, &changes))
            }
        }
    }

    /// Does something to tables of nftables.
    fn tables(
        &mut self,
        act: impl FnOnce(&mut Nft) -> Result<(), Error>,
    ) -> Result<CallResult, Error> {
        let done = act(&mut self.nft);
        self.watch_nft()?;
        done.map(|()| CallResult::Done)
    }

    /// From the first table on the loop is woken by what becomes of it.
    fn watch_nft(&mut self) -> Result<(), Error> {
        if let (Some(notices), false) = (self.nft.notices(), self.watches_nft) {
            let watched = self.epoll.add(notices, libc::EPOLLIN, 2);
            watched.map_err(Error::system("watch nftables"))?;
            self.watches_nft = true;
        }
        Ok(())
    }

    fn follow(
        &mut self,
        interfaces: Vec<String>,
        addresses: Vec<IpAddr>,
    ) -> Result<CallResult, Error> {
        let idle = interfaces.is_empty() && addresses.is_empty();
        let dump = if idle {
            Vec::new()
        } else {
            self.notices.hear_addresses()?;
            self.read_links()?;
            address::list(&mut self.kernel)?
        };
        let (followed, links, addresses) =
            Followed::begin(interfaces, addresses, &self.links, dump);
        self.followed = followed;
        Ok(CallResult::Followed { links, addresses })
    }

    /// What is heard and known stays as it is.
    fn look(
        &mut self,
        interfaces: Vec<String>,
        addresses: Vec<IpAddr>,
    ) -> Result<CallResult, Error> {
        let mut links = Links::default();
        links.load(&mut self.kernel)?;
        let dump = address::list(&mut self.kernel)?;
        let (_, links, addresses) = Followed::begin(interfaces, addresses, &links, dump);
        Ok(CallResult::Followed { links, addresses })
    }

    /// Hears in between what the kernel tells of each change, so that nothing is lost.
    pub(super) fn apply_addresses(&mut self, ops: &[AddressOp]) -> Result<Vec<i32>, Error> {
        let mut errnos = Vec::with_capacity(ops.len());
        for ops in ops.chunks(ADDRESSES_AT_ONCE) {
            for op in ops {
                if let AddressOp::Delete { address } = op {
                    self.announcer.forget(address.ifindex, address.address);
                }
            }
            errnos.extend(address::apply(&mut self.kernel, ops, &mut self.ours)?);
            let taken_along = self.hear_consequences(ops);
            if !taken_along.is_empty() {
                address::put_back(&mut self.kernel, &taken_along)?;
                self.hear_some();
            }
        }
        Ok(errnos)
    }

    fn apply_things(&mut self, ops: &[KernelOp]) -> Result<Vec<i32>, Error> {
        let mut errnos = Vec::with_capacity(ops.len());
        for alike in ops.chunk_by(|a, b| apply::takes(a) == apply::takes(b)) {
            if !alike.first().is_some_and(apply::takes) {
                for op in alike {
                    let errno = self.apply_thing(op);
                    self.bequeath(std::slice::from_ref(op), &[errno]);
                    errnos.push(errno);
                }
                continue;
            }
            for ops in alike.chunks(THINGS_AT_ONCE) {
                let with = (ops, &mut self.placed);
                let applied = apply::apply(&mut self.kernel, &mut self.notices, with)?;
                self.bequeath(ops, &applied);
                errnos.extend(applied);
                self.hear_some();
            }
        }
        Ok(errnos)
    }

    /// Tells the guardian what came and went.
    fn bequeath(&mut self, ops: &[KernelOp], errnos: &[i32]) {
        for (op, _) in ops.iter().zip(errnos).filter(|(_, errno)| **errno == 0) {
            self.estate.enter(op, &mut self.kernel, &self.settings);
        }
    }

    /// Carries out an operation on something that does not go over rtnetlink.
    fn apply_thing(&mut self, op: &KernelOp) -> i32 {
        let done = match (&op.thing, op.op) {
            (Thing::Nft(table), Deed::Add) => self.nft.replace(table),
            (Thing::Nft(table), Deed::Delete) => self.nft.remove(&table.id()),
            (Thing::OwnLink(link), Deed::Add) => own_link::put(&mut self.kernel, link),
            (Thing::OwnLink(link), Deed::Delete) => own_link::remove(&mut self.kernel, link),
            (Thing::SyncDaemon(daemon), Deed::Add) => self.ipvs.sync(daemon),
            (Thing::SyncDaemon(daemon), Deed::Delete) => self.ipvs.unsync(daemon),
            (Thing::IpvsTimeouts(timeouts), Deed::Add) => {
                let tell = |setting| self.sink.event(Event::SettingWas { setting });
                self.ipvs.keep_timeouts(*timeouts, tell)
            }
            (Thing::IpvsTimeouts(_), Deed::Delete) => self.ipvs.restore_timeouts(),
            (Thing::Sysctl(sysctl), Deed::Add) => {
                if sysctl.name.starts_with("net/ipv4/vs/") {
                    // Its settings are there when the module is.
                    self.ipvs.load();
                }
                let tell = |setting| self.sink.event(Event::SettingWas { setting });
                self.settings.put(sysctl, tell)
            }
            (Thing::Sysctl(sysctl), Deed::Delete) => self.settings.restore(sysctl),
            (Thing::Route(_) | Thing::Rule(_), _) => Err(Error::Malformed(
                "this thing goes over rtnetlink".to_owned(),
            )),
        };
        match done.and_then(|()| self.watch_nft()) {
            Ok(()) => 0,
            Err(error) if error.errno() != 0 => error.errno(),
            Err(_) => libc::EINVAL,
        }
    }

    /// Takes all that can be announced; the first that cannot be is told.
    pub(super) fn announce(&mut self, places: &[Announcement]) -> Result<(), Error> {
        if !self.links_known {
            self.read_links()?;
        }
        let mut result = Ok(());
        for place in places {
            let Announcement { ifindex, .. } = place;
            let entered = match self.links.get(*ifindex) {
                Some(link) => self.announcer.enter(link, place, (&self.epoll, CLAIMS)),
                None => {
                    let interface = format!("interface {ifindex}");
                    let source = io::Error::from_raw_os_error(libc::ENODEV);
                    Err(Error::socket("announce an address", &interface)(source))
                }
            };
            result = result.and(entered);
        }
        result
    }
}
