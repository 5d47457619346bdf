//! Children in a process that is stopped, children and probes in one at its limit of descriptors:
//! each in a process of its own, which is this program again.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::probing::{connect, failed, once, outcome, unused_port};
use common::{LIMIT, ear};
use holdfast_core::child::ChildThread;
use holdfast_core::probe::ProbeThread;
use holdfast_core::protocol::{CallResult, ChildCall, ChildExit, Event, Failure};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Set inside.
const INSIDE: &str = "HOLDFAST_TEST_INSIDE";

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// This test in a process of its own, with its output.
fn alone(name: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn limit_descriptors() {
    let limit = libc::rlimit {
        rlim_cur: 200,
        rlim_max: 200,
    };
    // SAFETY: of this process, which is alone.
    assert_eq!(unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &limit) }, 0);
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Holds one more descriptor, when what the thread had open for its work is closed again: else that work would
/// find the number free again, and the ones it is to leave would be held here.
fn hold_one_more(held: &mut Vec<File>, idle: usize) {
    let start = Instant::now();
    while open_descriptors() > idle + held.len() {
        assert!(start.elapsed() < LIMIT, "work leaves descriptors open");
        std::thread::sleep(Duration::from_millis(1));
    }
    held.push(File::open("/dev/null").expect("work leaves some"));
}

fn shell(child: u32, script: &str, limit: Option<u64>) -> ChildCall {
    ChildCall::Spawn {
        child,
        argv: ["/bin/sh", "-c", script].map(String::from).to_vec(),
        account: None,
        guard: None,
        limit,
        grace: 50_000,
    }
}

/// The state letter of a process; absent when it is gone.
fn state(pid: &str) -> Option<char> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit(')').next()?.trim().chars().next()
}

#[test]
fn child_that_ended_in_time_while_this_process_was_stopped_is_not_late() {
    if is_inside() {
        let (sink, ear) = ear();
        let thread = ChildThread::spawn(sink).unwrap();
        // It goes on when this process is stopped, and its limit passes meanwhile.
        let script = "echo $$ > /proc/$PPID/fd/1; read -r _ < /proc/$PPID/cwd/go; exit 7";
        ear.call(&thread, shell(1, script, Some(2_000_000)));
        let found = ear.event(|event| Some(event.clone()));
        let exit = ChildExit::Exited { code: 7 };
        assert_eq!(found, Event::ChildEnded { child: 1, exit });
        return;
    }
    let folder = std::env::temp_dir().join(format!("holdfast-stopped-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let go = folder.join("go");
    assert!(Command::new("mkfifo").arg(&go).status().unwrap().success());
    let name = "child_that_ended_in_time_while_this_process_was_stopped_is_not_late";
    let mut inner = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .current_dir(&folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(inner.stdout.take().unwrap()).lines();
    let pid = lines
        .find_map(|line| {
            let line = line.unwrap();
            let digits: String = line
                .chars()
                .rev()
                .take_while(char::is_ascii_digit)
                .collect();
            (!digits.is_empty() && line.ends_with(|one: char| one.is_ascii_digit()))
                .then(|| digits.chars().rev().collect::<String>())
        })
        .expect("the number of the script");
    let inner_pid = i32::try_from(inner.id()).unwrap();
    // SAFETY: a process this test has started.
    unsafe { libc::kill(inner_pid, libc::SIGSTOP) };
    fs::write(&go, "\n").unwrap();
    let start = Instant::now();
    while state(&pid).is_some_and(|state| state != 'Z') {
        assert!(start.elapsed() < LIMIT, "the script never ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    std::thread::sleep(Duration::from_millis(2_200));
    // SAFETY: the same.
    unsafe { libc::kill(inner_pid, libc::SIGCONT) };
    let succeeded = inner.wait().unwrap().success();
    fs::remove_dir_all(&folder).unwrap();
    assert!(succeeded);
}

#[test]
fn spawn_at_the_limit_of_descriptors_says_so_leaves_some_and_works_again_later() {
    if !is_inside() {
        let name = "spawn_at_the_limit_of_descriptors_says_so_leaves_some_and_works_again_later";
        let mut inner = alone(name);
        assert!(inner.wait().unwrap().success());
        return;
    }
    let (sink, ear) = ear();
    let thread = ChildThread::spawn(sink).unwrap();
    limit_descriptors();
    let (mut held, idle) = (Vec::new(), open_descriptors());
    // As many as work may have: one after another, each child would begin.
    let refused = loop {
        match ear.call(&thread, shell(1, "exit 0", None)) {
            CallResult::Done => {
                let exit = ChildExit::Exited { code: 0 };
                let ended = ear.event(|event| Some(event.clone()));
                assert_eq!(ended, Event::ChildEnded { child: 1, exit });
            }
            other => break other,
        }
        hold_one_more(&mut held, idle);
    };
    match refused {
        CallResult::Failed {
            status: 15, errno, ..
        } => assert_eq!(errno, libc::EMFILE),
        other => panic!("{other:?}"),
    }
    let left: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    // 40 of 200, but for what the thread itself has in use.
    assert!(left.len() >= 30, "{} are left for life", left.len());
    drop((left, held));
    assert_eq!(
        ear.call(&thread, shell(1, "exit 0", None)),
        CallResult::Done
    );
}

#[test]
fn probe_at_the_limit_of_descriptors_is_a_local_failure_and_leaves_some() {
    if !is_inside() {
        let name = "probe_at_the_limit_of_descriptors_is_a_local_failure_and_leaves_some";
        let mut inner = alone(name);
        assert!(inner.wait().unwrap().success());
        return;
    }
    let target = unused_port();
    let refused_by_target = failed(0, Failure::Connect, libc::ECONNREFUSED);
    let (sink, ear) = ear();
    let thread = ProbeThread::spawn(sink).unwrap();
    limit_descriptors();
    let (mut held, idle) = (Vec::new(), open_descriptors());
    let refused = loop {
        assert_eq!(
            ear.call(&thread, once(1, connect(target))),
            CallResult::Done
        );
        let found = outcome(&ear, 1, 10);
        if found != refused_by_target {
            break found;
        }
        hold_one_more(&mut held, idle);
    };
    assert_eq!(refused, failed(0, Failure::Local, libc::EMFILE));
    let left: Vec<_> = std::iter::from_fn(|| File::open("/dev/null").ok()).collect();
    // 40 of 200, but for what the thread itself has in use.
    assert!(left.len() >= 30, "{} are left for life", left.len());
    drop((left, held));
    assert_eq!(
        ear.call(&thread, once(1, connect(target))),
        CallResult::Done
    );
    assert_eq!(outcome(&ear, 1, 10), refused_by_target);
}
