//! The child thread with real children.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod common;

use common::{Ear, LIMIT, Listener, ear};
use holdfast_core::child::ChildThread;
use holdfast_core::protocol::{Account, CallResult, ChildCall, ChildExit, Event, Variable};
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

/// A folder for what children leave, removed afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("holdfast-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    /// The text of a file, once it has a line.
    fn text(&self, name: &str) -> String {
        let path = self.0.join(name);
        until(&format!("a line in {name}"), || {
            fs::read_to_string(&path).is_ok_and(|text| text.ends_with('\n'))
        });
        fs::read_to_string(&path).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < LIMIT, "{what} never came");
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
}

fn open() -> (ChildThread, Listener) {
    let (sink, listener): (Ear, Listener) = ear();
    (ChildThread::spawn(sink).unwrap(), listener)
}

fn spawn(child: u32, argv: &[&str]) -> ChildCall {
    ChildCall::Spawn {
        child,
        argv: argv.iter().map(ToString::to_string).collect(),
        account: None,
        guard: None,
        limit: None,
        grace: 50_000,
    }
}

fn shell(child: u32, script: &str) -> ChildCall {
    spawn(child, &["/bin/sh", "-c", script])
}

fn limited(call: ChildCall, time: u64) -> ChildCall {
    match call {
        ChildCall::Spawn {
            child, argv, grace, ..
        } => ChildCall::Spawn {
            child,
            argv,
            account: None,
            guard: None,
            limit: Some(time),
            grace,
        },
        other => other,
    }
}

fn ended(child: u32, exit: ChildExit) -> Event {
    Event::ChildEnded { child, exit }
}

fn next(ear: &Listener) -> Event {
    ear.event(|event| Some(event.clone()))
}

/// Whether a process exists and is no zombie.
fn lives(pid: &str) -> bool {
    fs::read_to_string(format!("/proc/{}/stat", pid.trim()))
        .is_ok_and(|stat| !stat.rsplit(')').next().unwrap().starts_with(" Z"))
}

#[test]
fn child_that_ends_is_reported_with_its_code_or_signal() {
    let (thread, ear) = open();
    assert_eq!(ear.call(&thread, shell(1, "exit 3")), CallResult::Done);
    assert_eq!(next(&ear), ended(1, ChildExit::Exited { code: 3 }));
    assert_eq!(
        ear.call(&thread, shell(1, "kill -USR1 $$")),
        CallResult::Done
    );
    let signal = libc::SIGUSR1;
    assert_eq!(next(&ear), ended(1, ChildExit::Signalled { signal }));
}

#[test]
fn child_begins_with_nothing_of_ours() {
    let folder = Folder::new("clean");
    let (thread, ear) = open();
    let settings = ChildCall::Children {
        without: vec!["PATH".into(), "IFS".into()],
        with: vec![Variable {
            name: "GREETING".into(),
            value: "Grüße ✓".into(),
        }],
        open_files: Some(333),
    };
    assert_eq!(ear.call(&thread, settings), CallResult::Done);
    // What a runtime of ours leaves: ignored and blocked signals, descriptors that are inherited.
    // SAFETY: this process's own signals and descriptors.
    unsafe {
        libc::signal(libc::SIGPIPE, libc::SIG_IGN);
        libc::signal(libc::SIGUSR2, libc::SIG_IGN);
        libc::dup2(2, 77);
    }
    // The shell that waits for nobody has a mask and actions of its own choice only once it runs.
    let run = |child, script: &str| {
        let script = format!("exec > {} 2>/dev/null; {script}", folder.path("all"));
        assert_eq!(ear.call(&thread, shell(child, &script)), CallResult::Done);
        assert_eq!(next(&ear), ended(child, ChildExit::Exited { code: 0 }));
        folder.text("all")
    };
    let signals = run(1, "exec grep -E '^Sig(Blk|Ign)' /proc/self/status");
    assert_eq!(
        signals.matches("\t0000000000000000\n").count(),
        2,
        "{signals}"
    );
    let descriptors = run(2, "exec ls /proc/self/fd");
    assert_eq!(descriptors, "0\n1\n2\n3\n", "3 is the folder itself");
    let rest = run(
        3,
        "readlink /proc/$$/fd/0; ulimit -Sn; echo \"$GREETING\"; \
         env | grep -c '^IFS='; cut -d' ' -f5,6 /proc/$$/stat; echo $$ $$",
    );
    let lines: Vec<_> = rest.lines().collect();
    assert_eq!(lines[..4], ["/dev/null", "333", "Grüße ✓", "0"]);
    assert_eq!(lines[4], lines[5], "it leads a session and a group");
}

