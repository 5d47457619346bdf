//! What differs between processors: the first instructions, and system calls.

use crate::header::Header;
use core::arch::{asm, global_asm};

// The header is filled in after linking, so the compiler must not know its value. Its address is taken here and handed
// on: the compiler would look it up in a table that would have to be relocated.
global_asm!(
    ".section .head, \"ax\"",
    ".balign 16",
    "holdfast_header:",
    ".zero {size}",
    size = const size_of::<Header>(),
);

// rdx holds what Deno's start registers for the end of the process; rbx, rbp and r12 survive calls.
#[cfg(target_arch = "x86_64")]
global_asm!(
    ".section .start, \"ax\"",
    ".globl start",
    "start:",
    "mov rbx, rdx",
    "mov rbp, rsp",
    "mov rdi, rsp",
    "lea rsi, [rip + holdfast_header]",
    "and rsp, -16",
    "call measure",
    "sub rsp, rax",
    "mov r12, rsp",
    "mov rdi, rbp",
    "mov rsi, rsp",
    "lea rdx, [rip + holdfast_header]",
    "call prepare",
    "mov rsp, r12",
    "mov rdx, rbx",
    "xor ebp, ebp",
    "jmp rax",
);

// x0 is to aarch64 what rdx is above.
#[cfg(target_arch = "aarch64")]
global_asm!(
    ".section .start, \"ax\"",
    ".globl start",
    "start:",
    "mov x19, x0",
    "mov x20, sp",
    "mov x0, sp",
    "adr x1, holdfast_header",
    "bl measure",
    "sub sp, x20, x0",
    "mov x21, sp",
    "mov x0, x20",
    "mov x1, x21",
    "adr x2, holdfast_header",
    "bl prepare",
    "mov x16, x0",
    "mov sp, x21",
    "mov x0, x19",
    "mov x29, xzr",
    "mov x30, xzr",
    "br x16",
);

/// Numbers of the system calls.
#[cfg(target_arch = "x86_64")]
mod number {
    pub const GETRLIMIT: usize = 97;
    pub const EXIT: usize = 231;
    pub const MEMFD_CREATE: usize = 319;
}

#[cfg(target_arch = "aarch64")]
mod number {
    pub const GETRLIMIT: usize = 163;
    pub const EXIT: usize = 94;
    pub const MEMFD_CREATE: usize = 279;
}

/// A system call: its result, or minus errno.
///
/// # Safety
/// The arguments fit the call.
#[cfg(target_arch = "x86_64")]
unsafe fn call(number: usize, first: usize, second: usize, third: usize) -> isize {
    let result: isize;
    // SAFETY: as syscall(2) says for this processor.
    unsafe {
        asm!("syscall", inlateout("rax") number as isize => result, in("rdi") first, in("rsi") second,
            in("rdx") third, out("rcx") _, out("r11") _, options(nostack));
    }
    result
}

/// A system call: its result, or minus errno.
///
/// # Safety
/// The arguments fit the call.
#[cfg(target_arch = "aarch64")]
unsafe fn call(number: usize, first: usize, second: usize, third: usize) -> isize {
    let result: isize;
    // SAFETY: as syscall(2) says for this processor.
    unsafe {
        asm!("svc 0", in("x8") number, inlateout("x0") first as isize => result, in("x1") second,
            in("x2") third, options(nostack));
    }
    result
}

/// `memfd_create(2)`.
pub fn memfd_create(name: &core::ffi::CStr, flags: usize) -> isize {
    // SAFETY: the name ends with NUL.
    unsafe { call(number::MEMFD_CREATE, name.as_ptr() as usize, flags, 0) }
}

/// Soft limit of open files (getrlimit(2)); -1: none, or it cannot be told.
pub fn open_files() -> isize {
    const RLIMIT_NOFILE: usize = 7;
    let mut limits = [usize::MAX; 2];
    // SAFETY: the call writes two numbers.
    unsafe {
        call(
            number::GETRLIMIT,
            RLIMIT_NOFILE,
            limits.as_mut_ptr() as usize,
            0,
        )
    };
    let [soft, _] = limits;
    soft as isize
}

/// Ends the process.
pub fn exit(code: usize) -> ! {
    loop {
        // SAFETY: takes a number.
        unsafe { call(number::EXIT, code, 0, 0) };
    }
}
