//! A runtime as it is: what the packer needs to know of its ELF file, and whether it can be packed.

use crate::error::Error;
use object::elf::{
    EM_AARCH64, EM_X86_64, ET_DYN, FileHeader64, PF_W, PF_X, PT_INTERP, PT_LOAD, PT_NOTE,
    ProgramHeader64, R_AARCH64_COPY, R_AARCH64_GLOB_DAT, R_X86_64_COPY, R_X86_64_GLOB_DAT,
};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{
    LittleEndian, Object as _, ObjectSymbol as _, ObjectSymbolTable as _, RelocationFlags,
    RelocationTarget,
};

/// What the packer has a stub for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Machine {
    /// AMD64.
    X86_64,
    /// ARM with 64 bits.
    Aarch64,
}

impl Machine {
    /// As Rust calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Aarch64 => "aarch64",
        }
    }

    fn of(number: u16) -> Option<Self> {
        match number {
            EM_X86_64 => Some(Self::X86_64),
            EM_AARCH64 => Some(Self::Aarch64),
            _ => None,
        }
    }
}

/// Where libc's `environ` is found once the dynamic linker has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A slot, at this address, holds the address of the variable.
    Slot(u64),
    /// The variable itself is at this address.
    Variable(u64),
}

/// A runtime that can be packed. Addresses are those of the file, before it is loaded anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Runtime {
    /// Its processor.
    pub machine: Machine,
    /// Where it begins.
    pub entry: u64,
    /// Behind all it loads.
    pub end: u64,
    /// What addresses and places in the file must agree in: the largest page it is made for.
    pub page: u64,
    /// Place in the file of the program header that is not needed and becomes ours.
    pub spare_header: u64,
    /// Its environment.
    pub environment: Environment,
}

type Elf<'a> = ElfFile64<'a, LittleEndian>;
type Segment = ProgramHeader64<LittleEndian>;

/// Processor of an ELF file.
///
/// # Errors
/// It is none, or of another processor.
pub fn machine(bytes: &[u8]) -> Result<Machine, Error> {
    let elf = Elf::parse(bytes)?;
    let number = elf.elf_header().e_machine.get(LittleEndian);
    Machine::of(number)
        .ok_or_else(|| Error::Runtime(format!("its processor (e_machine {number}) has no stub")))
}

/// Looks at an executable.
///
/// # Errors
/// It is none that can be packed; the message says what it lacks.
pub fn inspect(bytes: &[u8]) -> Result<Runtime, Error> {
    let machine = machine(bytes)?;
    let elf = Elf::parse(bytes)?;
    let header = elf.elf_header();
    let segments = elf.elf_program_headers();
    if header.e_type.get(LittleEndian) != ET_DYN
        || !segments.iter().any(|each| kind(each) == PT_INTERP)
    {
        return Err(lacks(
            "it is no position-independent executable with a dynamic linker",
        ));
    }
    let loads = || segments.iter().filter(|each| kind(each) == PT_LOAD);
    let end = loads()
        .map(|each| each.p_vaddr(LittleEndian) + each.p_memsz(LittleEndian))
        .max();
    let page = loads().map(|each| each.p_align(LittleEndian)).max();
    let (Some(end), Some(page)) = (end, page) else {
        return Err(lacks("it loads nothing"));
    };
    if !page.is_power_of_two() || page > 0x10_0000 {
        return Err(lacks(&format!(
            "its pages of {page} bytes are no size of pages"
        )));
    }
    if loads().any(|each| each.p_flags(LittleEndian) & (PF_W | PF_X) == PF_W | PF_X) {
        return Err(lacks("a part of it can be both written and executed"));
    }
    Ok(Runtime {
        machine,
        entry: header.e_entry(LittleEndian),
        end,
        page,
        spare_header: spare_header(header, segments)?,
        environment: environment(&elf, machine)?,
    })
}

fn kind(segment: &Segment) -> u32 {
    segment.p_type(LittleEndian)
}

fn lacks(what: &str) -> Error {
    Error::Runtime(what.into())
}

/// The header of a note, which nobody reads at run time. It must stand behind all that is loaded: those are in the order
/// of their addresses, and what is packed gets the last.
fn spare_header(header: &FileHeader64<LittleEndian>, segments: &[Segment]) -> Result<u64, Error> {
    let last_load = segments.iter().rposition(|each| kind(each) == PT_LOAD);
    let note = segments.iter().rposition(|each| kind(each) == PT_NOTE);
    match (note, last_load) {
        (Some(note), Some(load)) if note > load => {
            let size = u64::from(header.e_phentsize(LittleEndian));
            Ok(header.e_phoff(LittleEndian) + note as u64 * size)
        }
        _ => Err(lacks(
            "it has no PT_NOTE header behind its last PT_LOAD (is it packed already?)",
        )),
    }
}

/// The relocation that binds `environ`.
fn environment(elf: &Elf<'_>, machine: Machine) -> Result<Environment, Error> {
    let (slot, copy) = match machine {
        Machine::X86_64 => (R_X86_64_GLOB_DAT, R_X86_64_COPY),
        Machine::Aarch64 => (R_AARCH64_GLOB_DAT, R_AARCH64_COPY),
    };
    let symbols = elf
        .dynamic_symbol_table()
        .ok_or_else(|| lacks("it has no dynamic symbols"))?;
    for (at, relocation) in elf.dynamic_relocations().into_iter().flatten() {
        let RelocationTarget::Symbol(index) = relocation.target() else {
            continue;
        };
        if !matches!(
            symbols.symbol_by_index(index)?.name(),
            Ok("environ" | "__environ" | "_environ")
        ) {
            continue;
        }
        match relocation.flags() {
            RelocationFlags::Elf { r_type } if r_type == slot => return Ok(Environment::Slot(at)),
            RelocationFlags::Elf { r_type } if r_type == copy => {
                return Ok(Environment::Variable(at));
            }
            _ => {}
        }
    }
    Err(lacks("it does not use environ of libc"))
}
