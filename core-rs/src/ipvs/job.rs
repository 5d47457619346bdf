//! A call about IPVS in steps, each so short that others can go in between: the kernel thread puts
//! the addresses of a new master before the rest of a large table.

use super::look::Image;
use super::{Ipvs, apply, dump, settings};
use crate::error::Error;
use crate::protocol::{
    CallResult, Event, IpvsCall, IpvsOp, Service, ServiceConnections, ServiceId, ServiceTable,
};
use crate::sink::Sink;
use std::time::{Duration, Instant};

/// Operations of one step: one send.
const OPS_AT_ONCE: usize = 96;

/// Destinations told together: what takes JavaScript a few milliseconds.
const TOLD_AT_ONCE: usize = 256;

/// Services whose destinations one step reads.
const SERVICES_AT_ONCE: usize = 32;

/// A call under way.
#[derive(Debug)]
pub enum Job {
    /// One step is enough.
    Short(IpvsCall),
    /// Operations, and the results of the first of them.
    Apply(Vec<IpvsOp>, Vec<i32>),
    /// Services whose connections are to be counted, last first, and those that are complete.
    Count(Vec<ServiceId>, Vec<ServiceConnections>),
    /// The table for TypeScript.
    Dump(Box<Dump>),
    /// A look whether somebody else has changed the table: services whose destinations are to be read, and what
    /// was seen.
    Look(Option<Vec<Service>>, Image),
}

/// What is told of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    /// All of it, once.
    Dump,
    /// All of it, and only what differs from then on.
    Everything,
    /// What differs.
    Difference,
}

/// The table, on its way to TypeScript.
#[derive(Debug)]
pub struct Dump {
    /// Services whose destinations are to be read, last first.
    rest: Vec<Service>,
    /// What is to be told and is not yet.
    table: Vec<ServiceTable>,
    /// All that was found.
    found: Image,
    telling: Telling,
}

impl Job {
    /// The call as a job.
    pub fn of(call: IpvsCall) -> Self {
        match call {
            IpvsCall::IpvsApply { ops } => Self::Apply(ops, Vec::new()),
            IpvsCall::IpvsConnections { mut services } => {
                services.reverse();
                Self::Count(services, Vec::new())
            }
            other => Self::Short(other),
        }
    }
}

impl Ipvs {
    /// Goes one step; the result when it was the last. What is told before goes to `sink`.
    pub fn step(&mut self, job: &mut Job, sink: &impl Sink) -> Result<Option<CallResult>, Error> {
        match job {
            Job::Count(services, counts) => {
                let (kernel, family) = self.open()?;
                for _ in 0..SERVICES_AT_ONCE {
                    let Some(service) = services.pop() else {
                        let counts = std::mem::take(counts);
                        return Ok(Some(CallResult::IpvsConnections { counts }));
                    };
                    let destinations = dump::connections(kernel, family, &service)?;
                    counts.push(ServiceConnections {
                        service,
                        destinations,
                    });
                }
                Ok(None)
            }
            Job::Short(IpvsCall::IpvsDump) => {
                *job = self.begin_dump(Telling::Dump)?;
                Ok(None)
            }
            Job::Short(IpvsCall::IpvsDifference { afresh }) => {
                let telling = match self.look.begin(*afresh) {
                    true => Telling::Everything,
                    false => Telling::Difference,
                };
                *job = self.begin_dump(telling)?;
                Ok(None)
            }
            Job::Short(call) => self.short(call).map(Some),
            Job::Look(services, image) => {
                let begun = Instant::now();
                let (kernel, family) = self.open()?;
                let rest = match services {
                    Some(rest) => rest,
                    None => services.insert(dump::services(kernel, family)?),
                };
                let mut done = false;
                for _ in 0..SERVICES_AT_ONCE {
                    let Some(service) = rest.pop() else {
                        done = true;
                        break;
                    };
                    let destinations = dump::destinations(kernel, family, &service)?;
                    image.enter(&service, &destinations);
                }
                image.spent += begun.elapsed();
                if done {
                    self.look.seen(image);
                }
                Ok(done.then_some(CallResult::Done))
            }
            Job::Apply(ops, errnos) => {
                let (kernel, family) = self.open()?;
                let rest = ops.get(errnos.len()..).unwrap_or_default();
                let now = rest.get(..OPS_AT_ONCE).unwrap_or(rest);
                errnos.extend(apply::apply(kernel, family, now)?);
                let done = errnos.len() >= ops.len();
                self.look.changed_here(now);
                Ok(done.then(|| CallResult::Applied {
                    errnos: std::mem::take(errnos),
                }))
            }
            Job::Dump(dump) => self.dump_on(dump, sink),
        }
    }

    fn begin_dump(&mut self, telling: Telling) -> Result<Job, Error> {
        let (kernel, family) = self.open()?;
        let mut rest = dump::services(kernel, family)?;
        rest.reverse();
        Ok(Job::Dump(Box::new(Dump {
            rest,
            table: Vec::new(),
            found: Image::default(),
            telling,
        })))
    }

    fn dump_on(&mut self, dump: &mut Dump, sink: &impl Sink) -> Result<Option<CallResult>, Error> {
        let Dump {
            rest,
            table,
            found,
            telling,
        } = dump;
        for _ in 0..SERVICES_AT_ONCE {
            let Some(service) = rest.pop() else {
                let gone = match telling {
                    Telling::Dump => None,
                    _ => Some(self.look.told(found)),
                };
                return Ok(Some(CallResult::IpvsTable {
                    services: std::mem::take(table),
                    gone: gone.filter(|_| *telling == Telling::Difference),
                }));
            };
            let (kernel, family) = self.open()?;
            let destinations = dump::destinations(kernel, family, &service)?;
            let number = found.enter(&service, &destinations);
            if *telling == Telling::Difference && !self.look.is_news(&service.id, number) {
                continue;
            }
            table.push(ServiceTable {
                service,
                destinations,
            });
            let told = |one: &ServiceTable| one.destinations.len() + 1;
            let much = table.iter().map(told).sum::<usize>() >= TOLD_AT_ONCE;
            if much && *telling != Telling::Dump {
                let services = std::mem::take(table);
                sink.event(Event::IpvsServices { services });
            }
        }
        Ok(None)
    }

    fn short(&mut self, call: &IpvsCall) -> Result<CallResult, Error> {
        match call {
            IpvsCall::IpvsInfo => {
                // Somebody begins: the module may have been installed meanwhile.
                self.loader.again();
                let (kernel, family) = self.open()?;
                settings::info(kernel, family)
            }
            IpvsCall::IpvsTimeouts => {
                let (kernel, family) = self.open()?;
                Ok(CallResult::IpvsTimeouts {
                    timeouts: settings::timeouts(kernel, family)?,
                })
            }
            IpvsCall::IpvsSetTimeouts { timeouts } => {
                let (kernel, family) = self.open()?;
                settings::set_timeouts(kernel, family, *timeouts)?;
                Ok(CallResult::Done)
            }
            IpvsCall::IpvsWatch { interval } => {
                self.look.every(Duration::from_micros(*interval));
                Ok(CallResult::Done)
            }
            _ => Err(Error::Malformed(
                "this call is not for the kernel thread".to_owned(),
            )),
        }
    }
}
