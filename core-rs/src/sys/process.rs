//! Starting, signalling and reaping processes.
//!
//! A child is made with `clone(CLONE_VM | CLONE_VFORK)`, as `posix_spawn(3)` does: it borrows this
//! process's memory until it executes its program, so nothing is copied, and it writes the reason
//! of a failure where the parent reads it. `posix_spawn` itself cannot set account, groups, limits
//! and the signal at the death of the parent.

use super::limits::OpenFiles;
use super::memory_file::MemoryFile;
use super::{check, length_of, own};
use std::ffi::{CStr, CString, c_char, c_int, c_long, c_void};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::ptr;

/// Bytes of the stack of a child until it executes its program.
const STACK: usize = 64 << 10;

/// Signals are numbered from 1 to this.
const SIGNALS: c_long = 64;

/// Bytes of the kernel's signal set, and of its `sigaction`, at most.
const SIGNAL_SET: usize = 8;
const SIGNAL_ACTION: usize = 64;

/// What to start, and how.
#[derive(Debug)]
pub struct Start<'a> {
    /// The file.
    pub path: &'a CStr,
    /// Arguments, the name of the program first.
    pub argv: &'a [CString],
    /// `NAME=value`.
    pub environment: &'a [CString],
    /// User and group; that group only. Absent: as this process.
    pub account: Option<(u32, u32)>,
    /// Absent: as this process.
    pub open_files: Option<OpenFiles>,
    /// What it reads from and writes to: `/dev/null`, of a number above 2.
    pub null: BorrowedFd<'a>,
}

/// A process that was started; it leads a session and a process group of its own.
#[derive(Debug)]
pub struct Process {
    /// Its number, and that of its group.
    pub pid: i32,
    /// Readable when it has ended (`pidfd_open(2)`).
    pub handle: OwnedFd,
}

/// How a process ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// By itself, with this code.
    Code(i32),
    /// By this signal.
    Signal(i32),
}

/// What the three standard streams of a process are.
#[derive(Debug)]
pub struct StandardStreams<'a> {
    /// What it reads from.
    pub input: BorrowedFd<'a>,
    /// What it writes to.
    pub output: BorrowedFd<'a>,
    /// Where it complains.
    pub error: BorrowedFd<'a>,
}

/// What the child finds in the memory it borrows.
struct Borrowed {
    program: Program,
    argv: *const *const c_char,
    by_shell: *const *const c_char,
    environment: *const *const c_char,
    account: Option<(u32, u32)>,
    open_files: Option<libc::rlimit>,
    standard: [c_int; 3],
    /// Whom it does not outlive.
    parent: Option<c_int>,
    /// `errno` of the step that failed; 0: the program was executed.
    failed: c_int,
}

/// The file that is executed.
#[derive(Clone, Copy)]
enum Program {
    Path(*const c_char),
    /// A file in memory.
    Open(c_int),
}

/// Starts a program. An error is that of the first step that failed, up to executing the program.
pub fn start(how: &Start<'_>) -> io::Result<Process> {
    let argv = pointers(how.argv.iter().map(CString::as_c_str));
    let rest = how.argv.iter().skip(1).map(CString::as_c_str);
    // What has no "#!" is meant for a shell (execvp(3)).
    let by_shell = pointers([c"/bin/sh", how.path].into_iter().chain(rest));
    let environment = pointers(how.environment.iter().map(CString::as_c_str));
    let null = how.null.as_raw_fd();
    begin(Borrowed {
        program: Program::Path(how.path.as_ptr()),
        argv: argv.as_ptr(),
        by_shell: by_shell.as_ptr(),
        environment: environment.as_ptr(),
        account: how.account,
        open_files: how.open_files.map(|limit| libc::rlimit {
            rlim_cur: limit.soft,
            rlim_max: limit.hard,
        }),
        standard: [null; 3],
        // SAFETY: cannot fail.
        parent: Some(unsafe { libc::getpid() }),
        failed: 0,
    })
}

/// Starts a program that is in memory, as this account and without environment; it goes on when
/// this process ends.
pub fn start_to_outlive(
    program: &MemoryFile,
    argv: &[CString],
    streams: &StandardStreams<'_>,
) -> io::Result<Process> {
    let argv = pointers(argv.iter().map(CString::as_c_str));
    let nothing = pointers([].into_iter());
    begin(Borrowed {
        program: Program::Open(program.as_fd().as_raw_fd()),
        argv: argv.as_ptr(),
        by_shell: nothing.as_ptr(),
        environment: nothing.as_ptr(),
        account: None,
        open_files: None,
        standard: [&streams.input, &streams.output, &streams.error].map(AsRawFd::as_raw_fd),
        parent: None,
        failed: 0,
    })
}

/// What is borrowed outlives this call.
fn begin(mut borrowed: Borrowed) -> io::Result<Process> {
    let process = without_signals(|| clone(&mut borrowed))?;
    if borrowed.failed == 0 {
        return Ok(process);
    }
    reap(&process)?;
    Err(io::Error::from_raw_os_error(borrowed.failed))
}

