//! All signals of the process: none ends or stops it by a default that nobody chose.
//!
//! The runtime has threads before this library is loaded, and programs it starts inherit what is
//! blocked or ignored. So signals are neither: each has a handler, which belongs to the process, not
//! to a thread, and which `execve` resets. The handler writes down the number and wakes the engine;
//! everything else happens there.
//!
//! Signals that say that the program is broken still end it with a core dump, as they would without a
//! handler, but not before the engine has said farewell for it: see [`Fatal`].

use super::wake::Wake;
use std::io;
use std::os::fd::AsFd;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicPtr, AtomicU64, Ordering};
use std::time::Duration;

/// Numbers that came and were not taken yet, as bits.
static PENDING: AtomicU64 = AtomicU64::new(0);

/// Wakes whoever takes them.
static WAKE: OnceLock<Wake> = OnceLock::new();

/// The same, for the handler: a `OnceLock` is not made for it.
static BELL: AtomicPtr<Wake> = AtomicPtr::new(ptr::null_mut());

/// Threads that carry out a last will, 0 without a core: they cannot wait for themselves.
static EXECUTORS: [AtomicI32; 2] = [AtomicI32::new(0), AtomicI32::new(0)];

/// A thread is in the handler of a crash and waits for the will to be done.
static CRASHED: AtomicBool = AtomicBool::new(false);

/// The will was carried out.
static DONE: AtomicBool = AtomicBool::new(false);

/// How long a crash waits for the will: longer than the kernel needs to delete thousands of
/// addresses.
const PATIENCE: Duration = Duration::from_secs(3);

/// How often a crash looks whether the will is done.
const LOOK: Duration = Duration::from_millis(1);

/// Signals that nothing can be done about.
const NEVER: [i32; 2] = [libc::SIGKILL, libc::SIGSTOP];

/// Those whose default is to do nothing but continue, or that the runtime needs for itself.
const HARMLESS: [i32; 4] = [libc::SIGCHLD, libc::SIGCONT, libc::SIGURG, libc::SIGWINCH];

/// Those that are as good as heeded: a write to a closed pipe fails anyway, and a write to a terminal
/// by a program in the background is interrupted.
const SILENT: [i32; 2] = [libc::SIGPIPE, libc::SIGTTOU];

/// A crash, or a request for a core dump: the program ends by it when the will is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fatal(i32);

/// Signals after which the program cannot be trusted. `SIGABRT` is also what service managers send
/// to a daemon that hangs.
const FATAL: [i32; 5] = [
    libc::SIGABRT,
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
];

/// What was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// To be told: its number.
    Told(i32),
    /// To be followed by the last will and [`Fatal::end`].
    Fatal(Fatal),
}

/// Takes over every signal, for all threads, and unblocks all of them in this one. Idempotent.
pub fn hold() -> io::Result<()> {
    if WAKE.get().is_none() {
        // Losing a race only closes the descriptor that was one too many.
        let _ = WAKE.set(Wake::new()?);
    }
    let wake = WAKE.get().map_or(ptr::null(), ptr::from_ref);
    BELL.store(wake.cast_mut(), Ordering::SeqCst);
    for number in 1..=libc::SIGRTMAX() {
        if NEVER.contains(&number) || is_internal(number) {
            continue;
        } else if HARMLESS.contains(&number) {
            heed(number)?;
        } else {
            handle(number)?;
        }
    }
    handle_internal();
    unblock()
}

/// Wakes whoever waits for [`take`]; absent before [`hold`].
pub fn wake() -> Option<&'static (impl AsFd + use<>)> {
    WAKE.get()
}

/// Takes the signals that came, in the order of their numbers.
pub fn take() -> impl Iterator<Item = Signal> {
    if let Some(wake) = WAKE.get() {
        wake.clear();
    }
    let pending = PENDING.swap(0, Ordering::SeqCst);
    (1..=64).filter_map(move |number| {
        let came = pending >> (number - 1) & 1 == 1;
        came.then_some(if FATAL.contains(&number) {
            Signal::Fatal(Fatal(number))
        } else {
            Signal::Told(number)
        })
    })
}

