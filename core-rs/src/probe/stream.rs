//! A probe over TCP: connecting, then speaking and hearing by turns; for HTTP once per request.

use super::attempt::{Context, Failed, Going, outcome};
use super::connection;
use super::head::BadHead;
use super::response::Reader;
use super::smtp::Conversation;
use crate::protocol::{Exchange, Failure, HttpResponse, Outcome, Probe};
use socket2::Socket;
use std::io::{self, ErrorKind, Read, Write};

/// Most reads of one socket before the others have their turn.
const READS_AT_ONCE: usize = 16;

/// A probe under way.
pub struct Stream {
    socket: Socket,
    phase: Phase,
    /// When something must have happened, µs.
    deadline: u64,
    /// When all that is said over this connection must be over, µs.
    end: u64,
    /// Responses so far; their number is that of the request under way.
    responses: Vec<HttpResponse>,
}

enum Phase {
    Connecting,
    /// So many bytes of what is to be said are sent.
    Sending(usize, Dialogue),
    Hearing(Dialogue),
}

/// What is said, as far as it has gone.
enum Dialogue {
    /// Nothing is.
    Mute,
    Http(Box<Reader>),
    Smtp(Box<Conversation>),
}

/// What the bytes so far have come to.
enum Heard {
    /// More have to come.
    Part,
    /// It is our turn to speak.
    Turn,
    /// An HTTP response.
    Response(HttpResponse),
    /// All there is to be heard.
    All,
}

impl Dialogue {
    fn of(exchange: &Exchange) -> Self {
        match exchange {
            Exchange::Http { .. } => Self::Http(Box::default()),
            Exchange::Smtp { .. } => Self::Smtp(Box::default()),
            _ => Self::Mute,
        }
    }

    fn push(&mut self, bytes: &[u8]) -> Result<Heard, Failed> {
        match self {
            Self::Mute => Ok(Heard::All),
            Self::Http(reader) => match reader.push(bytes) {
                Ok(None) => Ok(Heard::Part),
                Ok(Some(response)) => Ok(Heard::Response(response)),
                Err(BadHead::NotHttp) => Err((Failure::Malformed, 0)),
                Err(BadHead::TooLong) => Err((Failure::HeadTooLong, 0)),
            },
            Self::Smtp(conversation) => {
                conversation.push(bytes).map_err(|failure| (failure, 0))?;
                Ok(if conversation.is_over() {
                    Heard::All
                } else if conversation.has_turn() {
                    Heard::Turn
                } else {
                    Heard::Part
                })
            }
        }
    }

    /// The other side has closed.
    fn end(&mut self) -> Option<Heard> {
        match self {
            Self::Mute => Some(Heard::All),
            Self::Http(reader) => reader.end().map(Heard::Response),
            Self::Smtp(conversation) => conversation.has_quit().then_some(Heard::All),
        }
    }
}

impl Stream {
    /// Begins, or ends at once.
    pub fn begin(probe: &Probe, context: &Context<'_>) -> Result<Self, Outcome> {
        if let Exchange::Http { requests, .. } = &probe.exchange {
            if requests.is_empty() {
                let responses = Vec::new();
                return Err(Outcome::Responses { responses });
            }
        }
        let socket = connect(probe, context).map_err(|failed| outcome(0, failed))?;
        Ok(Self {
            socket,
            phase: Phase::Connecting,
            deadline: context.now.saturating_add(probe.timeout),
            end: u64::MAX,
            responses: Vec::new(),
        })
    }

    /// When it must be called again at the latest.
    pub fn deadline(&self) -> u64 {
        self.deadline.min(self.end)
    }

    /// Number of the request under way.
    pub fn request(&self) -> usize {
        self.responses.len()
    }

