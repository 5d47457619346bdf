//! One probe under way: connecting, sending, reading; for HTTP once per request.

use super::connection;
use super::head::BadHead;
use super::response::Reader;
use crate::protocol::{Exchange, Failure, HttpRequest, HttpResponse, Outcome, Probe};
use crate::sys::epoll::Epoll;
use socket2::Socket;
use std::io::{self, ErrorKind, Read, Write};

/// Most reads of one socket before the others have their turn.
const READS_AT_ONCE: usize = 16;

/// A probe under way.
pub struct Attempt {
    socket: Socket,
    phase: Phase,
    /// When something must have happened, µs.
    deadline: u64,
    /// When the response must be over, µs.
    end: u64,
    /// Responses so far; their number is that of the request under way.
    responses: Vec<HttpResponse>,
}

enum Phase {
    Connecting,
    /// So many bytes of the head are sent.
    Sending(usize),
    Reading(Box<Reader>),
}

/// Where and when an attempt happens.
pub struct Context<'a> {
    /// Where the socket is watched.
    pub epoll: &'a Epoll,
    /// What it is watched as.
    pub token: u64,
    /// The time, µs.
    pub now: u64,
    /// Room for what is read.
    pub buffer: &'a mut [u8],
}

impl Attempt {
    /// Begins, or ends at once.
    pub fn begin(probe: &Probe, context: &Context<'_>) -> Result<Self, Outcome> {
        if let Exchange::Http { requests, .. } = &probe.exchange {
            if requests.is_empty() {
                let responses = Vec::new();
                return Err(Outcome::Responses { responses });
            }
        }
        let socket = connect(probe, context).map_err(|(failure, errno)| Outcome::Failed {
            request: 0,
            failure,
            errno,
        })?;
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

    /// Its time is up, unless something waits in its socket that nobody has looked at.
    pub fn expire(self, probe: &Probe, context: &mut Context<'_>) -> Result<Self, Outcome> {
        let undecided =
            matches!(self.phase, Phase::Connecting) && connection::is_undecided(&self.socket);
        let looked = if undecided {
            self
        } else {
            self.proceed(probe, context)?
        };
        if looked.deadline() > context.now {
            return Ok(looked);
        }
        let failure = match looked.phase {
            Phase::Connecting => Failure::ConnectTimeout,
            _ if looked.end <= context.now => Failure::ResponseTimeout,
            Phase::Sending(_) | Phase::Reading(_) => Failure::ReadTimeout,
        };
        Err(looked.failed((failure, 0)))
    }

    /// Grants more time, µs: nobody listened for so long.
    pub fn grant(&mut self, time: u64, now: u64) {
        self.deadline = self.deadline.max(now.saturating_add(time));
        if self.end <= now {
            self.end = now.saturating_add(time);
        }
    }

    /// The socket is ready for something: goes on as far as possible. Either it is still under
    /// way, or that is the outcome.
    pub fn proceed(mut self, probe: &Probe, context: &mut Context<'_>) -> Result<Self, Outcome> {
        let requests: &[HttpRequest] = match &probe.exchange {
            Exchange::Connect => &[],
            Exchange::Http { requests, .. } => requests,
        };
        match self.advance(probe, requests, context) {
            Ok(Going::On) => Ok(self),
            Ok(Going::Done) => {
                connection::close(self.socket);
                let responses = self.responses;
                Err(match probe.exchange {
                    Exchange::Connect => Outcome::Connected,
                    Exchange::Http { .. } => Outcome::Responses { responses },
                })
            }
            Err(failure) => Err(self.failed(failure)),
        }
    }

    fn advance(
        &mut self,
        probe: &Probe,
        requests: &[HttpRequest],
        context: &mut Context<'_>,
    ) -> Result<Going, (Failure, i32)> {
        if let Phase::Connecting = self.phase {
            let failed = |error: &io::Error| (Failure::Connect, connection::errno(error));
            match self.socket.take_error() {
                Ok(None) => {}
                Ok(Some(error)) | Err(error) => return Err(failed(&error)),
            }
            self.phase = Phase::Sending(0);
            self.deadline = context.now.saturating_add(probe.timeout);
            if let Exchange::Http { limit, .. } = &probe.exchange {
                self.end = context.now.saturating_add(*limit);
            }
        }
        let Some(request) = requests.get(self.responses.len()) else {
            return Ok(Going::Done);
        };
        if let Phase::Sending(before) = self.phase {
            let sent = self.send(request.head.as_bytes(), before)?;
            if sent > before {
                self.deadline = context.now.saturating_add(probe.timeout);
            }
            if sent < request.head.len() {
                self.phase = Phase::Sending(sent);
                return Ok(Going::On);
            }
            self.phase = Phase::Reading(Box::default());
            self.watch(context, libc::EPOLLIN)?;
        }
        let (read, response) = self.read(context.buffer)?;
        if read {
            // keepalived: each piece has its time.
            self.deadline = context.now.saturating_add(probe.timeout);
        }
        let Some(response) = response else {
            return Ok(Going::On);
        };
        self.responses.push(response);
        if self.responses.len() == requests.len() {
            return Ok(Going::Done);
        }
        let next = connect(probe, context)?;
        connection::close(std::mem::replace(&mut self.socket, next));
        self.phase = Phase::Connecting;
        self.deadline = context.now.saturating_add(probe.timeout);
        self.end = u64::MAX;
        Ok(Going::On)
    }

    /// Sends of the rest of the head what is taken; gives how much of it is sent.
    fn send(&mut self, head: &[u8], mut sent: usize) -> Result<usize, (Failure, i32)> {
        while let Some(rest) = head.get(sent..).filter(|rest| !rest.is_empty()) {
            match (&self.socket).write(rest) {
                Ok(count) => sent += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err((Failure::Read, connection::errno(&error))),
            }
        }
        Ok(sent)
    }

    /// Reads what has come: whether anything has, and the response when that completes it.
    fn read(&mut self, buffer: &mut [u8]) -> Result<(bool, Option<HttpResponse>), (Failure, i32)> {
        let Phase::Reading(reader) = &mut self.phase else {
            return Ok((false, None));
        };
        let mut read = false;
        for _ in 0..READS_AT_ONCE {
            match (&self.socket).read(buffer) {
                Ok(0) => {
                    let response = reader.end().ok_or((Failure::Read, 0))?;
                    return Ok((true, Some(response)));
                }
                Ok(count) => {
                    read = true;
                    let bytes = buffer.get(..count).unwrap_or_default();
                    let response = reader.push(bytes).map_err(|bad| match bad {
                        BadHead::NotHttp => (Failure::Malformed, 0),
                        BadHead::TooLong => (Failure::HeadTooLong, 0),
                    })?;
                    if response.is_some() {
                        return Ok((true, response));
                    }
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err((Failure::Read, connection::errno(&error))),
            }
        }
        Ok((read, None))
    }

    fn watch(&self, context: &Context<'_>, events: i32) -> Result<(), (Failure, i32)> {
        let watched = context.epoll.modify(&self.socket, events, context.token);
        watched.map_err(|error| (Failure::Local, connection::errno(&error)))
    }

    fn failed(self, (failure, errno): (Failure, i32)) -> Outcome {
        Outcome::Failed {
            request: u32::try_from(self.responses.len()).unwrap_or(u32::MAX),
            failure,
            errno,
        }
    }
}

enum Going {
    On,
    Done,
}

fn connect(probe: &Probe, context: &Context<'_>) -> Result<Socket, (Failure, i32)> {
    let socket = connection::begin(probe)?;
    let watched = context.epoll.add(&socket, libc::EPOLLOUT, context.token);
    watched.map_err(|error| (Failure::Local, connection::errno(&error)))?;
    Ok(socket)
}
