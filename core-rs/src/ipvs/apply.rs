//! Changes of the IPVS table: many messages in one send, each acknowledged, each idempotent.

use super::attribute::Writer;
use super::constants::{VERSION, command};
use super::message::{put_destination, put_destination_id, put_service, put_service_id};
use crate::error::Error;
use crate::netlink::socket::{Ask, Conversation};
use crate::protocol::{IpvsOp, ServiceId};
use std::collections::HashSet;
use std::net::IpAddr;

/// Carries out the operations, in order, and returns one `errno` each. What is there already is
/// set instead of added, what is not there is added instead of set, deleting the absent succeeds.
pub fn apply(kernel: &mut Conversation, family: u16, ops: &[IpvsOp]) -> Result<Vec<i32>, Error> {
    let mut errnos = Vec::with_capacity(ops.len());
    let mut rest = ops;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(independent(rest));
        errnos.extend(apply_independent(kernel, family, now)?);
        rest = later;
    }
    Ok(errnos)
}

/// Applies operations none of which looks at what a second attempt of an earlier one changes.
fn apply_independent(
    kernel: &mut Conversation,
    family: u16,
    ops: &[IpvsOp],
) -> Result<Vec<i32>, Error> {
    let asks = ops
        .iter()
        .map(|op| ask(family, op))
        .collect::<Result<Vec<_>, _>>()?;
    let mut verdicts: Vec<_> = ops
        .iter()
        .zip(kernel.apply("change the IPVS table", &asks)?)
        .map(|(op, errno)| verdict(op, errno))
        .collect();
    let seconds = verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Instead(op) => Some(ask(family, op)),
        Verdict::Errno(_) => None,
    });
    let seconds = seconds.collect::<Result<Vec<_>, _>>()?;
    let mut answers = kernel.apply("change the IPVS table", &seconds)?.into_iter();
    for verdict in &mut verdicts {
        if matches!(verdict, Verdict::Instead(_)) {
            *verdict = Verdict::Errno(answers.next().unwrap_or(libc::EPROTO));
        }
    }
    let errno = |verdict| match verdict {
        Verdict::Errno(errno) => errno,
        Verdict::Instead(_) => libc::EPROTO,
    };
    Ok(verdicts.into_iter().map(errno).collect())
}

/// What the kernel's answer to an operation means.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// It is final.
    Errno(i32),
    /// Another operation leads to what is wanted.
    Instead(IpvsOp),
}

/// The kernel says `ESRCH` for an absent service, `ENOENT` for an absent destination, `EEXIST` for
/// either that exists. An unknown scheduler is `ENOENT` as well, but of a service.
fn verdict(op: &IpvsOp, errno: i32) -> Verdict {
    match (op, errno) {
        (IpvsOp::NewService { service }, libc::EEXIST) => Verdict::Instead(IpvsOp::SetService {
            service: service.clone(),
        }),
        (IpvsOp::SetService { service }, libc::ESRCH) => Verdict::Instead(IpvsOp::NewService {
            service: service.clone(),
        }),
        (IpvsOp::NewDestination { id, destination }, libc::EEXIST) => {
            Verdict::Instead(IpvsOp::SetDestination {
                id: id.clone(),
                destination: destination.clone(),
            })
        }
        (IpvsOp::SetDestination { id, destination }, libc::ENOENT) => {
            Verdict::Instead(IpvsOp::NewDestination {
                id: id.clone(),
                destination: destination.clone(),
            })
        }
        (
            IpvsOp::DeleteService { .. } | IpvsOp::DeleteDestination { .. },
            libc::ESRCH | libc::ENOENT,
        ) => Verdict::Errno(0),
        _ => Verdict::Errno(errno),
    }
}

/// What a second attempt of an operation would change.
#[derive(PartialEq, Eq, Hash)]
enum Touched<'a> {
    /// All of it.
    Everything,
    /// Whether the service exists: matters to its destinations too.
    Existence(&'a ServiceId),
    /// Parameters of the service.
    Service(&'a ServiceId),
    /// Any of its destinations.
    Destinations(&'a ServiceId),
    /// One of its destinations.
    Destination(&'a ServiceId, IpAddr, u16),
}

/// How many of the operations, at least one, can be sent together: a second attempt comes after
/// all of them, so none may depend on an earlier one that might need it.
fn independent(ops: &[IpvsOp]) -> usize {
    let mut touched = HashSet::new();
    for (index, op) in ops.iter().enumerate() {
        let is_touched = |one: &Touched<'_>| match one {
            Touched::Everything => !touched.is_empty(),
            one => touched.contains(one),
        };
        if depends_on(op).iter().any(is_touched) {
            return index;
        }
        touched.extend(may_touch(op));
    }
    ops.len()
}

fn depends_on(op: &IpvsOp) -> Vec<Touched<'_>> {
    match op {
        IpvsOp::Flush => vec![Touched::Everything],
        IpvsOp::NewService { service } | IpvsOp::SetService { service } => {
            vec![Touched::Service(&service.id)]
        }
        IpvsOp::DeleteService { id } => vec![Touched::Service(id), Touched::Destinations(id)],
        IpvsOp::NewDestination { id, destination }
        | IpvsOp::SetDestination { id, destination }
        | IpvsOp::DeleteDestination { id, destination } => vec![
            Touched::Existence(id),
            Touched::Destination(id, destination.address, destination.port),
        ],
    }
}

fn may_touch(op: &IpvsOp) -> Vec<Touched<'_>> {
    match op {
        IpvsOp::NewService { service } => vec![Touched::Service(&service.id)],
        IpvsOp::SetService { service } => vec![
            Touched::Service(&service.id),
            Touched::Existence(&service.id),
        ],
        IpvsOp::NewDestination { id, destination } | IpvsOp::SetDestination { id, destination } => {
            vec![
                Touched::Destinations(id),
                Touched::Destination(id, destination.address, destination.port),
            ]
        }
        IpvsOp::DeleteService { .. } | IpvsOp::DeleteDestination { .. } | IpvsOp::Flush => vec![],
    }
}

