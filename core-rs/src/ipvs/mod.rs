//! The kernel's load balancer: its table of services and destinations, over generic netlink.

pub mod apply;
pub mod attribute;
#[cfg(all(test, target_endian = "little"))]
mod captures;
pub mod constants;
pub mod daemon;
pub mod dump;
pub mod family;
pub mod job;
pub mod look;
pub mod message;
#[cfg(test)]
mod sample;
pub mod settings;

use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{Buffer, Changed, IpvsTimeouts, SyncDaemon};
use neli::consts::socket::NlFamily;

/// Executes the calls `Ipvs*`, see `job.rs`. The socket is opened by the first of them.
#[derive(Default)]
pub struct Ipvs {
    kernel: Option<Conversation>,
    /// Of the socket, unless the kernel's.
    buffer: Option<Buffer>,
    loader: family::Loader,
    /// The table as TypeScript knows it, and how to look whether it is still so.
    look: look::Look,
    /// Timeouts before they were set here, and since.
    timeouts: Option<(IpvsTimeouts, IpvsTimeouts)>,
}

impl Ipvs {
    /// The socket and the number of the family, which changes when the module is loaded anew.
    fn open(&mut self) -> Result<(&mut Conversation, u16), Error> {
        let kernel = match self.kernel.take() {
            Some(kernel) => kernel,
            None => {
                let opened = Conversation::open(NlFamily::Generic)?;
                if let Some(buffer) = self.buffer {
                    opened.set_buffer(buffer)?;
                }
                opened
            }
        };
        let kernel = self.kernel.insert(kernel);
        let family = self.loader.resolve(kernel)?;
        Ok((kernel, family))
    }

    /// Sets the receive buffer of the socket, now or when it is opened; None: nothing changes.
    pub fn set_buffer(&mut self, buffer: Option<Buffer>) -> Result<(), Error> {
        self.buffer = buffer.or(self.buffer);
        match (&self.kernel, buffer) {
            (Some(kernel), Some(buffer)) => kernel.set_buffer(buffer),
            _ => Ok(()),
        }
    }

    /// Loads the module. Whoever needs it finds out whether that helped.
    pub fn load(&mut self) {
        self.loader.again();
        let _ = self.open();
    }

    /// Starts a sync daemon.
    pub fn sync(&mut self, daemon: &SyncDaemon) -> Result<(), Error> {
        let (kernel, family) = self.open()?;
        daemon::start(kernel, family, daemon)
    }

    /// Stops a sync daemon.
    pub fn unsync(&mut self, daemon: &SyncDaemon) -> Result<(), Error> {
        let (kernel, family) = self.open()?;
        daemon::stop(kernel, family, daemon)
    }

    /// Sets timeouts, and remembers what they were before the first time; what becomes other than it was is told before
    /// it does.
    pub fn keep_timeouts(
        &mut self,
        timeouts: IpvsTimeouts,
        tell: impl FnOnce(Changed),
    ) -> Result<(), Error> {
        let known = self.timeouts;
        let (kernel, family) = self.open()?;
        let now = settings::timeouts(kernel, family)?;
        let kept = |wanted, now| if wanted == 0 { now } else { wanted };
        let is = IpvsTimeouts {
            tcp: kept(timeouts.tcp, now.tcp),
            tcp_fin: kept(timeouts.tcp_fin, now.tcp_fin),
            udp: kept(timeouts.udp, now.udp),
        };
        let (was, before) = known.unwrap_or((now, now));
        if is != before {
            tell(Changed::IpvsTimeouts { was, is });
        }
        settings::set_timeouts(kernel, family, timeouts)?;
        self.timeouts = Some((was, is));
        Ok(())
    }

    /// Takes timeouts for set here, by a process before that had no time to make them what they were; unless somebody
    /// else has set them since.
    pub fn remember_timeouts(&mut self, was: IpvsTimeouts, is: IpvsTimeouts) {
        let Ok((kernel, family)) = self.open() else {
            return;
        };
        if settings::timeouts(kernel, family).is_ok_and(|now| now == is) {
            self.timeouts = Some((was, is));
        }
    }

    /// Sets timeouts to what they were before [`Self::keep_timeouts`], unless somebody else has set them since.
    pub fn restore_timeouts(&mut self) -> Result<(), Error> {
        let Some((was, is)) = self.timeouts else {
            return Ok(());
        };
        let (kernel, family) = self.open()?;
        if settings::timeouts(kernel, family)? == is {
            settings::set_timeouts(kernel, family, was)?;
        }
        self.timeouts = None;
        Ok(())
    }

    /// Time until somebody has to look at the table; None: nobody has asked for that.
    pub fn wait(&self) -> Option<std::time::Duration> {
        self.look.wait()
    }

    /// The look that is due, as a job.
    pub fn due(&mut self) -> Option<job::Job> {
        self.look
            .begins()
            .then(|| job::Job::Look(None, look::Image::default()))
    }

    /// A look has failed; the next one may not.
    pub fn look_failed(&mut self) {
        self.look.ended(std::time::Duration::ZERO);
    }

    /// Whether somebody else has changed the table, once.
    pub fn take_difference(&mut self) -> bool {
        self.look.take_difference()
    }
}
