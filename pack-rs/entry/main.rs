//! The entry stub: what runs first in the one executable, after the dynamic linker and before Deno's
//! own start. It puts the words that say what Deno shall run between the program's name and its
//! arguments, and makes a file in memory, into which the program puts the core when it needs it: the
//! dynamic linker loads files only.
//!
//! Without libc, which is not ready yet, and without an address that would have to be relocated: it is
//! copied into the executable as it is (`build.rs`, `layout.ld`).

#![no_std]
#![no_main]

mod header;
mod memory_file;
mod relative;
mod system;
mod vector;

use header::Header;
use vector::Room;

/// Bytes that the new process vector needs below the one at `old`.
///
/// # Safety
/// `old` is where the kernel left the process vector; `header` begins this segment, filled in by the packer.
#[unsafe(no_mangle)]
unsafe extern "C" fn measure(old: *const usize, header: &Header) -> usize {
    // SAFETY: by the contract above.
    unsafe { vector::size(old, header) }
}

/// Writes the new process vector to `new` and gives the address where Deno begins.
///
/// # Safety
/// As for [`measure`], whose result says how many bytes from `new` on are free.
#[unsafe(no_mangle)]
unsafe extern "C" fn prepare(old: *const usize, new: *mut usize, header: &Header) -> usize {
    // SAFETY: the linker has done its work, Deno has not begun.
    unsafe { relative::add(header) };
    let core = memory_file::create();
    let open_files = system::open_files();
    // SAFETY: by the contracts above.
    unsafe {
        let environment = vector::write(
            old,
            Room {
                at: new,
                core,
                open_files,
            },
            header,
        );
        *environ(header) = environment;
    }
    Header::address(header, header.entry)
}

/// Libc's `environ`.
///
/// # Safety
/// The dynamic linker has done its work.
unsafe fn environ(header: &Header) -> *mut *const usize {
    let at = Header::address(header, header.environment);
    if header.is_slot == 0 {
        return at as *mut *const usize;
    }
    // SAFETY: the packer found a relocation that makes the linker put the address there.
    unsafe { *(at as *const *mut *const usize) }
}

#[panic_handler]
fn stop(_: &core::panic::PanicInfo<'_>) -> ! {
    system::exit(70)
}