fn ask(family: u16, op: &IpvsOp) -> Result<Ask, Error> {
    let mut message = Writer::default();
    let command = match op {
        IpvsOp::Flush => command::FLUSH,
        IpvsOp::NewService { service } => {
            put_service(&mut message, service)?;
            command::NEW_SERVICE
        }
        IpvsOp::SetService { service } => {
            put_service(&mut message, service)?;
            command::SET_SERVICE
        }
        IpvsOp::DeleteService { id } => {
            put_service_id(&mut message, id)?;
            command::DEL_SERVICE
        }
        IpvsOp::NewDestination { id, destination } => {
            put_service_id(&mut message, id)?;
            put_destination(&mut message, destination)?;
            command::NEW_DEST
        }
        IpvsOp::SetDestination { id, destination } => {
            put_service_id(&mut message, id)?;
            put_destination(&mut message, destination)?;
            command::SET_DEST
        }
        IpvsOp::DeleteDestination { id, destination } => {
            put_service_id(&mut message, id)?;
            put_destination_id(&mut message, destination)?;
            command::DEL_DEST
        }
    };
    message.ask(family, command, VERSION)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::sample::{id, service};
    use super::*;
    use crate::protocol::{Destination, Forwarding};

    fn destination(last: u8) -> Destination {
        Destination {
            address: IpAddr::from([192, 0, 2, last]),
            port: 80,
            forwarding: Forwarding::Dr,
            weight: 1,
            upper_threshold: 0,
            lower_threshold: 0,
        }
    }

    fn new(mark: u32) -> IpvsOp {
        IpvsOp::NewService {
            service: service(mark),
        }
    }

    fn set(mark: u32) -> IpvsOp {
        IpvsOp::SetService {
            service: service(mark),
        }
    }

    fn delete(mark: u32) -> IpvsOp {
        IpvsOp::DeleteService { id: id(mark) }
    }

    fn new_to(mark: u32, last: u8) -> IpvsOp {
        IpvsOp::NewDestination {
            id: id(mark),
            destination: destination(last),
        }
    }

    fn set_to(mark: u32, last: u8) -> IpvsOp {
        IpvsOp::SetDestination {
            id: id(mark),
            destination: destination(last),
        }
    }

    fn delete_from(mark: u32, last: u8) -> IpvsOp {
        IpvsOp::DeleteDestination {
            id: id(mark),
            destination: destination(last),
        }
    }

    #[test]
    fn verdict_of_what_is_there_or_absent_is_another_way_or_success() {
        for (op, errno, expected) in [
            (new(1), libc::EEXIST, Verdict::Instead(set(1))),
            (set(1), libc::ESRCH, Verdict::Instead(new(1))),
            (new_to(1, 1), libc::EEXIST, Verdict::Instead(set_to(1, 1))),
            (set_to(1, 1), libc::ENOENT, Verdict::Instead(new_to(1, 1))),
            (set_to(1, 1), libc::ESRCH, Verdict::Errno(libc::ESRCH)),
            (new(1), libc::ENOENT, Verdict::Errno(libc::ENOENT)),
            (delete(1), libc::ESRCH, Verdict::Errno(0)),
            (delete_from(1, 1), libc::ENOENT, Verdict::Errno(0)),
            (delete_from(1, 1), libc::ESRCH, Verdict::Errno(0)),
            (delete(1), libc::EPERM, Verdict::Errno(libc::EPERM)),
            (new(1), 0, Verdict::Errno(0)),
        ] {
            assert_eq!(verdict(&op, errno), expected);
        }
    }

    #[test]
    fn independent_ends_before_what_a_second_attempt_would_overtake() {
        for (ops, count) in [
            // New service with destinations, the usual case, in one send.
            (
                vec![new(1), new_to(1, 1), new_to(1, 2), new(2), new_to(2, 1)],
                5,
            ),
            // An absent service must have been added before its destinations.
            (vec![set(1), new_to(1, 1)], 1),
            (vec![set(1), new_to(2, 1)], 2),
            (vec![new(1), delete(1)], 1),
            (vec![new(1), set(1)], 1),
            (vec![set_to(1, 1), set_to(1, 2), delete_from(1, 1)], 2),
            (vec![new_to(1, 1), delete(1)], 1),
            // Deletions are final: what follows may be anything.
            (vec![delete_from(1, 1), new_to(1, 1)], 2),
            (vec![delete(1), new(1), new_to(1, 1)], 3),
            (vec![delete(1), delete(1)], 2),
        ] {
            assert_eq!(independent(&ops), count, "{ops:?}");
        }
    }
}
