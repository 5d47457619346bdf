//! A call on its way to the thread that obeys it: parsed there, so that JavaScript does not wait for
//! that.

use crate::error::Error;
use crate::protocol::CallResult;
use crate::sink::Sink;
use serde::de::DeserializeOwned;

/// A call of one lane.
#[derive(Debug)]
pub enum Asked<C> {
    /// As it came from TypeScript: its number, and JSON of a `C`.
    Written(u32, Vec<u8>),
    /// As another thread asks it; with a number if somebody wants the reply.
    Said(Option<u32>, C),
}

impl<C: DeserializeOwned> Asked<C> {
    /// Its number, and the call if it is one.
    pub fn read(self) -> (Option<u32>, Result<C, Error>) {
        match self {
            Self::Written(id, json) => (Some(id), read(&json)),
            Self::Said(id, call) => (id, Ok(call)),
        }
    }

    /// Has it obeyed, and answers.
    pub fn answer(self, sink: &impl Sink, obey: impl FnOnce(C) -> Result<CallResult, Error>) {
        let (id, call) = self.read();
        let result = call.and_then(obey);
        if let Some(id) = id {
            sink.reply(id, result.unwrap_or_else(|error| error.result()));
        }
    }
}

/// The call that some JSON is. What is wrong is told by its place: values may be secrets.
pub fn read<C: DeserializeOwned>(json: &[u8]) -> Result<C, Error> {
    let place = |error: serde_json::Error| format!("column {}", error.column());
    serde_json::from_slice(json).map_err(|error| Error::Malformed(place(error)))
}
