//! How the threads of this process are run. keepalived has a process for each part; here threads
//! take their roles, and what is configured for a process is done to them.
//!
//! What a thread began with is kept, so that it has it again when nothing else is wanted any more.

use crate::protocol::{ThreadRole, ThreadSetting};
use crate::sys::scheduling::{self, Policy};
use std::fs;
use std::io;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A thread with a role.
#[derive(Debug, Clone)]
struct Member {
    thread: i32,
    /// None: of those that nothing is done to, such as who starts scripts.
    role: Option<ThreadRole>,
    /// Whether it bears the name of its role.
    named: bool,
    /// Addresses in its stack and in the memory it allocates from; none of threads of the runtime.
    anchors: Vec<usize>,
    began: Began,
}

/// What a thread began with.
#[derive(Debug, Clone, Default)]
struct Began {
    name: String,
    nice: Option<i32>,
    policy: Option<Policy>,
    processors: Vec<u32>,
}

static MEMBERS: Mutex<Vec<Member>> = Mutex::new(Vec::new());

fn members() -> MutexGuard<'static, Vec<Member>> {
    MEMBERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The calling thread takes a role, and with `named` its name; without a role it is left as it is.
pub fn enter(role: Option<ThreadRole>, named: bool) {
    let on_stack = 0u8;
    let allocated = Box::new(0u8);
    let anchors = [&raw const on_stack, &raw const *allocated];
    let anchors = anchors.map(|anchor| anchor.addr());
    register(scheduling::thread_id(), role, named, &anchors);
}

fn register(thread: i32, role: Option<ThreadRole>, named: bool, anchors: &[usize]) {
    let mut members = members();
    members.retain(|each| each.thread != thread);
    members.push(Member {
        thread,
        role,
        named,
        anchors: anchors.to_vec(),
        began: Began {
            name: fs::read_to_string(name_path(thread)).unwrap_or_default(),
            nice: scheduling::nice(thread).ok(),
            policy: scheduling::policy(thread).ok(),
            processors: scheduling::processors(thread).unwrap_or_default(),
        },
    });
}

/// The thread that runs JavaScript is the first of the process; those of the runtime beside it that
/// have not been met are its helpers.
fn meet_the_runtime() {
    let first = i32::try_from(std::process::id()).unwrap_or(0);
    let threads = fs::read_dir("/proc/self/task").into_iter().flatten();
    let numbers = threads.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    for thread in numbers.collect::<Vec<i32>>() {
        if members().iter().all(|each| each.thread != thread) {
            let is_loop = thread == first;
            let role = if is_loop {
                ThreadRole::Loop
            } else {
                ThreadRole::Helper
            };
            register(thread, Some(role), is_loop, &[]);
        }
    }
}

/// Carries out settings, which may take a while: an errno for each.
pub fn set_all(settings: &[ThreadSetting]) -> Vec<i32> {
    settings.iter().map(|each| errno_of(set(each))).collect()
}

/// The calling thread, which is about to end, is none of those any more that something is done to.
pub fn leave() {
    let own = scheduling::thread_id();
    members().retain(|each| each.thread != own);
}

fn errno_of(result: io::Result<()>) -> i32 {
    result.map_or_else(|error| error.raw_os_error().unwrap_or(libc::EIO), |()| 0)
}

fn set(setting: &ThreadSetting) -> io::Result<()> {
    match setting {
        ThreadSetting::Name { role, name } => each_of(*role, |member| match name {
            _ if !member.named => Ok(()),
            Some(name) => fs::write(name_path(member.thread), name),
            None => fs::write(name_path(member.thread), member.began.name.trim_end()),
        }),
        ThreadSetting::Nice { role, nice } => each_of(*role, |member| {
            let wanted = nice.or(member.began.nice).unwrap_or(0);
            scheduling::set_nice(member.thread, wanted)
        }),
        ThreadSetting::RealTime { role, priority } => each_of(*role, |member| {
            match priority.map(Policy::real_time).or(member.began.policy) {
                Some(wanted) => scheduling::set_policy(member.thread, wanted),
                None => Ok(()),
            }
        }),
        ThreadSetting::Processors { role, numbers } => each_of(*role, |member| {
            let wanted = numbers.as_ref().unwrap_or(&member.began.processors);
            scheduling::set_processors(member.thread, wanted)
        }),
        ThreadSetting::RealTimeLimit { limit } => scheduling::limit_real_time(*limit),
        ThreadSetting::LockMemory { on } => lock_memory(*on),
        ThreadSetting::CoreDumps => scheduling::allow_core_dumps(),
    }
}

/// Does something to the threads of a role, to all of them; the first failure counts. A thread that
/// has ended needs nothing.
fn each_of(role: ThreadRole, act: impl Fn(&Member) -> io::Result<()>) -> io::Result<()> {
    meet_the_runtime();
    let all = members();
    let of_role = all.iter().filter(|member| member.role == Some(role));
    let results: Vec<_> = of_role.map(act).collect();
    results.into_iter().find(is_failure).unwrap_or(Ok(()))
}

