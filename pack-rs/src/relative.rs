//! The relocations of a runtime that only add the address it is loaded at. The dynamic linker wants 24 bytes for each, all of which it reads
//! at each start and which stay in memory: nearly 4 MB of Deno. Here they become a list of bits behind the program (RELR of the ELF
//! specification, which many a libc in use does not know), and the entry stub adds what they say.

use crate::error::Error;
use crate::runtime::Machine;
use object::elf::{
    DT_RELA, DT_RELACOUNT, DT_RELASZ, FileHeader64, PF_W, PT_DYNAMIC, PT_GNU_RELRO, PT_LOAD,
    PT_TLS, ProgramHeader64, R_AARCH64_RELATIVE, R_X86_64_RELATIVE,
};
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _};
use object::{LittleEndian, elf};
use std::ops::Range;

/// Bytes of a relocation.
const ENTRY: usize = size_of::<elf::Rela64<LittleEndian>>();

/// Bytes of what is relocated.
const WORD: u64 = 8;

/// Words that one word of bits speaks of.
const BITS: u64 = 63;

type Segment = ProgramHeader64<LittleEndian>;

/// Takes the relocations out of a runtime and writes what they add into the places they are for. Gives the list of places: an
/// even word is the address of one, an odd word tells by its other bits which of the next 63 words are more of them. It is empty
/// where the linker makes the places unwritable once it is done, or where there is none.
///
/// # Errors
/// The runtime says things of itself that cannot be.
pub fn take_out(bytes: &mut [u8], machine: Machine) -> Result<Vec<u64>, Error> {
    let Some(table) = table_of(bytes)? else {
        return Ok(Vec::new());
    };
    let wanted = match machine {
        Machine::X86_64 => R_X86_64_RELATIVE,
        Machine::Aarch64 => R_AARCH64_RELATIVE,
    };
    let (mut places, mut kept) = (Vec::new(), Vec::new());
    for n in 0..table.count {
        let [place, info, addend] = words_at(bytes, table.at + n * ENTRY)?;
        let file = (info == u64::from(wanted) && place % WORD == 0)
            .then(|| table.place_in_file(place))
            .flatten();
        match file {
            Some(at) => {
                write(bytes, at, addend)?;
                places.push(place);
            }
            None => kept.push([place, info, addend]),
        }
    }
    let gone = places.len() * ENTRY;
    for at in (table.at..table.at + gone).step_by(ENTRY) {
        for word in 0..3 {
            write(bytes, at + word * 8, 0)?;
        }
    }
    for (n, entry) in kept.iter().enumerate() {
        for (word, value) in entry.iter().enumerate() {
            write(bytes, table.at + gone + n * ENTRY + word * 8, *value)?;
        }
    }
    for (at, value) in [
        (table.address_field, table.address + gone as u64),
        (table.size_field, table.size - gone as u64),
        (table.count_field, kept.len() as u64),
    ] {
        write(bytes, at, value)?;
    }
    places.sort_unstable();
    Ok(listed(&places))
}

/// Where the relocations are, and what says so.
struct Table {
    /// In the file.
    at: usize,
    /// Of them so many come first that only add the address.
    count: usize,
    address: u64,
    size: u64,
    /// Places in the file of the values of `DT_RELA`, `DT_RELASZ` and `DT_RELACOUNT`.
    address_field: usize,
    size_field: usize,
    count_field: usize,
    /// Addresses that can be written to and are in the file, and how far their places there are before them.
    writable: Vec<(Range<u64>, u64)>,
    /// The linker copies this before the stub runs.
    tls: Range<u64>,
}

impl Table {
    fn place_in_file(&self, address: u64) -> Option<usize> {
        let end = address.checked_add(WORD)?;
        if address < self.tls.end && self.tls.start < end {
            return None;
        }
        let (_, before) = self
            .writable
            .iter()
            .find(|(range, _)| range.start <= address && end <= range.end)?;
        usize::try_from(address.checked_sub(*before)?).ok()
    }
}

