//! How threads of this process are run: niceness, real time, processors, memory that stays.

use super::check;
use std::ffi::c_void;
use std::io;
use std::mem;
use std::ops::Range;

/// Bits of a set of processors that is asked for; the kernel's own is as long at most.
const PROCESSORS: usize = 8192;

/// Words of such a set.
type ProcessorSet = [libc::c_ulong; PROCESSORS / libc::c_ulong::BITS as usize];

/// The calling thread's number.
pub fn thread_id() -> i32 {
    // SAFETY: it takes nothing and cannot fail.
    unsafe { libc::gettid() }
}

/// Niceness of a thread, -20 to 19.
pub fn nice(thread: i32) -> io::Result<i32> {
    let who = libc::id_t::try_from(thread).unwrap_or(0);
    // SAFETY: the place of this thread's errno; -1 is a niceness as well, so only errno tells.
    unsafe { *libc::__errno_location() = 0 };
    // SAFETY: plain numbers.
    let found = unsafe { libc::getpriority(libc::PRIO_PROCESS, who) };
    let error = io::Error::last_os_error();
    if found == -1 && error.raw_os_error() != Some(0) {
        return Err(error);
    }
    Ok(found)
}

/// Sets it.
pub fn set_nice(thread: i32, nice: i32) -> io::Result<()> {
    let who = libc::id_t::try_from(thread).unwrap_or(0);
    // SAFETY: plain numbers.
    check(unsafe { libc::setpriority(libc::PRIO_PROCESS, who, nice) }).map(drop)
}

/// Scheduling policy and priority of a thread (sched(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// `SCHED_*`.
    policy: i32,
    /// 0, of a real-time policy 1 to 99.
    priority: i32,
}

impl Policy {
    /// Round robin at this priority, 1 to 99; what the thread starts begins as an ordinary one.
    pub fn real_time(priority: u8) -> Self {
        Self {
            policy: libc::SCHED_RR | libc::SCHED_RESET_ON_FORK,
            priority: priority.into(),
        }
    }
}

/// The policy a thread has.
pub fn policy(thread: i32) -> io::Result<Policy> {
    // SAFETY: plain numbers.
    let policy = check(unsafe { libc::sched_getscheduler(thread) })?;
    // SAFETY: a structure of plain numbers.
    let mut found: libc::sched_param = unsafe { mem::zeroed() };
    // SAFETY: `found` is writable.
    check(unsafe { libc::sched_getparam(thread, &mut found) })?;
    Ok(Policy {
        policy,
        priority: found.sched_priority,
    })
}

/// Sets it.
pub fn set_policy(thread: i32, to: Policy) -> io::Result<()> {
    // SAFETY: a structure of plain numbers.
    let mut wanted: libc::sched_param = unsafe { mem::zeroed() };
    wanted.sched_priority = to.priority;
    // SAFETY: `wanted` is readable.
    check(unsafe { libc::sched_setscheduler(thread, to.policy, &wanted) }).map(drop)
}

/// Numbers of the processors a thread may run on.
pub fn processors(thread: i32) -> io::Result<Vec<u32>> {
    let mut set: ProcessorSet = [0; _];
    // SAFETY: `set` is writable for its size.
    check(unsafe {
        libc::sched_getaffinity(thread, size_of::<ProcessorSet>(), set.as_mut_ptr().cast())
    })?;
    let width = libc::c_ulong::BITS;
    let numbers = (0u32..).zip(set).flat_map(|(index, word)| {
        (0..width)
            .filter(move |bit| word >> bit & 1 == 1)
            .map(move |bit| index * width + bit)
    });
    Ok(numbers.collect())
}

/// Sets them; those that the machine lacks do not count, `EINVAL` when it lacks all.
pub fn set_processors(thread: i32, numbers: &[u32]) -> io::Result<()> {
    let width = libc::c_ulong::BITS;
    let mut set: ProcessorSet = [0; _];
    for number in numbers {
        if let Some(word) = set.get_mut((number / width) as usize) {
            *word |= 1 << (number % width);
        }
    }
    // SAFETY: `set` is readable for its size.
    check(unsafe {
        libc::sched_setaffinity(thread, size_of::<ProcessorSet>(), set.as_ptr().cast())
    })
    .map(drop)
}

/// Keeps pages of a part of the address space from being swapped out once they are in memory, or no
/// longer.
///
/// Not `mlockall(2)`: V8 gives memory of its own back by `madvise(2)`, which the kernel refuses of
/// locked memory, and takes that for the end of the world.
pub fn lock_memory(memory: &Range<usize>, on: bool) -> io::Result<()> {
    let (start, length) = (memory.start as *const c_void, memory.len());
    // SAFETY: locking changes no content, and a range that is not mapped is an error.
    check(unsafe {
        if on {
            libc::mlock2(start, length, libc::MLOCK_ONFAULT)
        } else {
            libc::munlock(start, length)
        }
    })
    .map(drop)
}

/// CPU time, µs, that a real-time thread may take without a blocking call before the process hears
/// `SIGXCPU`; absent: any.
pub fn limit_real_time(limit: Option<u64>) -> io::Result<()> {
    set_soft_limit(libc::RLIMIT_RTTIME, limit.unwrap_or(libc::RLIM_INFINITY))
}

/// Lets the process leave core dumps of any size, as far as that is allowed.
pub fn allow_core_dumps() -> io::Result<()> {
    let limit = libc::rlimit {
        rlim_cur: libc::RLIM_INFINITY,
        rlim_max: libc::RLIM_INFINITY,
    };
    // SAFETY: `limit` is readable.
    match check(unsafe { libc::setrlimit(libc::RLIMIT_CORE, &limit) }) {
        Ok(_) => Ok(()),
        Err(_) => set_soft_limit(libc::RLIMIT_CORE, libc::RLIM_INFINITY),
    }
}

/// Sets a soft limit, at most the hard one.
fn set_soft_limit(resource: libc::__rlimit_resource_t, soft: libc::rlim_t) -> io::Result<()> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is writable.
    check(unsafe { libc::getrlimit(resource, &mut limit) })?;
    limit.rlim_cur = soft.min(limit.rlim_max);
    // SAFETY: `limit` is readable.
    check(unsafe { libc::setrlimit(resource, &limit) }).map(drop)
}
