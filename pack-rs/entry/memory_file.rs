//! The core as a file in memory.

use crate::header::Header;
use crate::system;

const MFD_CLOEXEC: usize = 1;

/// The file can be mapped and loaded, but never be executed as a program. With it `vm.memfd_noexec`
/// forbids nothing, whatever it is set to.
const MFD_NOEXEC_SEAL: usize = 8;

const EINVAL: isize = -22;
const EINTR: isize = -4;

/// The file with the core in it; or minus errno, which is told when the core is needed.
pub fn create(header: &Header) -> isize {
    let name = c"libholdfast_core.so";
    let mut file = system::memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    // Before Linux 6.3 there was no such seal.
    if file == EINVAL {
        file = system::memfd_create(name, MFD_CLOEXEC);
    }
    if file < 0 {
        return file;
    }
    let mut rest = header.bytes(header.core);
    while !rest.is_empty() {
        match system::write(file, rest) {
            EINTR => {}
            written if written <= 0 => return written.min(-1),
            written => rest = rest.get(written as usize..).unwrap_or_default(),
        }
    }
    file
}