    /// Its time is up, unless something waits in its socket that nobody has looked at.
    pub fn expire(&mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Going, Failed> {
        let undecided =
            matches!(self.phase, Phase::Connecting) && connection::is_undecided(&self.socket);
        if !undecided {
            let going = self.proceed(probe, context)?;
            if matches!(going, Going::Done(_)) || self.deadline() > context.now {
                return Ok(going);
            }
        }
        Err(match self.phase {
            Phase::Connecting => (Failure::ConnectTimeout, 0),
            _ if self.end <= context.now => (Failure::ResponseTimeout, 0),
            Phase::Sending(..) | Phase::Hearing(_) => (Failure::ReadTimeout, 0),
        })
    }

    /// Grants more time, µs: nobody listened for so long.
    pub fn grant(&mut self, time: u64, now: u64) {
        self.deadline = self.deadline.max(now.saturating_add(time));
        if self.end <= now {
            self.end = now.saturating_add(time);
        }
    }

    /// It is over: says so to the other side.
    pub fn close(self) {
        connection::close(self.socket);
    }

    /// The socket is ready for something: goes on as far as possible.
    pub fn proceed(&mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Going, Failed> {
        if let Phase::Connecting = self.phase {
            self.connected(probe, context)?;
        }
        loop {
            match std::mem::replace(&mut self.phase, Phase::Connecting) {
                Phase::Sending(before, dialogue) => {
                    let said = said(probe, self.responses.len(), &dialogue);
                    let sent = self.send(said, before)?;
                    if sent > before {
                        self.deadline = context.now.saturating_add(probe.timeout);
                    }
                    if sent < said.len() {
                        self.phase = Phase::Sending(sent, dialogue);
                        self.watch(context, libc::EPOLLOUT)?;
                        return Ok(Going::On);
                    }
                    self.watch(context, libc::EPOLLIN)?;
                    self.phase = Phase::Hearing(dialogue);
                }
                Phase::Hearing(mut dialogue) => {
                    let (read, heard) = self.hear(&mut dialogue, context.buffer)?;
                    if read {
                        // keepalived: each piece has its time.
                        self.deadline = context.now.saturating_add(probe.timeout);
                    }
                    match heard {
                        Heard::Part => {
                            self.phase = Phase::Hearing(dialogue);
                            return Ok(Going::On);
                        }
                        Heard::Turn => self.phase = Phase::Sending(0, dialogue),
                        Heard::All => return Ok(Going::Done(self.all(dialogue))),
                        Heard::Response(response) => return self.next(response, probe, context),
                    }
                }
                Phase::Connecting => return Ok(Going::Done(Outcome::Connected)),
            }
        }
    }

    fn connected(&mut self, probe: &Probe, context: &Context<'_>) -> Result<(), Failed> {
        match self.socket.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                return Err((Failure::Connect, connection::errno(&error)));
            }
        }
        self.deadline = context.now.saturating_add(probe.timeout);
        let dialogue = Dialogue::of(&probe.exchange);
        self.phase = match &probe.exchange {
            Exchange::Http { limit, .. } => {
                self.end = context.now.saturating_add(*limit);
                Phase::Sending(0, dialogue)
            }
            Exchange::Smtp { limit, .. } => {
                self.end = context.now.saturating_add(*limit);
                self.watch(context, libc::EPOLLIN)?;
                Phase::Hearing(dialogue)
            }
            _ => Phase::Connecting,
        };
        Ok(())
    }

    /// The next request, over a connection of its own, or the end.
    fn next(
        &mut self,
        response: HttpResponse,
        probe: &Probe,
        context: &Context<'_>,
    ) -> Result<Going, Failed> {
        self.responses.push(response);
        let Exchange::Http { requests, .. } = &probe.exchange else {
            return Ok(Going::Done(Outcome::Connected));
        };
        if self.responses.len() >= requests.len() {
            let responses = std::mem::take(&mut self.responses);
            return Ok(Going::Done(Outcome::Responses { responses }));
        }
        let next = connect(probe, context)?;
        connection::close(std::mem::replace(&mut self.socket, next));
        self.phase = Phase::Connecting;
        self.deadline = context.now.saturating_add(probe.timeout);
        self.end = u64::MAX;
        Ok(Going::On)
    }

    fn all(&mut self, dialogue: Dialogue) -> Outcome {
        match dialogue {
            Dialogue::Smtp(conversation) => Outcome::Replies {
                codes: conversation.codes(),
            },
            Dialogue::Mute | Dialogue::Http(_) => Outcome::Connected,
        }
    }

    /// Sends of the rest what is taken; gives how much of it is sent.
    fn send(&mut self, said: &[u8], mut sent: usize) -> Result<usize, Failed> {
        while let Some(rest) = said.get(sent..).filter(|rest| !rest.is_empty()) {
            match (&self.socket).write(rest) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(lost(&error)),
            }
        }
        Ok(sent)
    }

    /// Reads what has come: whether anything has, and what it has come to.
    fn hear(
        &mut self,
        dialogue: &mut Dialogue,
        buffer: &mut [u8],
    ) -> Result<(bool, Heard), Failed> {
        let mut read = false;
        for _ in 0..READS_AT_ONCE {
            match (&self.socket).read(buffer) {
                Ok(0) => {
                    let heard = dialogue.end().ok_or((Failure::Read, 0))?;
                    return Ok((true, heard));
                }
                Ok(count) => {
                    read = true;
                    let heard = dialogue.push(buffer.get(..count).unwrap_or_default())?;
                    if !matches!(heard, Heard::Part) {
                        return Ok((true, heard));
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(lost(&error)),
            }
        }
        Ok((read, Heard::Part))
    }

    fn watch(&self, context: &Context<'_>, events: i32) -> Result<(), Failed> {
        let watched = context.epoll.modify(&self.socket, events, context.token);
        watched.map_err(|error| (Failure::Local, connection::errno(&error)))
    }
}

/// What is said in this turn.
fn said<'a>(probe: &'a Probe, request: usize, dialogue: &'a Dialogue) -> &'a [u8] {
    match (&probe.exchange, dialogue) {
        (Exchange::Http { requests, .. }, _) => {
            let request = requests.get(request);
            request.map_or(&[], |request| request.head.as_bytes())
        }
        (Exchange::Smtp { hello, .. }, Dialogue::Smtp(conversation)) => conversation.said(hello),
        _ => &[],
    }
}

fn lost(error: &io::Error) -> Failed {
    (Failure::Read, connection::errno(error))
}

fn connect(probe: &Probe, context: &Context<'_>) -> Result<Socket, Failed> {
    let socket = connection::begin(probe)?;
    let watched = context.epoll.add(&socket, libc::EPOLLOUT, context.token);
    watched.map_err(|error| (Failure::Local, connection::errno(&error)))?;
    Ok(socket)
}