/// Says that the calling thread is one of the two that carry out the last will, until it is dropped.
pub fn executor(which: Executor) -> impl Drop {
    struct Enlisted(usize);
    impl Drop for Enlisted {
        fn drop(&mut self) {
            if let Some(executor) = EXECUTORS.get(self.0) {
                executor.store(0, Ordering::SeqCst);
            }
        }
    }
    let at = which as usize;
    if let Some(executor) = EXECUTORS.get(at) {
        executor.store(thread_id(), Ordering::SeqCst);
    }
    Enlisted(at)
}

/// A thread that carries out the last will.
#[derive(Debug, Clone, Copy)]
pub enum Executor {
    /// Says farewell.
    Engine,
    /// Withdraws addresses.
    Kernel,
}

impl Fatal {
    /// Ends the process: the will is done. A thread that crashed goes on to its end, so that the core
    /// dump shows it; otherwise the signal takes its default effect now.
    pub fn end(self) {
        DONE.store(true, Ordering::SeqCst);
        if !CRASHED.load(Ordering::SeqCst) {
            die(self.0);
        }
    }
}

extern "C" fn on_signal(number: i32, info: *mut libc::siginfo_t, _context: *mut libc::c_void) {
    // SAFETY: `errno` of this thread, which what follows may change under the interrupted code.
    let errno = unsafe { *libc::__errno_location() };
    if FATAL.contains(&number) {
        on_fatal(number, info);
    } else {
        note(number);
    }
    // SAFETY: as above.
    unsafe { *libc::__errno_location() = errno };
}

/// Nothing here may allocate, lock or wait, but for a crash, after which nothing else goes on.
fn on_fatal(number: i32, info: *mut libc::siginfo_t) {
    // SAFETY: the kernel hands over what it says with `SA_SIGINFO`.
    let (code, sender) = unsafe { ((*info).si_code, (*info).si_pid()) };
    // SAFETY: cannot fail.
    let own = unsafe { libc::getpid() };
    // `abort` and the like raise it in the thread that is broken.
    let raised = code == libc::SI_TKILL && sender == own;
    let sent = code <= 0 && !raised;
    let executors = [0, 1].map(|at: usize| EXECUTORS.get(at).map_or(0, load));
    let executed = !executors.contains(&0) && !executors.contains(&thread_id());
    if sent {
        note(number);
        if executors.contains(&0) {
            die(number);
        }
        return;
    }
    if executed {
        CRASHED.store(true, Ordering::SeqCst);
        note(number);
        wait_for_the_will();
    }
    // What crashed crashes again, `abort` raises it again; another one is raised here.
    reset(number);
    if raised && number != libc::SIGABRT {
        die(number);
    }
}

fn load(executor: &AtomicI32) -> i32 {
    executor.load(Ordering::SeqCst)
}

fn wait_for_the_will() {
    let look = libc::timespec {
        tv_sec: 0,
        tv_nsec: LOOK.as_nanos() as libc::c_long,
    };
    for _ in 0..PATIENCE.as_millis() / LOOK.as_millis() {
        if DONE.load(Ordering::SeqCst) {
            return;
        }
        // SAFETY: `look` is readable, the rest is not wanted.
        unsafe { libc::nanosleep(&look, ptr::null_mut()) };
    }
}

/// Writes a signal down for [`take`].
fn note(number: i32) {
    if SILENT.contains(&number) {
        return;
    }
    PENDING.fetch_or(1 << (number - 1), Ordering::SeqCst);
    // SAFETY: null, or in a static that is never changed again.
    if let Some(wake) = unsafe { BELL.load(Ordering::SeqCst).as_ref() } {
        wake.signal();
    }
}

/// Lets a signal take its default effect on the whole process, now.
fn die(number: i32) {
    reset(number);
    // SAFETY: both sets are writable; a signal that is blocked in its own handler is let through.
    unsafe {
        let mut set = empty();
        libc::sigaddset(&mut set, number);
        libc::raise(number);
        libc::pthread_sigmask(libc::SIG_UNBLOCK, &set, ptr::null_mut());
    }
}

