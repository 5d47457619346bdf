//! The segment that is added: header, stub, texts and words. `entry/header.rs` reads the header.

use crate::error::Error;
use crate::runtime::{Environment, Runtime};
use std::collections::BTreeMap;

/// Begins the segment of a packed executable.
pub const MAGIC: [u8; 8] = *b"HOLDFAST";

/// Bytes of the header; the stub's code follows.
pub const HEADER: usize = 96;

/// Distance of what is not code from a multiple of this is none, in bytes.
const ALIGNMENT: usize = 64;

/// What the segment holds.
pub struct Content<'a> {
    /// The stub as linked: room for the header, then code.
    pub stub: &'a [u8],
    /// Texts by name, and the core's library as `core`.
    pub texts: &'a BTreeMap<String, Vec<u8>>,
    /// Words for the runtime.
    pub words: &'a [String],
    /// Variables for the runtime.
    pub variables: &'a [String],
    /// Places of the runtime to which the address it is loaded at is added, as `relative` lists them.
    pub relative: &'a [u64],
}

/// Where the segment is.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// In memory, before the program is loaded anywhere.
    pub address: u64,
    /// In the file.
    pub file: u64,
}

/// The segment as it is loaded at a place.
///
/// # Errors
/// A word or variable contains NUL.
pub fn build(
    runtime: &Runtime,
    Place { address, file }: Place,
    content: &Content<'_>,
) -> Result<Vec<u8>, Error> {
    let mut segment = content.stub.to_vec();
    let mut places = BTreeMap::new();
    for (name, text) in content.texts {
        let [at, length] = append(&mut segment, text);
        places.insert(name, [at, length, file + at]);
    }
    let table = serde_json::to_string(&places).unwrap_or_default();
    let words = append(
        &mut segment,
        &ended_by_nul(content.words.iter().chain([&table]))?,
    );
    let variables = append(&mut segment, &ended_by_nul(content.variables)?);
    let list: Vec<u8> = content
        .relative
        .iter()
        .flat_map(|word| word.to_le_bytes())
        .collect();
    let relative = append(&mut segment, &list);
    let (environment, is_slot) = match runtime.environment {
        Environment::Slot(at) => (at, 1),
        Environment::Variable(at) => (at, 0),
    };
    let distance = |to: u64| to.wrapping_sub(address);
    let mut header = MAGIC.to_vec();
    let fields = [distance(runtime.entry), distance(environment), is_slot];
    for field in fields
        .into_iter()
        .chain([words, variables, relative].into_iter().flatten())
        .chain([distance(0)])
    {
        header.extend_from_slice(&field.to_le_bytes());
    }
    for (to, from) in segment.iter_mut().zip(header) {
        *to = from;
    }
    Ok(segment)
}

/// Adds bytes; gives where they begin and how many they are.
fn append(segment: &mut Vec<u8>, bytes: &[u8]) -> [u64; 2] {
    segment.resize(segment.len().next_multiple_of(ALIGNMENT), 0);
    let at = segment.len();
    segment.extend_from_slice(bytes);
    [at as u64, bytes.len() as u64]
}

fn ended_by_nul<'a>(texts: impl IntoIterator<Item = &'a String>) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    for text in texts {
        if text.contains('\0') {
            return Err(Error::Nul(text.clone()));
        }
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
    }
    Ok(bytes)
}
