//! What to make of what, as `scripts/build` writes it.

use crate::error::Error;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// One executable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Deno's executable.
    pub runtime: PathBuf,
    /// The core's library.
    pub core: PathBuf,
    /// Texts that the program reads from its own memory, by name. `core` is the library's.
    pub texts: BTreeMap<String, PathBuf>,
    /// Texts inside of the runtime that others are put in the place of.
    #[serde(default)]
    pub replaced: Vec<Replaced>,
    /// Words between the program's name and its own arguments. The last is followed by one more: where
    /// the texts are, as JSON `{name: [distance from the header, bytes, place in the file]}`.
    pub words: Vec<String>,
    /// `NAME=VALUE` for the runtime.
    pub variables: Vec<String>,
    /// Where the executable goes.
    pub out: PathBuf,
}

/// A text of the runtime, which must be in it once, and what stands there afterwards: at most as long,
/// filled up with spaces.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaced {
    /// What is looked for.
    pub text: String,
    /// What is put there.
    pub by: String,
}

/// Reads a plan.
///
/// # Errors
/// The file cannot be read, or is no plan.
pub fn read(path: &Path) -> Result<Plan, Error> {
    let text = read_file(path)?;
    serde_json::from_slice(&text).map_err(|source| Error::Plan {
        path: path.into(),
        source,
    })
}

/// Reads a file of the plan.
///
/// # Errors
/// It cannot be read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::File {
        act: "read",
        path: path.into(),
        source,
    })
}
