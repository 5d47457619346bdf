//! The process vector: what the kernel puts on the stack of a new process (argument count, arguments,
//! environment, auxiliary values), and the one that Deno shall see in its place.

use crate::header::Header;

/// Type of the auxiliary value that points to the path the program was called by.
const AT_EXECFN: usize = 31;

/// Room for a number in decimal, with its sign and NUL.
const DIGITS: usize = 24;

/// Numbers among the facts.
const NUMBERS: usize = 3;

/// Facts put behind the words: the core's file or minus errno, where the header is, how many files may be open, and the
/// path the program was called by.
const FACTS: usize = NUMBERS + 1;

/// Where the new vector goes, and what it tells.
pub struct Room {
    /// First word of the room.
    pub at: *mut usize,
    /// Descriptor of the core's file, or minus errno.
    pub core: isize,
    /// Soft limit of open files, which Deno raises; -1: none.
    pub open_files: isize,
}

/// The parts of a vector.
struct Parts {
    arguments: *const usize,
    argument_count: usize,
    environment: *const usize,
    variable_count: usize,
    auxiliary: *const usize,
    /// Words, with the two that end them.
    auxiliary_count: usize,
}

/// Splits a vector.
///
/// # Safety
/// `vector` is one.
unsafe fn parts(vector: *const usize) -> Parts {
    // SAFETY: the layout of a process vector in the System V ABI: both lists end with 0, the values with a pair of type 0.
    unsafe {
        let argument_count = *vector;
        let arguments = vector.add(1);
        let environment = arguments.add(argument_count + 1);
        let mut variable_count = 0;
        while *environment.add(variable_count) != 0 {
            variable_count += 1;
        }
        let auxiliary = environment.add(variable_count + 1);
        let mut auxiliary_count = 0;
        while *auxiliary.add(auxiliary_count) != 0 {
            auxiliary_count += 2;
        }
        auxiliary_count += 2;
        Parts {
            arguments,
            argument_count,
            environment,
            variable_count,
            auxiliary,
            auxiliary_count,
        }
    }
}

/// Bytes that [`write`] needs, a multiple of 16.
///
/// # Safety
/// `old` is a process vector.
pub unsafe fn size(old: *const usize, header: &Header) -> usize {
    // SAFETY: by the contract above.
    let parts = unsafe { parts(old) };
    let arguments = parts.argument_count.max(1) + count(header.bytes(header.words)) + FACTS;
    let variables = parts.variable_count + count(header.bytes(header.variables));
    let words = 1 + arguments + 1 + variables + 1 + parts.auxiliary_count;
    (words * size_of::<usize>() + NUMBERS * DIGITS).next_multiple_of(16)
}

/// Writes the vector that Deno shall see; gives the address of its environment.
///
/// # Safety
/// `old` is a process vector, and from `room.at` on there are as many bytes as [`size`] says.
pub unsafe fn write(old: *const usize, room: Room, header: &Header) -> *const usize {
    // SAFETY: what is read is inside `old`, what is written inside the room: `size` counted the same.
    unsafe {
        let parts = parts(old);
        let mut at = room.at.add(1);
        let mut put = |word: usize| {
            *at = word;
            at = at.add(1);
        };
        let name = if parts.argument_count == 0 {
            c"holdfast".as_ptr() as usize
        } else {
            *parts.arguments
        };
        put(name);
        each(header.bytes(header.words), &mut put);
        let numbers = room
            .at
            .cast::<u8>()
            .add(size(old, header) - NUMBERS * DIGITS);
        put(decimal(room.core, numbers));
        put(decimal(
            Header::address(header, 0) as isize,
            numbers.add(DIGITS),
        ));
        put(decimal(room.open_files, numbers.add(2 * DIGITS)));
        put(called_by(&parts).unwrap_or(name));
        for n in 1..parts.argument_count {
            put(*parts.arguments.add(n));
        }
        put(0);
        *room.at = (at.offset_from(room.at) - 2) as usize;
        let environment = at;
        let mut put = |word: usize| {
            *at = word;
            at = at.add(1);
        };
        each(header.bytes(header.variables), &mut put);
        for n in 0..parts.variable_count {
            let variable = *parts.environment.add(n);
            if !is_for_deno(variable as *const u8) {
                put(variable);
            }
        }
        put(0);
        for n in 0..parts.auxiliary_count {
            put(*parts.auxiliary.add(n));
        }
        environment
    }
}

/// How many texts are ended by NUL.
fn count(texts: &[u8]) -> usize {
    texts.iter().filter(|&&byte| byte == 0).count()
}

/// Hands over the address of each text.
fn each(texts: &[u8], put: &mut impl FnMut(usize)) {
    let mut start = texts.as_ptr() as usize;
    for (n, &byte) in texts.iter().enumerate() {
        if byte == 0 {
            put(start);
            start = texts.as_ptr() as usize + n + 1;
        }
    }
}

/// Writes a number to `at` and gives its address.
///
/// # Safety
/// `at` has room for [`DIGITS`] bytes.
unsafe fn decimal(number: isize, at: *mut u8) -> usize {
    let mut rest = number.unsigned_abs();
    let mut place = DIGITS - 1;
    // SAFETY: a number of 64 bits has at most 20 digits, which with sign and NUL fit.
    unsafe {
        *at.add(place) = 0;
        loop {
            place -= 1;
            *at.add(place) = b'0' + (rest % 10) as u8;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        if number < 0 {
            place -= 1;
            *at.add(place) = b'-';
        }
        at.add(place) as usize
    }
}

/// The path the kernel was given, if it says.
///
/// # Safety
/// The parts are of a process vector.
unsafe fn called_by(parts: &Parts) -> Option<usize> {
    (0..parts.auxiliary_count).step_by(2).find_map(|n| {
        // SAFETY: values come in pairs.
        unsafe { (*parts.auxiliary.add(n) == AT_EXECFN).then(|| *parts.auxiliary.add(n + 1)) }
    })
}

/// Whether Deno itself would take a variable for its own: no operator of this program means it so.
///
/// # Safety
/// `variable` is ended by NUL.
unsafe fn is_for_deno(variable: *const u8) -> bool {
    // SAFETY: by the contract above. Not a table of texts: their addresses would have to be relocated.
    unsafe {
        starts_with(variable, b"DENO_")
            || starts_with(variable, b"NODE_")
            || starts_with(variable, b"OTEL_DENO")
    }
}

/// Whether a text ended by NUL begins so.
///
/// # Safety
/// `text` is ended by NUL.
unsafe fn starts_with(text: *const u8, start: &[u8]) -> bool {
    // SAFETY: `start` has no NUL, so the first that differs is at or before the end of the text.
    start
        .iter()
        .enumerate()
        .all(|(n, &byte)| unsafe { *text.add(n) } == byte)
}
