//! Watches that expire, and what is done then without asking.

use super::takeover::Deed;
use super::turn::Engine;
use crate::protocol::{Awaited, EngineCall, Event};
use crate::sink::Sink;

impl Engine {
    /// Hands out watches whose deadline is reached. What was prepared for the last of its watches is
    /// done at once.
    pub(super) fn expire(&mut self, now: u64) {
        let mut expired = std::mem::take(&mut self.expired);
        self.watches
            .advance(now, |order, seq| expired.push(Awaited { order, seq }));
        for Awaited { order, seq } in expired.drain(..) {
            match self.takeovers.expired(order, seq) {
                Some(deed) => self.take_over((order, seq), deed, now),
                None => self.queue.event(Event::Expired { order, seq }),
            }
        }
        self.expired = expired;
    }

    fn take_over(&mut self, (order, seq): (u32, u32), deed: Deed, now: u64) {
        let Deed {
            watches,
            calls,
            ops,
            places,
        } = deed;
        let mut orders = Vec::with_capacity(calls.len());
        for call in calls {
            let EngineCall::Transmit { order, .. } = call else {
                continue;
            };
            // What cannot be sent is left to whoever decides, who will hear why.
            if self.transmit(call, now, now).is_ok() {
                orders.push(order);
            }
        }
        if orders.is_empty() {
            return self.queue.event(Event::Expired { order, seq });
        }
        // First the word, then the deed: whoever hears of the addresses knows whose they are.
        self.queue.event(Event::TakenOver {
            watches,
            orders,
            ops: ops.clone(),
            places: places.clone(),
        });
        self.carry_out(now);
        (self.take)(ops, places);
    }
}
