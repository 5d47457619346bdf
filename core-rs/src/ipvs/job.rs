//! A call about IPVS in steps, each so short that others can go in between: the kernel thread puts
//! the addresses of a new master before the rest of a large table.

use super::look::Image;
use super::{Ipvs, apply, dump, settings};
use crate::error::Error;
use crate::protocol::{Call, CallResult, IpvsOp, Service, ServiceTable};
use std::time::{Duration, Instant};

/// Operations of one step: one send.
const OPS_AT_ONCE: usize = 96;

/// Services whose destinations one step reads.
const SERVICES_AT_ONCE: usize = 32;

/// A call under way.
#[derive(Debug)]
pub enum Job {
    /// One step is enough.
    Short(Call),
    /// Operations, and the results of the first of them.
    Apply(Vec<IpvsOp>, Vec<i32>),
    /// Services whose destinations are to be read, last first, and those that are complete.
    Dump(Vec<Service>, Vec<ServiceTable>),
    /// The same for a look whether somebody else has changed the table, without keeping it.
    Look(Option<Vec<Service>>, Image),
}

impl Job {
    /// Whether a call is one for this lane.
    pub fn takes(call: &Call) -> bool {
        matches!(
            call,
            Call::IpvsApply { .. }
                | Call::IpvsDump
                | Call::IpvsInfo
                | Call::IpvsTimeouts
                | Call::IpvsSetTimeouts { .. }
                | Call::IpvsWatch { .. }
        )
    }

    /// The call as a job.
    pub fn of(call: Call) -> Self {
        match call {
            Call::IpvsApply { ops } => Self::Apply(ops, Vec::new()),
            other => Self::Short(other),
        }
    }
}

impl Ipvs {
    /// Goes one step; the result when it was the last.
    pub fn step(&mut self, job: &mut Job) -> Result<Option<CallResult>, Error> {
        match job {
            Job::Short(Call::IpvsDump) => {
                let (kernel, family) = self.open()?;
                let mut services = dump::services(kernel, family)?;
                services.reverse();
                *job = Job::Dump(services, Vec::new());
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
                self.look.changed_here();
                Ok(done.then(|| CallResult::Applied {
                    errnos: std::mem::take(errnos),
                }))
            }
            Job::Dump(services, table) => {
                let (kernel, family) = self.open()?;
                for _ in 0..SERVICES_AT_ONCE {
                    let Some(service) = services.pop() else {
                        let services = std::mem::take(table);
                        self.look.told(&services);
                        return Ok(Some(CallResult::IpvsTable { services }));
                    };
                    let destinations = dump::destinations(kernel, family, &service)?;
                    table.push(ServiceTable {
                        service,
                        destinations,
                    });
                }
                Ok(None)
            }
        }
    }

    fn short(&mut self, call: &Call) -> Result<CallResult, Error> {
        match call {
            Call::IpvsInfo => {
                // Somebody begins: the module may have been installed meanwhile.
                self.loader.again();
                let (kernel, family) = self.open()?;
                settings::info(kernel, family)
            }
            Call::IpvsTimeouts => {
                let (kernel, family) = self.open()?;
                Ok(CallResult::IpvsTimeouts {
                    timeouts: settings::timeouts(kernel, family)?,
                })
            }
            Call::IpvsSetTimeouts { timeouts } => {
                let (kernel, family) = self.open()?;
                settings::set_timeouts(kernel, family, *timeouts)?;
                Ok(CallResult::Done)
            }
            Call::IpvsWatch { interval } => {
                self.look.every(Duration::from_micros(*interval));
                Ok(CallResult::Done)
            }
            _ => Err(Error::Malformed(
                "this call is not for the kernel thread".to_owned(),
            )),
        }
    }
}
