//! One conversation with the kernel at a time: requests in batches, dumps, answers matched by number.
//!
//! `neli` supplies the socket and the encoding. Its router is not used: it owns threads and fails
//! every caller when one answer is out of sequence. Here late answers of an abandoned request are
//! simply passed over.

use super::attribute::is_whole;
use crate::error::Error;
use crate::nft::constants as nft;
use crate::protocol;
use crate::sys::netlink::{descriptor, force_receive_buffer, force_send_buffer};
use neli::consts::nl::{NlmF, Nlmsg};
use neli::consts::socket::{Msg, NlFamily};
use neli::nl::{NlPayload, Nlmsghdr, NlmsghdrBuilder};
use neli::socket::NlSocket;
use neli::types::Buffer;
use neli::utils::Groups;
use neli::{FromBytes, ToBytes};
use socket2::SockRef;
use std::io::{self, Cursor, ErrorKind};
use std::time::Duration;

/// Bytes of the header of a message (`struct nlmsghdr`).
const HEADER: usize = 16;

/// Most messages of one send. The kernel queues one answer for each that failed before the send
/// returns; it repeats the request and takes less than 2 KiB of the socket's receive buffer.
const BATCH_MESSAGES: usize = 96;

/// Most bytes of one send, far below the default send buffer of 208 KiB.
const BATCH_BYTES: usize = 48 << 10;

/// Wanted size of the socket's receive buffer; the kernel caps it at `net.core.rmem_max`, 208 KiB
/// by default, and doubles it.
const SOCKET_BYTES: usize = 512 << 10;

/// Bytes of the buffer for one receive: the kernel fills dumps up to 32 KiB per message.
const RECEIVE_BYTES: usize = 64 << 10;

/// How often a dump is begun that changes of the table interrupt (`NLM_F_DUMP_INTR`).
const DUMP_ATTEMPTS: u32 = 10;

/// The kernel answers before the send returns; after this long an answer was lost.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);

/// A netlink message whose body is not interpreted yet.
pub type Message = Nlmsghdr<u16, Buffer>;

/// What is asked of the kernel.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Message type: `RTM_*`, or the number of a generic netlink family.
    pub kind: u16,
    /// Flags beside `NLM_F_REQUEST` and, where it is wanted, `NLM_F_ACK`.
    pub flags: NlmF,
    /// The encoded body.
    pub body: Vec<u8>,
}

/// Sets the receive buffer of a socket to the kernel.
pub fn set_receive_buffer(socket: &NlSocket, buffer: protocol::Buffer) -> Result<(), Error> {
    let bytes = i32::try_from(buffer.bytes).unwrap_or(i32::MAX);
    let done = match buffer.force {
        true => force_receive_buffer(socket, bytes),
        false => socket.set_recv_buffer_size(bytes.unsigned_abs() as usize),
    };
    done.map_err(Error::netlink("set the receive buffer of a netlink socket"))
}

/// A socket for requests. One exchange is completed before the next begins.
pub struct Conversation {
    socket: NlSocket,
    /// `nl_pid`, given by the kernel.
    port: u32,
    /// Number of the next message; never 0, which the kernel uses in notifications.
    next: u32,
    received: Vec<u8>,
}

impl Conversation {
    /// Opens a socket of the family.
    pub fn open(family: NlFamily) -> Result<Self, Error> {
        let open = || -> io::Result<(NlSocket, u32)> {
            let socket = NlSocket::connect(family, None, Groups::empty())?;
            socket.set_recv_buffer_size(SOCKET_BYTES)?;
            SockRef::from(&descriptor(&socket)).set_read_timeout(Some(ANSWER_TIMEOUT))?;
            let port = socket.pid()?;
            Ok((socket, port))
        };
        let (socket, port) = open().map_err(Error::netlink("open a netlink socket"))?;
        Ok(Self {
            socket,
            port,
            next: 1,
            received: vec![0; RECEIVE_BYTES],
        })
    }