#[test]
fn child_as_another_account_is_in_its_group_only() {
    // SAFETY: cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let (thread, ear) = open();
    let ChildCall::Spawn { child, grace, .. } = shell(1, "") else {
        panic!()
    };
    let script = "test \"$(id -u) $(id -G)\" = '1234 5678' && test \"$(id -ru)\" = 1234";
    let call = ChildCall::Spawn {
        child,
        argv: ["/bin/sh", "-c", script].map(String::from).to_vec(),
        account: Some(Account {
            uid: 1234,
            gid: 5678,
        }),
        guard: None,
        limit: None,
        grace,
    };
    assert_eq!(ear.call(&thread, call), CallResult::Done);
    assert_eq!(next(&ear), ended(1, ChildExit::Exited { code: 0 }));
}

#[test]
fn program_that_cannot_be_run_is_an_answer_with_its_errno() {
    let folder = Folder::new("cannot");
    let (thread, ear) = open();
    fs::write(folder.path("plain"), "exit 4\n").unwrap();
    for (program, errno) in [
        ("/nonexistent/program", libc::ENOENT),
        ("no-such-program-here", libc::ENOENT),
        ("/etc", libc::EACCES),
        (folder.path("plain").as_str(), libc::EACCES),
    ] {
        match ear.call(&thread, spawn(1, &[program])) {
            CallResult::Failed {
                status: 15,
                errno: found,
                message,
            } => {
                assert_eq!(found, errno, "{program}");
                assert!(message.starts_with(&format!("cannot run {program}: ")));
            }
            other => panic!("{program}: {other:?}"),
        }
    }
    // Without "#!" it is the shell's.
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(folder.path("plain"), mode).unwrap();
    assert_eq!(
        ear.call(&thread, spawn(1, &[&folder.path("plain")])),
        CallResult::Done
    );
    assert_eq!(next(&ear), ended(1, ChildExit::Exited { code: 4 }));
}

#[test]
fn group_told_to_end_is_killed_though_its_leader_is_gone() {
    let folder = Folder::new("group");
    let (thread, ear) = open();
    // The leader ends when told to, the grandchild does not heed it.
    let script = format!(
        "sh -c \"trap '' TERM; echo \\$\\$ > {}; while :; do sleep 1000; done\" & wait",
        folder.path("pid")
    );
    assert_eq!(ear.call(&thread, shell(1, &script)), CallResult::Done);
    let pid = folder.text("pid");
    let end = ChildCall::EndChild { child: 1 };
    assert_eq!(ear.call(&thread, end), CallResult::Done);
    let signal = libc::SIGTERM;
    assert_eq!(next(&ear), ended(1, ChildExit::Signalled { signal }));
    until("the end of the grandchild", || !lives(&pid));
    // Its number is free again once the group is gone.
    until("a new child of that number", || {
        ear.call(&thread, shell(1, "exit 0")) == CallResult::Done
    });
}

#[test]
fn child_past_its_limit_is_late_and_then_ends() {
    let (thread, ear) = open();
    let call = limited(shell(1, "exec sleep 1000"), 1);
    assert_eq!(ear.call(&thread, call), CallResult::Done);
    assert_eq!(next(&ear), Event::ChildLate { child: 1 });
    let signal = libc::SIGTERM;
    assert_eq!(next(&ear), ended(1, ChildExit::Signalled { signal }));
}