/// The table; absent where nothing can be taken out of it.
fn table_of(bytes: &[u8]) -> Result<Option<Table>, Error> {
    let header = FileHeader64::<LittleEndian>::parse(bytes)?;
    let segments = header.program_headers(LittleEndian, bytes)?;
    let of = |kind| {
        segments
            .iter()
            .filter(move |each: &&Segment| each.p_type(LittleEndian) == kind)
    };
    let Some(dynamic) = of(PT_DYNAMIC).next() else {
        return Ok(None);
    };
    if of(PT_GNU_RELRO).next().is_some() {
        return Ok(None);
    }
    let first = usize::try_from(dynamic.p_offset(LittleEndian)).unwrap_or(usize::MAX);
    let entries = dynamic.dynamic(LittleEndian, bytes)?.unwrap_or_default();
    let field = |tag: u32| {
        let n = entries
            .iter()
            .position(|each| each.d_tag(LittleEndian) == u64::from(tag))?;
        let value = entries.get(n)?.d_val(LittleEndian);
        Some((value, first + n * 16 + 8))
    };
    let (Some((address, address_field)), Some((size, size_field)), Some((count, count_field))) =
        (field(DT_RELA), field(DT_RELASZ), field(DT_RELACOUNT))
    else {
        return Ok(None);
    };
    let loaded = |each: &Segment| {
        let from = each.p_vaddr(LittleEndian);
        (
            from..from + each.p_filesz(LittleEndian),
            from.wrapping_sub(each.p_offset(LittleEndian)),
        )
    };
    let place = of(PT_LOAD)
        .map(loaded)
        .find(|(range, _)| range.contains(&address));
    let Some((_, before)) = place else {
        return Ok(None);
    };
    let writable = of(PT_LOAD)
        .filter(|each| each.p_flags(LittleEndian) & PF_W != 0)
        .map(loaded)
        .collect();
    let tls = of(PT_TLS).map(|each| loaded(each).0).next().unwrap_or(0..0);
    let count = usize::try_from(count.min(size / ENTRY as u64)).unwrap_or(0);
    Ok(Some(Table {
        at: usize::try_from(address.wrapping_sub(before)).unwrap_or(usize::MAX),
        count,
        address,
        size,
        address_field,
        size_field,
        count_field,
        writable,
        tls,
    }))
}

/// The list of ascending places.
fn listed(places: &[u64]) -> Vec<u64> {
    let mut list = Vec::new();
    let mut places = places.iter().copied().peekable();
    while let Some(first) = places.next() {
        list.push(first);
        let mut from = first + WORD;
        loop {
            let mut bits = 0;
            while let Some(place) = places.next_if(|place| (*place - from) / WORD < BITS) {
                bits |= 1 << ((place - from) / WORD);
            }
            if bits == 0 {
                break;
            }
            list.push(bits << 1 | 1);
            from += BITS * WORD;
        }
    }
    list
}

fn words_at(bytes: &[u8], at: usize) -> Result<[u64; 3], Error> {
    let mut words = [0; 3];
    for (n, word) in words.iter_mut().enumerate() {
        let found = bytes.get(at + n * 8..).and_then(<[u8]>::first_chunk);
        *word = u64::from_le_bytes(*found.ok_or_else(outside)?);
    }
    Ok(words)
}

fn write(bytes: &mut [u8], at: usize, value: u64) -> Result<(), Error> {
    let place = at.checked_add(8).and_then(|end| bytes.get_mut(at..end));
    place
        .ok_or_else(outside)?
        .copy_from_slice(&value.to_le_bytes());
    Ok(())
}

fn outside() -> Error {
    Error::Runtime("its relocations are outside of the file".into())
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn places_in_a_row_share_words_of_bits_and_distant_ones_begin_anew() {
        assert!(listed(&[]).is_empty());
        assert_eq!(listed(&[0x1000]), [0x1000]);
        assert_eq!(listed(&[0x1000, 0x1008, 0x1018]), [0x1000, 0b1011]);
        // The 63rd word behind the first is the last of its bits.
        assert_eq!(listed(&[0, 63 * 8]), [0, 1 << 63 | 1]);
        assert_eq!(listed(&[0, 8, 64 * 8]), [0, 0b11, 0b11]);
        assert_eq!(listed(&[0, 64 * 8]), [0, 64 * 8]);
    }
}
