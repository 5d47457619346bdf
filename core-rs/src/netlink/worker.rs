//! What the kernel thread has.

use super::apply::Placed;
use super::beat::Beats;
use super::estate::{Bequeath, Estate};
use super::follow::Followed;
use super::link::Links;
use super::notify::Notices;
use super::ours::Ours;
use super::socket::Conversation;
use crate::announce::Announcer;
use crate::asked::Asked;
use crate::error::Error;
use crate::ipvs::Ipvs;
use crate::ipvs::job::Job;
use crate::mailbox::Mailbox;
use crate::nft::Nft;
use crate::protocol::{AddressOp, Announcement, IpvsCall, KernelCall};
use crate::settings::Settings;
use crate::sink::Sink;
use crate::sys::epoll::Epoll;
use crate::sys::timer::Timer;
use neli::consts::socket::NlFamily;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc::Sender;

/// Token of what is heard of addresses that were announced.
pub const CLAIMS: u64 = 4;

/// What the kernel thread is sent.
#[derive(Debug)]
pub enum Message {
    /// Is carried out in its turn.
    Call(Asked<KernelCall>),
    /// Addresses of a takeover, and what is announced of them.
    TakeOver(Vec<AddressOp>, Vec<Announcement>),
    /// Lets others go first.
    Ipvs(Asked<IpvsCall>),
    /// Everything before that does not let others go first is done: somebody waits for that.
    Settle(Sender<()>),
    /// The thread shall end.
    Stop,
}

/// All that the kernel thread has.
pub struct Worker<S> {
    pub(super) sink: S,
    pub(super) messages: Mailbox<Message>,
    /// What goes first, in the order of submission.
    pub(super) urgent: VecDeque<Message>,
    /// What lets others go first, in the order of submission.
    pub(super) jobs: VecDeque<(Option<u32>, Job)>,
    /// There are no more messages.
    pub(super) closed: bool,
    pub(super) epoll: Epoll,
    pub(super) notices: Notices,
    pub(super) kernel: Conversation,
    pub(super) ipvs: Ipvs,
    pub(super) nft: Nft,
    pub(super) settings: Settings,
    /// Whether the loop is woken by what becomes of tables of nftables.
    pub(super) watches_nft: bool,
    pub(super) announcer: Announcer,
    /// Set to when the next announcement may leave.
    pub(super) timer: Timer,
    pub(super) links: Links,
    pub(super) ours: Ours,
    pub(super) placed: Placed,
    pub(super) estate: Estate,
    pub(super) followed: Followed,
    pub(super) beats: Beats,
    /// Whether `links` is complete: it was read, and no notification was lost since.
    pub(super) links_known: bool,
    /// Notifications were lost: what is followed has to be read anew.
    pub(super) lost: bool,
}

impl<S: Sink> Worker<S> {
    /// Opens the sockets.
    pub fn new(sink: S, messages: Mailbox<Message>, bequeath: Bequeath) -> Result<Self, Error> {
        let notices = Notices::open()?;
        let watch = || -> io::Result<(Epoll, Timer)> {
            let (epoll, timer) = (Epoll::new()?, Timer::new()?);
            epoll.add(&messages, libc::EPOLLIN, 0)?;
            epoll.add(&notices, libc::EPOLLIN, 1)?;
            epoll.add(&timer, libc::EPOLLIN, 2)?;
            Ok((epoll, timer))
        };
        let (epoll, timer) = watch().map_err(Error::system("watch the kernel's notifications"))?;
        Ok(Self {
            sink,
            messages,
            urgent: VecDeque::new(),
            jobs: VecDeque::new(),
            closed: false,
            epoll,
            notices,
            kernel: Conversation::open(NlFamily::Route)?,
            ipvs: Ipvs::default(),
            nft: Nft::default(),
            settings: Settings::default(),
            watches_nft: false,
            announcer: Announcer::default(),
            timer,
            links: Links::default(),
            ours: Ours::default(),
            placed: Placed::default(),
            estate: Estate::new(bequeath),
            followed: Followed::default(),
            beats: Beats::default(),
            links_known: false,
            lost: false,
        })
    }
}
