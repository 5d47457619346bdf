//! The raw sockets of the engine: one of each interface and channel that is listened to.

use super::outgoing::Outgoing;
use crate::error::Error;
use crate::socket::vrrp::VrrpSocket;
use crate::sys::epoll::Epoll;
use crate::wire::Channel;
use std::collections::BTreeMap;

/// Interface and channel of a socket.
pub type Place = (u32, Channel);

/// All channels, by their numbers in [`token_of`].
pub const CHANNELS: [Channel; 3] = [Channel::Vrrp4, Channel::Ah4, Channel::Vrrp6];

/// What epoll says of a socket that has something.
fn token_of((ifindex, channel): Place) -> u64 {
    let number = CHANNELS.iter().position(|one| *one == channel).unwrap_or(0);
    (u64::try_from(number).unwrap_or(0) << 32) | u64::from(ifindex)
}

/// Which socket epoll has said it of.
pub fn place_of(token: u64) -> Option<Place> {
    let channel = CHANNELS.get(usize::try_from(token >> 32).ok()?)?;
    Some((u32::try_from(token & 0xffff_ffff).ok()?, *channel))
}

/// Every socket, by its place.
#[derive(Default)]
pub struct Sockets(BTreeMap<Place, VrrpSocket>);

impl Sockets {
    /// A socket, opened when need be, and anew when the interface has another name by now.
    pub fn listen(
        &mut self,
        place: Place,
        ifname: &str,
        epoll: &Epoll,
    ) -> Result<&mut VrrpSocket, Error> {
        let (ifindex, channel) = place;
        let same = |socket: &VrrpSocket| socket.ifname() == ifname;
        if !self.0.get(&place).is_some_and(same) {
            let socket = VrrpSocket::open(ifindex, ifname, channel)?;
            epoll
                .add(&socket, libc::EPOLLIN, token_of(place))
                .map_err(Error::socket("wait for packets", ifname))?;
            self.0.insert(place, socket);
        }
        let socket = self.0.get_mut(&place);
        socket.ok_or(Error::NotListening { ifindex })
    }

    /// Closes those of an interface, but for some channels.
    pub fn close(&mut self, ifindex: u32, but: &[Channel]) {
        self.0
            .retain(|(of, channel), _| *of != ifindex || but.contains(channel));
    }

    /// The socket of a place, if there is one.
    pub fn get(&self, place: Place) -> Option<&VrrpSocket> {
        self.0.get(&place)
    }

    /// The socket of a place.
    pub fn of(&self, place: Place) -> Result<&VrrpSocket, Error> {
        let (ifindex, _) = place;
        self.get(place).ok_or(Error::NotListening { ifindex })
    }

    /// Fails unless there is a socket of the interface.
    pub fn listens(&self, ifindex: u32) -> Result<(), Error> {
        let some = self.interfaces().any(|of| of == ifindex);
        some.then_some(()).ok_or(Error::NotListening { ifindex })
    }

    /// Interfaces that are listened to, once for each socket.
    pub fn interfaces(&self) -> impl Iterator<Item = u32> {
        self.0.keys().map(|(ifindex, _)| *ifindex)
    }

    /// Sends every packet, whether or not one before it failed; the first failure is the result.
    pub fn send_all(&self, ifindex: u32, packets: &[Outgoing]) -> Result<(), Error> {
        let mut all = Ok(());
        for channel in CHANNELS {
            let own = || packets.iter().filter(|one| one.channel == channel);
            if own().next().is_none() {
                continue;
            }
            let socket = self.of((ifindex, channel))?;
            let failed = Error::socket("send a datagram", socket.ifname());
            let mut first = Ok(());
            socket.send(own(), |result| {
                if first.is_ok() {
                    first = result;
                }
            });
            all = all.and(first.map_err(failed));
        }
        all
    }
}
