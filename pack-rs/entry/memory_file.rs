//! The file in memory that the core is put into, by whoever needs it (`cli/packed/`).

use crate::system;

const MFD_CLOEXEC: usize = 1;

/// The file can be mapped and loaded, but never be executed as a program. With it `vm.memfd_noexec`
/// forbids nothing, whatever it is set to.
const MFD_NOEXEC_SEAL: usize = 8;

const EINVAL: isize = -22;

/// The empty file; or minus errno, which is told when the core is needed.
pub fn create() -> isize {
    let name = c"libholdfast_core.so";
    let file = system::memfd_create(name, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
    // Before Linux 6.3 there was no such seal.
    if file == EINVAL {
        return system::memfd_create(name, MFD_CLOEXEC);
    }
    file
}
