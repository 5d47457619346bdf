//! Calls that may take long and are rare, each in a thread of its own while it lasts: a relay that does
//! not answer or a disk that hangs holds up nobody.

use crate::asked::read;
use crate::conntrack;
use crate::error::Error;
use crate::file;
use crate::log::LogLanes;
use crate::mail;
use crate::protocol::{CallResult, SideCall};
use crate::queue::Queue;
use crate::sink::Sink;
use crate::threads;
use std::path::Path;
use std::thread::Builder;

/// Has a call obeyed, which is JSON of a [`SideCall`]; without a thread it fails.
pub fn ask(id: u32, json: &[u8], (logs, queue): (&LogLanes, &Queue)) {
    let (given, logs, answer) = (json.to_vec(), logs.clone(), queue.clone());
    let body = move || {
        threads::enter(None, false);
        let result = read(&given).and_then(|call| obey(call, id, (&logs, &answer)));
        if let Some(result) = result.unwrap_or_else(|error| Some(error.result())) {
            answer.reply(id, result);
        }
        threads::leave();
    };
    let spawned = Builder::new().name("holdfast-side".into()).spawn(body);
    if let Err(source) = spawned {
        queue.reply(id, unobeyed(json, source).result());
    }
}

/// What could not be done for want of a thread.
fn unobeyed(json: &[u8], source: std::io::Error) -> Error {
    match read(json) {
        Ok(SideCall::PutFile { path, .. }) => Error::File { path, source },
        Ok(_) => Error::system("start a thread")(source),
        Err(error) => error,
    }
}

/// The answer; none when a thread of a log gives it.
fn obey(
    call: SideCall,
    id: u32,
    (logs, queue): (&LogLanes, &Queue),
) -> Result<Option<CallResult>, Error> {
    match call {
        SideCall::Mail(mail) => mail::send(&mail)?,
        SideCall::PutFile { path, text, mode } => {
            file::put(Path::new(&path), text.as_bytes(), mode)
                .map_err(|source| Error::File { path, source })?
        }
        SideCall::CountPorts { addresses, least } => {
            let uses = conntrack::count(&addresses, least)?;
            return Ok(Some(CallResult::PortsInUse { uses }));
        }
        SideCall::Threads { settings } => {
            let errnos = threads::set_all(&settings);
            return Ok(Some(CallResult::Applied { errnos }));
        }
        SideCall::LogOpen { lane, path } => {
            logs.open(id, lane, path, queue);
            return Ok(None);
        }
        SideCall::LogFlush { lane } => {
            logs.flush(id, lane, queue);
            return Ok(None);
        }
    }
    Ok(Some(CallResult::Done))
}