    /// Sets its receive buffer.
    pub fn set_buffer(&self, buffer: protocol::Buffer) -> Result<(), Error> {
        set_receive_buffer(&self.socket, buffer)
    }

    /// Number of the socket, which notifications name as the origin of what was asked here.
    pub fn port(&self) -> u32 {
        self.port
    }

    /// Sends all requests, many per system call, and returns one `errno` each: 0 when obeyed.
    /// Later requests are carried out although earlier ones failed.
    pub fn apply(&mut self, act: &str, asks: &[Ask]) -> Result<Vec<i32>, Error> {
        let mut errnos = Vec::with_capacity(asks.len());
        let mut rest = asks;
        while !rest.is_empty() {
            let (bytes, first, count) = self.batch(rest)?;
            let apply = self.exchange(&bytes, first, count);
            errnos.extend(apply.map_err(Error::netlink(act))?);
            rest = rest.get(count..).unwrap_or_default();
        }
        Ok(errnos)
    }

    /// Asks one thing and returns the bodies of the answers.
    pub fn ask(&mut self, act: &str, ask: &Ask) -> Result<Vec<Buffer>, Error> {
        let number = self.number();
        let flags = NlmF::REQUEST | NlmF::ACK | ask.flags;
        let bytes = encode(&message(ask, flags, number)?)?;
        let answers = self
            .send(&bytes)
            .and_then(|()| self.answers(number))
            .map_err(Error::netlink(act))?;
        Ok(answers.bodies)
    }

    /// Asks for a whole table and returns its entries; again when changes interrupted the dump.
    pub fn dump(&mut self, act: &str, ask: &Ask) -> Result<Vec<Buffer>, Error> {
        for _ in 0..DUMP_ATTEMPTS {
            let number = self.number();
            let flags = NlmF::REQUEST | NlmF::DUMP | ask.flags;
            let bytes = encode(&message(ask, flags, number)?)?;
            let answers = self
                .send(&bytes)
                .and_then(|()| self.answers(number))
                .map_err(Error::netlink(act))?;
            if !answers.interrupted {
                return Ok(answers.bodies);
            }
        }
        Err(Error::netlink(act)(io::Error::from_raw_os_error(
            libc::EAGAIN,
        )))
    }

    /// Sends all requests in one transaction of nfnetlink: the kernel carries out all of them or none. The
    /// first failure is told.
    pub fn transact(&mut self, act: &str, asks: &[Ask]) -> Result<(), Error> {
        let begin = self.numbers(asks.len() as u32 + 2);
        let last = begin + asks.len() as u32;
        let bytes = transaction(asks, begin)?;
        let room = i32::try_from(bytes.len()).unwrap_or(i32::MAX);
        if bytes.len() > BATCH_BYTES {
            // Without the right to it the send itself says what is too long (EMSGSIZE).
            let _ = force_send_buffer(&self.socket, room);
        }
        self.send(&bytes)
            .and_then(|()| self.verdict(begin, last))
            .map_err(Error::netlink(act))
    }

    /// Waits for the answer to the last request of a transaction; a failure of the whole is answered as one of
    /// its begin.
    fn verdict(&mut self, begin: u32, last: u32) -> io::Result<()> {
        let mut failure = None;
        loop {
            for message in self.receive()? {
                let (number, errno) = match message.nl_payload() {
                    NlPayload::Ack(ack) => (*ack.nlmsg().nl_seq(), 0),
                    NlPayload::Err(error) => (*error.nlmsg().nl_seq(), -error.error()),
                    _ => continue,
                };
                if number < begin || number > last {
                    continue;
                }
                if errno != 0 && failure.is_none() {
                    failure = Some(errno);
                }
                if number == last || number == begin {
                    return failure
                        .map_or(Ok(()), |errno| Err(io::Error::from_raw_os_error(errno)));
                }
            }
        }
    }