fn clone(borrowed: &mut Borrowed) -> io::Result<Process> {
    // Aligned to 16 bytes, as calls expect it.
    let mut stack = vec![0u128; STACK / size_of::<u128>()];
    let mut handle: c_int = -1;
    let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::CLONE_PIDFD | libc::SIGCHLD;
    // SAFETY: the stack grows down from its end and is not used otherwise; `CLONE_VFORK` suspends
    // this thread until the child has executed its program or exited, so that everything borrowed
    // outlives its use; signals are blocked, so no handler of this process runs in the child.
    let pid = check(unsafe {
        libc::clone(
            in_child,
            stack.as_mut_ptr_range().end.cast(),
            flags,
            ptr::from_mut(borrowed).cast(),
            &raw mut handle,
        )
    })?;
    // SAFETY: the kernel has just opened it for us.
    let handle = unsafe { own(handle) }?;
    Ok(Process { pid, handle })
}

/// Array of C strings as `execve(2)` wants it; the strings stay where they are.
fn pointers<'a>(texts: impl Iterator<Item = &'a CStr>) -> Vec<*const c_char> {
    let ends = std::iter::once(ptr::null());
    texts.map(CStr::as_ptr).chain(ends).collect()
}

/// Runs `body` with all signals blocked in this thread.
fn without_signals<T>(body: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    let mut all = std::mem::MaybeUninit::uninit();
    let mut before = std::mem::MaybeUninit::uninit();
    // SAFETY: both are writable; the first is initialised before it is read.
    let blocked = unsafe {
        libc::sigfillset(all.as_mut_ptr());
        libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr())
    };
    if blocked != 0 {
        return Err(io::Error::from_raw_os_error(blocked));
    }
    let result = body();
    // SAFETY: written by the successful call above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), ptr::null_mut()) };
    result
}

/// The child: memory of the parent, descriptors and signal actions of its own. System calls only,
/// and raw ones for what the C library would do to all threads of the parent.
extern "C" fn in_child(data: *mut c_void) -> c_int {
    // SAFETY: the parent passes a `Borrowed`, and waits.
    let borrowed = unsafe { &mut *data.cast::<Borrowed>() };
    borrowed.failed = prepare(borrowed)
        .and_then(|()| execute(borrowed))
        .err()
        .and_then(|error| error.raw_os_error())
        .unwrap_or(libc::EIO);
    // SAFETY: ends the child without anything of the parent's being run.
    unsafe { libc::_exit(127) }
}

fn prepare(borrowed: &mut Borrowed) -> io::Result<()> {
    let action = [0u8; SIGNAL_ACTION];
    for signal in 1..=SIGNALS {
        // The default for all, those of the C library and ignored ones too; two cannot be set.
        // SAFETY: a zeroed action is SIG_DFL without flags, and long enough for any architecture.
        unsafe {
            libc::syscall(
                libc::SYS_rt_sigaction,
                signal,
                action.as_ptr(),
                ptr::null_mut::<c_void>(),
                SIGNAL_SET,
            )
        };
    }
    // SAFETY: plain system calls; the descriptors are those of this child, a copy.
    unsafe {
        check(libc::setsid())?;
        for (number, stream) in (0..).zip(borrowed.standard) {
            check(libc::dup2(stream, number))?;
        }
        close_from(3, &mut borrowed.program)?;
        if let Some(limit) = &borrowed.open_files {
            check(libc::setrlimit(libc::RLIMIT_NOFILE, limit))?;
        }
        if let Some((uid, gid)) = borrowed.account {
            let groups = [gid];
            raw(libc::syscall(libc::SYS_setgroups, 1, groups.as_ptr()))?;
            raw(libc::syscall(libc::SYS_setresgid, gid, gid, gid))?;
            raw(libc::syscall(libc::SYS_setresuid, uid, uid, uid))?;
        }
        // After the account, whose change resets it.
        if let Some(parent) = borrowed.parent {
            check(libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGTERM))?;
            if libc::getppid() != parent {
                return Err(io::Error::from_raw_os_error(libc::ESRCH));
            }
        }
        let none = [0u8; SIGNAL_SET];
        raw(libc::syscall(
            libc::SYS_rt_sigprocmask,
            libc::SIG_SETMASK,
            none.as_ptr(),
            ptr::null_mut::<c_void>(),
            SIGNAL_SET,
        ))
    }
}

