//! The kernel's load balancer: its table of services and destinations, over generic netlink.

pub mod apply;
pub mod attribute;
#[cfg(all(test, target_endian = "little"))]
mod captures;
pub mod constants;
pub mod dump;
pub mod family;
pub mod message;
pub mod settings;

use crate::error::Error;
use crate::netlink::socket::Conversation;
use crate::protocol::{Call, CallResult};
use neli::consts::socket::NlFamily;

/// Executes the calls `Ipvs*`. The socket is opened by the first of them.
#[derive(Default)]
pub struct Ipvs {
    kernel: Option<Conversation>,
    loader: family::Loader,
}

impl Ipvs {
    /// Executes one call. None when it is not about IPVS.
    pub fn call(&mut self, call: &Call) -> Result<Option<CallResult>, Error> {
        let result = match call {
            Call::IpvsInfo => {
                // Somebody begins: the module may have been installed meanwhile.
                self.loader.again();
                let (kernel, family) = self.open()?;
                settings::info(kernel, family)?
            }
            Call::IpvsDump => {
                let (kernel, family) = self.open()?;
                CallResult::IpvsTable {
                    services: dump::table(kernel, family)?,
                }
            }
            Call::IpvsApply { ops } => {
                let (kernel, family) = self.open()?;
                CallResult::Applied {
                    errnos: apply::apply(kernel, family, ops)?,
                }
            }
            Call::IpvsTimeouts => {
                let (kernel, family) = self.open()?;
                CallResult::IpvsTimeouts {
                    timeouts: settings::timeouts(kernel, family)?,
                }
            }
            Call::IpvsSetTimeouts { timeouts } => {
                let (kernel, family) = self.open()?;
                settings::set_timeouts(kernel, family, *timeouts)?;
                CallResult::Done
            }
            _ => return Ok(None),
        };
        Ok(Some(result))
    }

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