    /// Encodes as many requests as one send takes: the bytes, number of the first, how many.
    fn batch(&mut self, asks: &[Ask]) -> Result<(Vec<u8>, u32, usize), Error> {
        let first = self.numbers(BATCH_MESSAGES as u32);
        let mut bytes = Vec::new();
        let (mut count, mut last) = (0, 0);
        for (ask, number) in asks.iter().take(BATCH_MESSAGES).zip(first..) {
            let encoded = encode(&message(ask, NlmF::REQUEST | ask.flags, number)?)?;
            if count > 0 && bytes.len() + encoded.len() > BATCH_BYTES {
                break;
            }
            last = bytes.len();
            bytes.extend_from_slice(&encoded);
            count += 1;
        }
        acknowledged(&mut bytes, last);
        Ok((bytes, first, count))
    }

    /// Sends one batch and collects its answers. The kernel carries it out in order and answers each
    /// request that fails, so the acknowledgement of the last says that the others succeeded.
    fn exchange(&mut self, bytes: &[u8], first: u32, count: usize) -> io::Result<Vec<i32>> {
        self.send(bytes)?;
        let mut errnos = vec![0; count];
        loop {
            for message in self.receive()? {
                let (number, errno) = match message.nl_payload() {
                    NlPayload::Ack(ack) => (*ack.nlmsg().nl_seq(), 0),
                    NlPayload::Err(error) => (*error.nlmsg().nl_seq(), -error.error()),
                    _ => continue,
                };
                let at = number.wrapping_sub(first) as usize;
                if let Some(slot) = errnos.get_mut(at) {
                    *slot = errno;
                    if at + 1 == count {
                        return Ok(errnos);
                    }
                }
            }
        }
    }

    /// Collects the answers to one request, up to its acknowledgement or the end of the dump.
    fn answers(&mut self, number: u32) -> io::Result<Answers> {
        let mut answers = Answers::default();
        loop {
            for message in self.receive()? {
                if *message.nl_seq() != number {
                    continue;
                }
                answers.interrupted |= message.nl_flags().contains(NlmF::DUMP_INTR);
                let done = *message.nl_type() == u16::from(Nlmsg::Done);
                match message.nl_payload() {
                    NlPayload::Payload(body) => answers.bodies.push(body.clone()),
                    NlPayload::Err(error) => {
                        return Err(io::Error::from_raw_os_error(-error.error()));
                    }
                    NlPayload::DumpExtAck(end) if *end.error() != 0 => {
                        return Err(io::Error::from_raw_os_error(-end.error()));
                    }
                    NlPayload::Ack(_) => return Ok(answers),
                    _ if done => return Ok(answers),
                    _ => {}
                }
            }
        }
    }

    /// Reserves consecutive numbers and returns the first.
    fn numbers(&mut self, count: u32) -> u32 {
        if self.next > u32::MAX - count {
            self.next = 1;
        }
        let first = self.next;
        self.next += count;
        first
    }

    fn number(&mut self) -> u32 {
        self.numbers(1)
    }