#[test]
fn child_that_heeds_nothing_is_killed_after_its_grace() {
    let (thread, ear) = open();
    let stubborn = "trap '' TERM; while :; do sleep 1000; done";
    assert_eq!(ear.call(&thread, shell(1, stubborn)), CallResult::Done);
    assert_eq!(
        ear.call(&thread, ChildCall::EndChild { child: 1 }),
        CallResult::Done
    );
    assert_eq!(
        ear.call(&thread, ChildCall::EndChild { child: 1 }),
        CallResult::Done
    );
    assert_eq!(
        ear.call(&thread, ChildCall::EndChild { child: 9 }),
        CallResult::Done
    );
    match next(&ear) {
        Event::ChildEnded {
            child: 1,
            exit: ChildExit::Signalled { signal },
        } => assert!(signal == libc::SIGKILL || signal == libc::SIGTERM),
        other => panic!("{other:?}"),
    }
}

#[test]
fn thread_that_ends_kills_whose_time_is_limited_and_tells_the_others() {
    let folder = Folder::new("leave");
    let (thread, ear) = open();
    let stubborn = |name: &str| {
        format!(
            "trap '' TERM; echo $$ > {}; while :; do sleep 1000; done",
            folder.path(name)
        )
    };
    let told = format!(
        "trap 'echo told > {}; exit' TERM; echo $$ > {}; while :; do sleep 0.01; done",
        folder.path("told"),
        folder.path("third")
    );
    let minute = 60_000_000;
    ear.call(&thread, limited(shell(1, &stubborn("first")), minute));
    ear.call(&thread, shell(2, &stubborn("second")));
    ear.call(&thread, shell(3, &told));
    let pids = ["first", "second", "third"].map(|name| folder.text(name));
    ear.call(&thread, ChildCall::EndChild { child: 2 });
    drop(thread);
    until("the end of the first", || !lives(&pids[0]));
    until("the end of the second", || !lives(&pids[1]));
    assert_eq!(folder.text("told"), "told\n");
}

#[test]
fn guarded_program_others_can_change_is_refused_and_not_run() {
    // SAFETY: cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        return;
    }
    let folder = Folder::new("guarded");
    let (thread, ear) = open();
    let script = folder.path("script");
    fs::write(&script, "#!/bin/sh\nexit 0\n").unwrap();
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    fs::set_permissions(&script, mode(0o777)).unwrap();
    let guarded = |program: &str, others: &[&str]| ChildCall::Spawn {
        child: 1,
        argv: vec![program.into()],
        account: None,
        guard: Some(others.iter().map(ToString::to_string).collect()),
        limit: None,
        grace: 1,
    };
    let refused = |result: CallResult| match result {
        CallResult::Failed {
            status, message, ..
        } => {
            assert_eq!(status, 16, "{message}");
            message
        }
        other => panic!("{other:?}"),
    };
    let message = refused(ear.call(&thread, guarded(&script, &[])));
    let words = format!("cannot run {script} as root: {script} can be changed by others than root");
    assert_eq!(message, words);
    refused(ear.call(&thread, guarded("true", &[&script])));
    let judge = |program: &str| ChildCall::Judge {
        program: program.into(),
        account: None,
    };
    refused(ear.call(&thread, judge(&script)));
    fs::set_permissions(&script, mode(0o755)).unwrap();
    assert_eq!(ear.call(&thread, judge(&script)), CallResult::Done);
    let others = [script.as_str(), "no-such-builtin"];
    assert_eq!(
        ear.call(&thread, guarded("true", &others)),
        CallResult::Done
    );
    assert_eq!(next(&ear), ended(1, ChildExit::Exited { code: 0 }));
}
