//! What the engine is asked: obeys one call at a time.

use super::bequest::entrusted;
use super::outgoing::Outgoing;
use super::received::Pattern;
use super::takeover::Deed;
use super::transmit;
use super::turn::Engine;
use super::verify::Verifier;
use super::watch;
use crate::error::Error;
use crate::guardian::Entrusted;
use crate::protocol::{Awaited, CallResult, EngineCall};
use crate::sink::Sink;
use crate::sys::clock;
use crate::sys::epoll::Epoll;

/// Shortest interval and lease, µs: below this the engine would do nothing else.
const SHORTEST: u64 = 1_000;

/// A call as it came.
pub struct Posted {
    /// To answer with.
    pub id: u32,
    /// What to do.
    pub call: EngineCall,
    /// When it was queued: what it rests on was known then.
    pub at: u64,
}

impl Engine {
    /// Obeys one call and answers it.
    pub fn obey(&mut self, Posted { id, call, at }: Posted, epoll: &Epoll, now: u64) {
        let result = match call {
            EngineCall::Settle => return self.settling.push(id),
            EngineCall::Counters => self.counters(),
            call => match self.try_obey(call, at, epoll, now) {
                Ok(()) => CallResult::Done,
                Err(error) => error.result(),
            },
        };
        self.queue.reply(id, result);
    }

    fn counters(&self) -> CallResult {
        CallResult::Counters {
            transmissions: self.transmissions.counts(),
            watches: self.watches.counts(),
            dropped_packets: self.queue.dropped(),
            lag: self.lag.lag(),
        }
    }

    /// Whether an order lapsed and whoever asked for something at `posted` could not know it. What
    /// it asked for then must not stand.
    fn is_ignorant(&mut self, order: u32, posted: u64) -> bool {
        if self.transmissions.had_lapsed(order, posted) {
            return true;
        }
        let Some(event) = self.lapsed.get(&order) else {
            return false;
        };
        let told = self.queue.told();
        if told.told < *event || posted < told.at {
            return true;
        }
        self.lapsed.remove(&order);
        false
    }

    fn try_obey(
        &mut self,
        call: EngineCall,
        posted: u64,
        epoll: &Epoll,
        now: u64,
    ) -> Result<(), Error> {
        match call {
            EngineCall::Listen {
                ifindex,
                ifname,
                channels,
                groups,
                receive_buffer,
            } => {
                self.watches.forget_strangers(ifindex);
                self.sockets.close(ifindex, &channels);
                for channel in channels {
                    let socket = self.sockets.listen((ifindex, channel), &ifname, epoll)?;
                    if let Some(bytes) = receive_buffer {
                        socket.set_receive_buffer(bytes)?;
                    }
                    socket.set_groups(&groups)?;
                }
                Ok(())
            }
            EngineCall::Unlisten { ifindex } => {
                for order in self.transmissions.end_of(ifindex) {
                    (self.entrust)(order, Entrusted::Nothing);
                }
                self.watches.end_of(ifindex);
                self.sockets.close(ifindex, &[]);
                Ok(())
            }
            EngineCall::Transmit { order, .. } => {
                self.takeovers.withhold(order);
                self.transmit(call, posted, now)
            }
            EngineCall::Prepare {
                watches,
                calls,
                ops,
                places,
            } => {
                // What has expired, or was told of meanwhile, is known soon to whoever decides.
                let (_, heard) = self.queue.packets();
                let stands = |one: &Awaited| {
                    self.watches.awaits(one.order, one.seq)
                        && self.takeovers.is_heard(one.order, heard)
                };
                if watches.iter().all(stands) {
                    self.takeovers.give(Deed {
                        watches,
                        calls,
                        ops,
                        places,
                    });
                } else {
                    watches
                        .iter()
                        .for_each(|one| self.takeovers.withhold(one.order));
                }
                Ok(())
            }
            EngineCall::Withhold { order } => {
                self.takeovers.withhold(order);
                Ok(())
            }
            EngineCall::Cease {
                order,
                farewell,
                handover,
            } => {
                self.takeovers.withhold(order);
                let wall = clock::wall();
                let ended = self.transmissions.cease(order, &mut self.ledgers, wall);
                let entrusted = match handover && ended.is_some() {
                    true => Entrusted::Handover { beaten: !farewell },
                    false => Entrusted::Nothing,
                };
                (self.entrust)(order, entrusted);
                match ended {
                    Some(ended) if farewell => {
                        self.sockets.send_all(ended.ifindex, &ended.farewell)
                    }
                    _ => Ok(()),
                }
            }
            EngineCall::Leave { within } => {
                self.transmissions.forget();
                self.watches.forget();
                self.takeovers.forget();
                (self.entrust)(0, Entrusted::Everything { within });
                Ok(())
            }
            EngineCall::Renew => {
                self.transmissions.renew(posted);
                Ok(())
            }
            EngineCall::Send {
                order,
                ifindex,
                packets,
            } => {
                let mut packets = Outgoing::compose_all(&packets, ifindex)?;
                self.sockets.listens(ifindex)?;
                self.transmissions
                    .stamp(order, &mut packets, &mut self.ledgers, clock::wall());
                self.sockets.send_all(ifindex, &packets)
            }
            EngineCall::Watch {
                order,
                seq,
                ifindex,
                tags,
                verify,
                expect,
                hears,
                timeout,
                rearm,
            } => {
                self.takeovers.withhold(order);
                self.sockets.listens(ifindex)?;
                let watch = watch::Order {
                    seq,
                    ifindex,
                    tags,
                    verify: verify.as_deref().map(Verifier::read).transpose()?,
                    expect: expect.as_ref().map(Pattern::read).transpose()?,
                    hears,
                    timeout,
                    rearm,
                };
                self.watches.give(order, watch, now);
                Ok(())
            }
            EngineCall::Unwatch { order } => {
                self.takeovers.withhold(order);
                self.watches.end(order);
                Ok(())
            }
            // Answered by whoever knows the number of the call.
            EngineCall::Settle | EngineCall::Counters => Ok(()),
        }
    }

    /// Begins or changes a transmission.
    pub(super) fn transmit(
        &mut self,
        call: EngineCall,
        posted: u64,
        now: u64,
    ) -> Result<(), Error> {
        let EngineCall::Transmit {
            order,
            ifindex,
            packets,
            interval,
            immediately,
            lease,
            patience,
            farewell,
            withdraw,
            keep,
        } = call
        else {
            return Ok(());
        };
        let packets = Outgoing::compose_all(&packets, ifindex)?;
        for packet in &packets {
            self.sockets.of((ifindex, packet.channel))?;
        }
        if self.is_ignorant(order, posted) {
            return Err(Error::Lapsed { order });
        }
        at_least("interval", interval)?;
        at_least("lease", lease)?;
        let transmission = transmit::Order {
            ifindex,
            packets,
            interval,
            immediately,
            lease,
            patience,
            farewell: Outgoing::compose_all(&farewell, ifindex)?,
            withdraw,
            keep,
        };
        self.transmissions.give(order, transmission, now);
        let wall = clock::wall();
        let will = self.transmissions.will(order, &mut self.ledgers, wall);
        (self.entrust)(order, will.map_or(Entrusted::Nothing, entrusted));
        Ok(())
    }
}

fn at_least(field: &'static str, value: u64) -> Result<(), Error> {
    if value >= SHORTEST {
        return Ok(());
    }
    Err(Error::Range {
        field,
        value,
        limit: "at least 1000 µs",
    })
}