    fn send(&self, bytes: &[u8]) -> io::Result<()> {
        loop {
            match self.socket.send(bytes, Msg::empty()) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                sent => return sent.map(drop),
            }
        }
    }

    /// Waits for the next datagram and takes it apart.
    fn receive(&mut self) -> io::Result<Vec<Message>> {
        loop {
            match self.socket.recv(&mut self.received, Msg::empty()) {
                Ok((len, _)) => return messages(self.received.get(..len).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    return Err(io::Error::from_raw_os_error(libc::ETIMEDOUT));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// What came back on one request.
#[derive(Default)]
struct Answers {
    bodies: Vec<Buffer>,
    interrupted: bool,
}

/// Whether the first message of `rest` is as long as it says, and so is what an error repeats: the crate
/// counts with lengths before it looks at them.
fn fits(rest: &[u8]) -> bool {
    let word = |at: usize| Some(u32::from_ne_bytes(*rest.get(at..)?.first_chunk()?));
    let (Some(length), Some(kind)) = (word(0), word(4)) else {
        return false;
    };
    let Some(message) = rest.get(..length as usize) else {
        return false;
    };
    if message.len() < HEADER {
        return false;
    }
    let whole = |at: usize| message.get(at..).is_some_and(|rest| is_whole(rest, 0));
    // The number of the kind is the first half of its word, flags the other.
    let [low, high, flags, _] = kind.to_ne_bytes();
    let repeated = HEADER + size_of::<i32>();
    match i32::from(u16::from_ne_bytes([low, high])) {
        libc::NLMSG_ERROR if word(HEADER) == Some(0) => message.len() >= repeated + HEADER,
        libc::NLMSG_ERROR => word(repeated).is_some_and(|length| {
            let length = length as usize;
            length >= HEADER && whole(repeated.saturating_add(length.next_multiple_of(4)))
        }),
        libc::NLMSG_DONE if i32::from(flags) & libc::NLM_F_MULTI != 0 => {
            rest.len() == HEADER || whole(repeated)
        }
        _ => true,
    }
}

/// Takes a datagram apart into its messages.
pub fn messages(bytes: &[u8]) -> io::Result<Vec<Message>> {
    let mut cursor = Cursor::new(bytes);
    let mut messages = Vec::new();
    while (cursor.position() as usize) < bytes.len() {
        let rest = bytes.get(cursor.position() as usize..).unwrap_or_default();
        if !fits(rest) {
            return Err(io::Error::new(ErrorKind::InvalidData, "a message is cut"));
        }
        let message = Message::from_bytes(&mut cursor)
            .map_err(|error| io::Error::new(ErrorKind::InvalidData, error.to_string()))?;
        messages.push(message);
    }
    Ok(messages)
}

/// Sets `NLM_F_ACK` in the message that begins at `start`.
fn acknowledged(bytes: &mut [u8], start: usize) {
    /// Of `nlmsg_flags` in `struct nlmsghdr`.
    const FLAGS: usize = 6;
    let place = bytes.get_mut(start + FLAGS..start + FLAGS + 2);
    if let Some([low, high]) = place {
        let flags = u16::from_ne_bytes([*low, *high]) | libc::NLM_F_ACK as u16;
        [*low, *high] = flags.to_ne_bytes();
    }
}

/// Encodes anything `neli` can encode.
pub fn encode(value: &impl ToBytes) -> Result<Vec<u8>, Error> {
    let mut cursor = Cursor::new(Vec::new());
    value
        .to_bytes(&mut cursor)
        .map_err(|error| Error::Foreign {
            what: "a netlink message to send",
            reason: error.to_string(),
        })?;
    Ok(cursor.into_inner())
}

/// A request with its header.
pub fn message(ask: &Ask, flags: NlmF, number: u32) -> Result<Message, Error> {
    NlmsghdrBuilder::default()
        .nl_type(ask.kind)
        .nl_flags(flags)
        .nl_seq(number)
        .nl_payload(NlPayload::Payload(Buffer::from(ask.body.as_slice())))
        .build()
        .map_err(|error| Error::Foreign {
            what: "a netlink message to send",
            reason: error.to_string(),
        })
}

/// The bytes of a transaction of nfnetlink: its requests between a begin, which has the number `begin`, and
/// an end. The last request is acknowledged.
pub fn transaction(asks: &[Ask], begin: u32) -> Result<Vec<u8>, Error> {
    let edge = |kind| Ask {
        kind,
        flags: NlmF::empty(),
        // `struct nfgenmsg`; its last two bytes are the subsystem the transaction is for.
        body: [&[0, 0][..], &nft::SUBSYSTEM.to_be_bytes()[..]].concat(),
    };
    let last = begin + asks.len() as u32;
    let mut bytes = encode(&message(&edge(nft::BATCH_BEGIN), NlmF::REQUEST, begin)?)?;
    for (ask, number) in asks.iter().zip(begin + 1..) {
        let ack = if number == last {
            NlmF::ACK
        } else {
            NlmF::empty()
        };
        let flags = NlmF::REQUEST | ack | ask.flags;
        bytes.extend(encode(&message(ask, flags, number)?)?);
    }
    let end = message(&edge(nft::BATCH_END), NlmF::REQUEST, last + 1)?;
    bytes.extend(encode(&end)?);
    Ok(bytes)
}
