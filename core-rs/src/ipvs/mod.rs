//! The kernel's load balancer: its table of services and destinations, over generic netlink.

pub mod apply;
pub mod attribute;
#[cfg(all(test, target_endian = "little"))]
mod captures;
pub mod constants;
pub mod dump;
pub mod family;
pub mod job;
pub mod message;
pub mod settings;

use crate::error::Error;
use crate::netlink::socket::Conversation;
use neli::consts::socket::NlFamily;

/// Executes the calls `Ipvs*`, see `job.rs`. The socket is opened by the first of them.
#[derive(Default)]
pub struct Ipvs {
    kernel: Option<Conversation>,
    loader: family::Loader,
}

impl Ipvs {
    /// The socket and the number of the family, which changes when the module is loaded anew.
    fn open(&mut self) -> Result<(&mut Conversation, u16), Error> {
        let kernel = match self.kernel.take() {
            Some(kernel) => kernel,
            None => Conversation::open(NlFamily::Generic)?,
        };
        let kernel = self.kernel.insert(kernel);
        let family = self.loader.resolve(kernel)?;
        Ok((kernel, family))
    }
}