fn reset(number: i32) {
    // SAFETY: `signal` is async-signal-safe, and the number is one that has a default.
    unsafe { libc::signal(number, libc::SIG_DFL) };
}

fn handle(number: i32) -> io::Result<()> {
    // After a crash on a stack of its own where there is one: the thread's may be what has run out. It
    // is small, so no other signal may come on top.
    let stack = match FATAL.contains(&number) {
        true => libc::SA_ONSTACK,
        false => 0,
    };
    let restart = match number {
        // A write that is repeated is stopped again, for ever.
        libc::SIGTTOU => 0,
        _ => libc::SA_RESTART,
    };
    let action = libc::sigaction {
        sa_sigaction: on_signal as *const () as libc::sighandler_t,
        sa_mask: full(),
        sa_flags: libc::SA_SIGINFO | stack | restart,
        sa_restorer: None,
    };
    // SAFETY: `action` is readable and its handler async-signal-safe.
    super::check(unsafe { libc::sigaction(number, &action, ptr::null_mut()) }).map(drop)
}

/// A signal that somebody ignored before this program was started is not ignored: its children would
/// inherit that.
fn heed(number: i32) -> io::Result<()> {
    let mut action = libc::sigaction {
        sa_sigaction: libc::SIG_DFL,
        sa_mask: empty(),
        sa_flags: 0,
        sa_restorer: None,
    };
    // SAFETY: `action` is writable.
    super::check(unsafe { libc::sigaction(number, ptr::null(), &mut action) })?;
    if action.sa_sigaction == libc::SIG_IGN {
        reset(number);
    }
    Ok(())
}

/// Signals the C library keeps for itself: it refuses to change them, though they end a process that
/// somebody sends one to.
fn is_internal(number: i32) -> bool {
    (32..libc::SIGRTMIN()).contains(&number)
}

/// Gives them the handler of another signal, byte for byte as the kernel knows it, unless the C
/// library has one by now. It replaces ours when it needs its own.
fn handle_internal() {
    /// More than the kernel's `struct sigaction` of any architecture.
    type Action = [u64; 20];
    /// Bytes of the kernel's signal set.
    const SET: usize = 8;
    let call = |number: i32, action: *const Action, old: *mut Action| {
        // SAFETY: `action` is null or what the kernel gave, `old` is null or has room for it.
        unsafe { libc::syscall(libc::SYS_rt_sigaction, number, action, old, SET) == 0 }
    };
    let mut ours: Action = [0; 20];
    if !call(libc::SIGALRM, ptr::null(), &mut ours) {
        return;
    }
    for number in (1..=libc::SIGRTMAX()).filter(|number| is_internal(*number)) {
        let mut theirs: Action = [0; 20];
        let known = call(number, ptr::null(), &mut theirs);
        // The first word is the handler; ignored is 1.
        if known && theirs.first().is_some_and(|handler| *handler <= 1) {
            call(number, &ours, ptr::null_mut());
        }
    }
}

fn unblock() -> io::Result<()> {
    let set = empty();
    // SAFETY: `set` is readable, the old one is not wanted.
    match unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &set, ptr::null_mut()) } {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}

/// Lets the calling thread write to the terminal of another program in the foreground.
pub fn block_terminal_output() {
    let mut set = empty();
    // SAFETY: `set` is writable, then readable; the old one is not wanted.
    unsafe {
        libc::sigaddset(&mut set, libc::SIGTTOU);
        libc::pthread_sigmask(libc::SIG_BLOCK, &set, ptr::null_mut());
    }
}

fn empty() -> libc::sigset_t {
    // SAFETY: a set is plain bits; `sigemptyset` fills it in.
    unsafe {
        let mut set = std::mem::zeroed();
        libc::sigemptyset(&mut set);
        set
    }
}

fn full() -> libc::sigset_t {
    let mut set = empty();
    // SAFETY: `set` is writable.
    unsafe { libc::sigfillset(&mut set) };
    set
}

fn thread_id() -> i32 {
    // SAFETY: cannot fail.
    unsafe { libc::gettid() }
}
