//! A probe over TCP: connecting, then speaking and hearing by turns; for HTTP once per request.

use super::connection;
use super::context::{Context, Going};
use super::failed::{Failed, outcome};
use super::pattern::Patterns;
use super::response::Reader;
use super::session::{Received, Session};
use super::smtp::Conversation;
use crate::protocol::{Exchange, Failure, HttpResponse, Outcome, Probe};
use socket2::Socket;
use std::io::{self, ErrorKind, Read, Write};

/// Most reads of one socket before the others have their turn.
const READS_AT_ONCE: usize = 16;

/// A probe under way.
pub struct Stream {
    socket: Socket,
    /// What stands between the socket and what is said.
    session: Option<Box<Session>>,
    /// What the socket is watched for.
    watched: i32,
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
    /// All is heard, and TLS is being ended.
    Parting(HttpResponse),
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
    fn of(exchange: &Exchange, request: usize, patterns: &mut Patterns) -> Result<Self, Failed> {
        Ok(match exchange {
            Exchange::Http { requests, .. } => {
                let pattern = requests
                    .get(request)
                    .and_then(|request| request.pattern.as_ref());
                let search = pattern
                    .map(|pattern| patterns.search(pattern))
                    .transpose()?;
                Self::Http(Box::new(Reader::searching(search)))
            }
            Exchange::Smtp { .. } => Self::Smtp(Box::default()),
            _ => Self::Mute,
        })
    }

    fn push(&mut self, bytes: &[u8]) -> Result<Heard, Failed> {
        match self {
            Self::Mute => Ok(Heard::All),
            Self::Http(reader) => Ok(reader.push(bytes)?.map_or(Heard::Part, Heard::Response)),
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
            session: None,
            watched: libc::EPOLLOUT,
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
            _ => (Failure::ReadTimeout, 0),
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
                            self.listen(context)?;
                            return Ok(Going::On);
                        }
                        Heard::Turn => self.phase = Phase::Sending(0, dialogue),
                        Heard::All => return Ok(Going::Done(self.all(dialogue))),
                        Heard::Response(response) if self.must_part(probe) => {
                            if let Some(session) = &mut self.session {
                                session.say_goodbye();
                            }
                            self.phase = Phase::Parting(response);
                        }
                        Heard::Response(response) => return self.next(response, probe, context),
                    }
                }
                Phase::Parting(response) => {
                    if self.part(context.buffer)? {
                        return self.next(response, probe, context);
                    }
                    self.phase = Phase::Parting(response);
                    self.listen(context)?;
                    return Ok(Going::On);
                }
                Phase::Connecting => return Ok(Going::Done(Outcome::Connected)),
            }
        }
    }

    fn connected(&mut self, probe: &Probe, context: &mut Context<'_>) -> Result<(), Failed> {
        match self.socket.take_error() {
            Ok(None) => {}
            Ok(Some(error)) | Err(error) => {
                return Err((Failure::Connect, connection::errno(&error)));
            }
        }
        self.deadline = context.now.saturating_add(probe.timeout);
        let dialogue = Dialogue::of(&probe.exchange, self.request(), &mut context.tools.patterns)?;
        self.phase = match &probe.exchange {
            Exchange::Http {
                limit,
                tls,
                requests,
            } => {
                self.end = context.now.saturating_add(*limit);
                if let (Some(tls), Some(request)) = (tls, requests.get(self.request())) {
                    let session = Session::new(&mut context.tools.tls, tls, (probe, request))?;
                    self.session = Some(Box::new(session));
                }
                Phase::Sending(0, dialogue)
            }
            Exchange::Smtp { limit, .. } => {
                self.end = context.now.saturating_add(*limit);
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
        self.session = None;
        self.watched = libc::EPOLLOUT;
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
        if let Some(session) = &mut self.session {
            session.say(said.get(sent..).unwrap_or_default())?;
            return Ok(said.len());
        }
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
            match self.receive(buffer, &mut read)? {
                Received::Bytes(count) => {
                    let heard = dialogue.push(buffer.get(..count).unwrap_or_default())?;
                    if !matches!(heard, Heard::Part) {
                        return Ok((true, heard));
                    }
                }
                Received::Progress => {}
                Received::Nothing => break,
                Received::End | Received::CutOff => {
                    let heard = dialogue.end().ok_or((Failure::Read, 0))?;
                    return Ok((true, heard));
                }
            }
        }
        Ok((read, Heard::Part))
    }

    /// Looks at the socket once; `moved` is set when something has come or gone.
    fn receive(&mut self, buffer: &mut [u8], moved: &mut bool) -> Result<Received, Failed> {
        let received = match &mut self.session {
            None => match (&self.socket).read(buffer) {
                Ok(0) => Received::End,
                Ok(count) => Received::Bytes(count),
                Err(error) if error.kind() == ErrorKind::Interrupted => Received::Progress,
                Err(error) if error.kind() == ErrorKind::WouldBlock => Received::Nothing,
                Err(error) => return Err(lost(&error)),
            },
            Some(session) => {
                *moved |= session.flush(&self.socket)?;
                session.receive(&self.socket, buffer)?
            }
        };
        *moved |= !matches!(received, Received::Nothing);
        Ok(received)
    }

    /// Whether the end of TLS is waited for.
    fn must_part(&self, probe: &Probe) -> bool {
        let request = match &probe.exchange {
            Exchange::Http { requests, .. } => requests.get(self.request()),
            _ => None,
        };
        self.session.is_some() && request.is_some_and(|request| request.close_notify)
    }

    /// Waits for close_notify of the other side; what else it says is not heard.
    fn part(&mut self, buffer: &mut [u8]) -> Result<bool, Failed> {
        for _ in 0..READS_AT_ONCE {
            match self.receive(buffer, &mut false)? {
                Received::Bytes(_) | Received::Progress => {}
                Received::Nothing => return Ok(false),
                Received::End => return Ok(true),
                Received::CutOff => return Err((Failure::Truncated, 0)),
            }
        }
        Ok(false)
    }

    /// Watches for what comes, and while something of TLS waits for leaving too.
    fn listen(&mut self, context: &Context<'_>) -> Result<(), Failed> {
        let more = self
            .session
            .as_ref()
            .is_some_and(|session| session.has_more());
        self.watch(
            context,
            libc::EPOLLIN | if more { libc::EPOLLOUT } else { 0 },
        )
    }

    fn watch(&mut self, context: &Context<'_>, events: i32) -> Result<(), Failed> {
        if self.watched == events {
            return Ok(());
        }
        let watched = context.epoll.modify(&self.socket, events, context.token);
        watched.map_err(|error| (Failure::Local, connection::errno(&error)))?;
        self.watched = events;
        Ok(())
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