/// Locks programs, libraries, and stacks and heaps of the core's threads. JavaScript's memory is not
/// among it: adverts go out without it.
fn lock_memory(on: bool) -> io::Result<()> {
    let anchors: Vec<usize> = members()
        .iter()
        .flat_map(|member| member.anchors.clone())
        .collect();
    let maps = fs::read_to_string("/proc/self/maps")?;
    let ours = maps.lines().filter_map(mapping_of).filter(|mapping| {
        mapping.is_program || anchors.iter().any(|anchor| mapping.memory.contains(anchor))
    });
    let results: Vec<_> = ours
        .map(|mapping| scheduling::lock_memory(&mapping.memory, on))
        .collect();
    results.into_iter().find(Result::is_err).unwrap_or(Ok(()))
}

/// A line of `proc_pid_maps(5)`.
struct Mapping {
    memory: Range<usize>,
    /// Of a file that can be executed, or the stack or heap of the program.
    is_program: bool,
}

fn mapping_of(line: &str) -> Option<Mapping> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let path = words.nth(4).unwrap_or_default();
    Some(Mapping {
        memory: usize::from_str_radix(start, 16).ok()?..usize::from_str_radix(end, 16).ok()?,
        is_program: path.starts_with('/') || path == "[heap]" || path == "[stack]",
    })
}

fn is_failure(result: &io::Result<()>) -> bool {
    let gone = [Some(libc::ESRCH), Some(libc::ENOENT)];
    result
        .as_ref()
        .is_err_and(|error| !gone.contains(&error.raw_os_error()))
}

fn name_path(thread: i32) -> String {
    format!("/proc/self/task/{thread}/comm")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    /// A thread with a role, and what is asked in it.
    fn in_role<T: Send + 'static>(
        role: ThreadRole,
        settings: Vec<ThreadSetting>,
        look: impl Fn(i32) -> T + Send + 'static,
    ) -> T {
        let (say, hear) = channel();
        let (end, wait) = channel::<()>();
        let thread = std::thread::spawn(move || {
            enter(Some(role), true);
            say.send(scheduling::thread_id()).unwrap();
            let _ = wait.recv();
        });
        let number = hear.recv().unwrap();
        for setting in &settings {
            set(setting).unwrap();
        }
        let seen = look(number);
        drop(end);
        thread.join().unwrap();
        seen
    }

    #[test]
    fn set_names_slows_and_binds_a_thread_and_gives_back_what_it_began_with() {
        let role = ThreadRole::Checker;
        let all = scheduling::processors(0).unwrap();
        let one = vec![*all.first().unwrap()];
        let wanted = vec![
            ThreadSetting::Name {
                role,
                name: Some("keepalived_lvs".into()),
            },
            ThreadSetting::Nice {
                role,
                nice: Some(7),
            },
            ThreadSetting::Processors {
                role,
                numbers: Some(one.clone()),
            },
        ];
        let seen = in_role(role, wanted, |number| {
            (
                fs::read_to_string(name_path(number)).unwrap(),
                scheduling::nice(number).unwrap(),
                scheduling::processors(number).unwrap(),
            )
        });
        assert_eq!(seen, ("keepalived_lvs\n".into(), 7, one.clone()));
        let undone = vec![
            ThreadSetting::Processors {
                role,
                numbers: Some(one),
            },
            ThreadSetting::Processors {
                role,
                numbers: None,
            },
        ];
        let seen = in_role(role, undone, |number| {
            scheduling::processors(number).unwrap()
        });
        assert_eq!(seen, all);
    }

    #[test]
    fn mapping_of_lines_tells_programs_from_memory_of_nobody() {
        let told = |line| mapping_of(line).map(|found| (found.memory, found.is_program));
        let program = "559e00000000-559e00001000 r-xp 00001000 08:01 42    /usr/sbin/holdfast";
        assert_eq!(
            told(program),
            Some((0x559e_0000_0000..0x559e_0000_1000, true))
        );
        assert_eq!(
            told("1000-2000 rw-p 00000000 00:00 0 "),
            Some((0x1000..0x2000, false))
        );
        assert_eq!(
            told("1000-2000 rw-p 00000000 00:00 0    [heap]"),
            Some((0x1000..0x2000, true))
        );
        assert_eq!(told(""), None);
    }

    #[test]
    fn set_lock_memory_locks_what_a_thread_stands_on_and_frees_it_again() {
        let locked = || -> u64 {
            let status = fs::read_to_string("/proc/self/status").unwrap();
            let line = status
                .lines()
                .find(|line| line.starts_with("VmLck:"))
                .unwrap();
            line.split_ascii_whitespace()
                .nth(1)
                .unwrap()
                .parse()
                .unwrap()
        };
        let role = ThreadRole::Vrrp;
        let seen = in_role(role, vec![], move |_| {
            // Without privileges little can be locked.
            set(&ThreadSetting::LockMemory { on: true }).map(|()| locked())
        });
        set(&ThreadSetting::LockMemory { on: false }).unwrap();
        if let Ok(before) = seen {
            assert!(before > locked());
        }
    }

    #[test]
    fn set_of_processors_that_the_machine_lacks_is_refused() {
        let role = ThreadRole::Bfd;
        let refused = in_role(role, vec![], move |_| {
            let numbers = Some(vec![8000]);
            errno_of(set(&ThreadSetting::Processors { role, numbers }))
        });
        assert_eq!(refused, libc::EINVAL);
    }
}
