//! Adding and deleting things of any kind, and where the kernel tells of others at work.

use super::notify::Notices;
use super::socket::{Ask, Conversation};
use super::{route, rule};
use crate::error::Error;
use crate::protocol::{Deed, KernelOp, RoutePlace, Spot, Thing};
use std::collections::{BTreeSet, HashMap};

/// Things that were added by order and not deleted by one, by the place they are in.
#[derive(Debug, Default)]
pub struct Placed {
    bodies: HashMap<Spot, BTreeSet<Vec<u8>>>,
}

impl Placed {
    /// Whether what happened somewhere may concern something that was added.
    pub fn has(&self, spot: &Spot) -> bool {
        self.bodies.contains_key(spot)
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.bodies.is_empty()
    }

    fn knows(&self, spot: &Spot, body: &[u8]) -> bool {
        self.bodies
            .get(spot)
            .is_some_and(|bodies| bodies.contains(body))
    }

    fn enter(&mut self, op: Deed, spot: Spot, body: Vec<u8>) {
        match op {
            Deed::Add => {
                self.bodies.entry(spot).or_default().insert(body);
            }
            Deed::Delete => {
                let left = self.bodies.get_mut(&spot).map(|bodies| {
                    bodies.remove(&body);
                    bodies.len()
                });
                if left == Some(0) {
                    self.bodies.remove(&spot);
                }
            }
        }
    }
}

/// Carries out the operations, in order, many in one send, and returns one `errno` each.
pub fn apply(
    kernel: &mut Conversation,
    notices: &mut Notices,
    (ops, placed): (&[KernelOp], &mut Placed),
) -> Result<Vec<i32>, Error> {
    let asks = ops.iter().map(ask).collect::<Result<Vec<Ask>, Error>>()?;
    for op in ops {
        notices.hear_of(&spot(&op.thing)?)?;
    }
    let errnos = kernel.apply("change routes and rules", &asks)?;
    let each = |((op, ask), errno): ((&KernelOp, Ask), i32)| {
        let spot = spot(&op.thing)?;
        let known = placed.knows(&spot, &ask.body);
        let errno = result(op, errno, known);
        if errno == 0 {
            placed.enter(op.op, spot, ask.body);
        }
        Ok(errno)
    };
    ops.iter().zip(asks).zip(errnos).map(each).collect()
}

/// Whether it is one for here: of rtnetlink.
pub fn takes(op: &KernelOp) -> bool {
    matches!(op.thing, Thing::Route(_) | Thing::Rule(_))
}

fn ask(op: &KernelOp) -> Result<Ask, Error> {
    match &op.thing {
        Thing::Route(route) => Ok(route::ask(op.op, route)),
        Thing::Rule(rule) => Ok(rule::ask(op.op, rule)),
        _ => Err(foreign()),
    }
}

fn spot(thing: &Thing) -> Result<Spot, Error> {
    match thing {
        Thing::Route(route) => Ok(Spot::Route(route::spot(route))),
        Thing::Rule(rule) => Ok(Spot::Rule(rule::spot(rule))),
        _ => Err(foreign()),
    }
}

fn foreign() -> Error {
    Error::Malformed("this thing is not one of rtnetlink".to_owned())
}

/// What an operation came to; `known`: the very same was added before.
fn result(op: &KernelOp, errno: i32, known: bool) -> i32 {
    let exclusive = matches!(
        &op.thing,
        Thing::Route(route) if route.place == Some(RoutePlace::Add)
    );
    match (op.op, errno) {
        (Deed::Add, libc::EEXIST) if known || !exclusive => 0,
        // With its interface or its address the kernel deletes a route by itself.
        (Deed::Delete, libc::ESRCH | libc::ENOENT | libc::ENODEV) => 0,
        _ => errno,
    }
}
