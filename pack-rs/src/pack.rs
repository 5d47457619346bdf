//! Joins a runtime and a segment: the segment goes behind the file and is loaded behind the program; the
//! header of a note becomes that of the segment; the program begins in the segment.

use crate::error::Error;
use crate::plan::{Plan, Replaced};
use crate::runtime::{self, Runtime};
use crate::segment::Place;
use crate::{plan, relative, segment};
use object::elf::{PF_R, PF_X, PT_LOAD, ProgramHeader64};
use object::{LittleEndian, U32, U64, pod};
use std::collections::BTreeMap;

/// Entry stubs by processor, see `build.rs`.
const STUBS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/stubs.rs"));

/// Where an ELF header of 64 bits says where the program begins.
const ENTRY_FIELD: usize = 24;

/// The executable of a plan.
///
/// # Errors
/// A file cannot be read, or the runtime cannot be packed.
pub fn executable(plan: &Plan) -> Result<Vec<u8>, Error> {
    let mut bytes = plan::read_file(&plan.runtime)?;
    let core = plan::read_file(&plan.core)?;
    let runtime = runtime::inspect(&bytes)?;
    let of_core = runtime::machine(&core)?;
    if of_core != runtime.machine {
        let message = format!(
            "it is for {}, the runtime for {}",
            of_core.name(),
            runtime.machine.name()
        );
        return Err(Error::Core(message));
    }
    for each in &plan.replaced {
        replace(&mut bytes, each)?;
    }
    let relative = relative::take_out(&mut bytes, runtime.machine)?;
    let mut texts = BTreeMap::from([("core".to_owned(), core)]);
    for (name, path) in &plan.texts {
        texts.insert(name.clone(), plan::read_file(path)?);
    }
    let content = segment::Content {
        stub: stub(runtime.machine)?,
        texts: &texts,
        words: &plan.words,
        variables: &plan.variables,
        relative: &relative,
    };
    // Kernel and linker want the place in the file and the address to agree within a page.
    bytes.resize(bytes.len().next_multiple_of(runtime.page as usize), 0);
    let place = segment::Place {
        address: runtime.end.next_multiple_of(runtime.page),
        file: bytes.len() as u64,
    };
    let segment = segment::build(&runtime, place, &content)?;
    join(bytes, &runtime, place, &segment)
}

/// Puts a text in the place of another.
fn replace(bytes: &mut [u8], Replaced { text, by }: &Replaced) -> Result<(), Error> {
    let places: Vec<_> = memchr::memmem::find_iter(bytes, text).take(2).collect();
    let (&[at], true) = (places.as_slice(), by.len() <= text.len()) else {
        let message = format!("there must be one place for {by:?}, which is that of {text:?}");
        return Err(Error::Runtime(message));
    };
    let filled = format!("{by:<width$}", width = text.len());
    put(bytes, at, filled.as_bytes())
}

fn stub(machine: runtime::Machine) -> Result<&'static [u8], Error> {
    let found = STUBS.iter().find(|(name, _)| *name == machine.name());
    found
        .map(|(_, bytes)| *bytes)
        .ok_or(Error::NoStub(machine.name()))
}

fn join(
    mut bytes: Vec<u8>,
    runtime: &Runtime,
    Place { address, file }: Place,
    segment: &[u8],
) -> Result<Vec<u8>, Error> {
    bytes.extend_from_slice(segment);
    let number = |value: u64| U64::new(LittleEndian, value);
    let header = ProgramHeader64 {
        p_type: U32::new(LittleEndian, PT_LOAD),
        p_flags: U32::new(LittleEndian, PF_R | PF_X),
        p_offset: number(file),
        p_vaddr: number(address),
        p_paddr: number(address),
        p_filesz: number(segment.len() as u64),
        p_memsz: number(segment.len() as u64),
        p_align: number(runtime.page),
    };
    put(
        &mut bytes,
        runtime.spare_header as usize,
        pod::bytes_of(&header),
    )?;
    let entry = address + segment::HEADER as u64;
    put(&mut bytes, ENTRY_FIELD, &entry.to_le_bytes())?;
    Ok(bytes)
}

fn put(bytes: &mut [u8], at: usize, value: &[u8]) -> Result<(), Error> {
    let place = bytes.get_mut(at..at + value.len());
    place
        .ok_or_else(|| Error::Runtime("its headers are outside of the file".into()))?
        .copy_from_slice(value);
    Ok(())
}
