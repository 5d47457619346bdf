//! One probe under way: over a connection, or by datagrams.

use super::context::{Context, Going};
use super::datagram::Asking;
use super::failed::{Failed, outcome};
use super::stream::Stream;
use crate::protocol::{Exchange, Outcome, Probe};

/// A probe under way.
pub enum Attempt {
    /// Over TCP.
    Stream(Box<Stream>),
    /// By UDP or ICMP.
    Datagram(Asking),
}

impl Attempt {
    /// Begins, or ends at once.
    pub fn begin(probe: &Probe, context: &Context<'_>) -> Result<Self, Outcome> {
        match &probe.exchange {
            Exchange::Connect | Exchange::Http { .. } | Exchange::Smtp { .. } => {
                let begun = Stream::begin(probe, context)?;
                Ok(Self::Stream(Box::new(begun)))
            }
            Exchange::Dns { .. } | Exchange::Datagram { .. } | Exchange::Ping => {
                let begun = Asking::begin(probe, context).map_err(|failed| outcome(0, failed))?;
                Ok(Self::Datagram(begun))
            }
        }
    }

    /// When it must be called again at the latest.
    pub fn deadline(&self) -> u64 {
        match self {
            Self::Stream(stream) => stream.deadline(),
            Self::Datagram(asking) => asking.deadline(),
        }
    }

    /// Its time is up, unless something waits in its socket that nobody has looked at.
    pub fn expire(mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Self, Outcome> {
        let going = match &mut self {
            Self::Stream(stream) => stream.expire(probe, context),
            Self::Datagram(asking) => asking.expire(probe, context),
        };
        self.after(going)
    }

    /// Grants more time, µs: nobody listened for so long.
    pub fn grant(&mut self, time: u64, now: u64) {
        match self {
            Self::Stream(stream) => stream.grant(time, now),
            Self::Datagram(asking) => asking.grant(time, now),
        }
    }

    /// The socket is ready for something: goes on as far as possible. Either it is still under
    /// way, or that is the outcome.
    pub fn proceed(mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Self, Outcome> {
        let going = match &mut self {
            Self::Stream(stream) => stream.proceed(probe, context),
            Self::Datagram(asking) => asking.proceed(probe, context),
        };
        self.after(going)
    }

    fn after(self, going: Result<Going, Failed>) -> Result<Self, Outcome> {
        match (going, self) {
            (Ok(Going::On), going_on) => Ok(going_on),
            (Ok(Going::Done(outcome)), Self::Stream(stream)) => {
                stream.close();
                Err(outcome)
            }
            (Ok(Going::Done(outcome)), Self::Datagram(_)) => Err(outcome),
            (Err(failed), Self::Stream(stream)) => Err(outcome(stream.request(), failed)),
            (Err(failed), Self::Datagram(_)) => Err(outcome(0, failed)),
        }
    }
}