/// Closes every descriptor from `first` on but that of the program, which takes the number `first`:
/// `close_range(2)`, or one by one before Linux 5.9.
unsafe fn close_from(first: c_int, program: &mut Program) -> io::Result<()> {
    // SAFETY: nothing of the child uses them any more.
    unsafe {
        let mut rest = first;
        if let Program::Open(fd) = program {
            if *fd != first {
                check(libc::dup3(*fd, first, libc::O_CLOEXEC))?;
                *fd = first;
            }
            rest = first + 1;
        }
        if libc::syscall(libc::SYS_close_range, rest, c_int::MAX, 0) == 0 {
            return Ok(());
        }
        let most = libc::sysconf(libc::_SC_OPEN_MAX);
        for fd in rest..c_int::try_from(most).unwrap_or(1024) {
            libc::close(fd);
        }
    }
    Ok(())
}

/// Returns only with an error.
fn execute(borrowed: &Borrowed) -> io::Result<()> {
    // SAFETY: the strings and their arrays are the parent's, which waits.
    unsafe {
        match borrowed.program {
            Program::Path(path) => libc::execve(path, borrowed.argv, borrowed.environment),
            Program::Open(fd) => {
                let (argv, environment) = (borrowed.argv, borrowed.environment);
                let flags = libc::AT_EMPTY_PATH;
                libc::syscall(
                    libc::SYS_execveat,
                    fd,
                    c"".as_ptr(),
                    argv,
                    environment,
                    flags,
                );
                return Err(io::Error::last_os_error());
            }
        };
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::ENOEXEC) {
            return Err(error);
        }
        libc::execve(c"/bin/sh".as_ptr(), borrowed.by_shell, borrowed.environment);
    }
    Err(io::Error::last_os_error())
}

fn raw(result: c_long) -> io::Result<()> {
    if result < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

/// How a process ended, once it has; it stays until it is reaped.
pub fn exit_of(process: &Process) -> io::Result<Option<Exit>> {
    wait(process, libc::WEXITED | libc::WNOHANG | libc::WNOWAIT)
}

/// Waits for the end of a process and gives its number back.
pub fn reap(process: &Process) -> io::Result<()> {
    wait(process, libc::WEXITED).map(drop)
}

fn wait(process: &Process, options: c_int) -> io::Result<Option<Exit>> {
    // SAFETY: zeroes are a valid `siginfo_t`.
    let mut info: libc::siginfo_t = unsafe { std::mem::zeroed() };
    let handle = process.handle.as_raw_fd();
    loop {
        // SAFETY: `info` is writable, the descriptor is open.
        let waited = unsafe { libc::waitid(libc::P_PIDFD, handle as _, &mut info, options) };
        match check(waited) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    // SAFETY: filled by `waitid`, or still zero.
    let (pid, status) = unsafe { (info.si_pid(), info.si_status()) };
    if pid == 0 {
        return Ok(None);
    }
    Ok(Some(if info.si_code == libc::CLD_EXITED {
        Exit::Code(status)
    } else {
        Exit::Signal(status)
    }))
}

/// Signals a process group. One that has ended, or is out of reach, is no error.
pub fn signal_group(group: i32, signal: c_int) {
    // Numbers below 2 mean others than one group.
    if group > 1 {
        // SAFETY: no memory is involved.
        unsafe { libc::kill(-group, signal) };
    }
}

/// Ends a process at once. One that has ended is no error.
pub fn kill(process: &Process) {
    let handle = process.handle.as_raw_fd();
    // SAFETY: an open descriptor of a process, no further memory.
    unsafe {
        let none = ptr::null::<c_void>();
        libc::syscall(libc::SYS_pidfd_send_signal, handle, libc::SIGKILL, none, 0)
    };
}

/// Whether whoever is at the other end of a local connection acts as this user, or as root.
pub fn is_of_this_user_or_root(stream: &UnixStream) -> bool {
    // SAFETY: zeroes are a valid `ucred`.
    let mut peer: libc::ucred = unsafe { std::mem::zeroed() };
    let mut length = length_of::<libc::ucred>();
    // SAFETY: writable for the length given; the descriptor is open.
    let known = check(unsafe {
        libc::getsockopt(
            stream.as_raw_fd(),
            libc::SOL_SOCKET,
            libc::SO_PEERCRED,
            (&raw mut peer).cast(),
            &mut length,
        )
    });
    known.is_ok() && [0, own_account().0].contains(&peer.uid)
}

/// User and group this process acts as.
pub fn own_account() -> (u32, u32) {
    // SAFETY: these cannot fail.
    unsafe { (libc::geteuid(), libc::getegid()) }
}

/// A descriptor of `/dev/null`, of a number that no standard stream has.
pub fn null() -> io::Result<OwnedFd> {
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    // SAFETY: duplicates an open descriptor.
    unsafe { own(libc::fcntl(file.as_raw_fd(), libc::F_DUPFD_CLOEXEC, 3)) }
}

/// Whether a file has an access control list (`acl(5)`), which grants more than its mode shows.
pub fn has_acl(path: &CStr) -> bool {
    let name = c"system.posix_acl_access".as_ptr();
    // SAFETY: asks for the length only; both strings are terminated.
    unsafe { libc::lgetxattr(path.as_ptr(), name, ptr::null_mut(), 0) > 0 }
}
