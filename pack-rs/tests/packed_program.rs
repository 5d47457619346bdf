//! Packing a real program: env(1), which is dynamic, position independent and uses `environ`.

#![allow(clippy::indexing_slicing, clippy::panic)]

use holdfast_pack::error::Error;
use holdfast_pack::pack;
use holdfast_pack::plan::{Plan, Replaced};
use holdfast_pack::{relative, runtime};
use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::Command;

const ENV: &str = "/usr/bin/env";

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> io::Result<Self> {
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn file(&self, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
        let path = self.0.join(name);
        fs::write(&path, bytes)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))?;
        Ok(path)
    }
}

fn plan(words: &[&str], variables: &[&str]) -> Plan {
    let owned = |texts: &[&str]| texts.iter().map(|&text| text.into()).collect();
    Plan {
        runtime: ENV.into(),
        core: ENV.into(),
        texts: BTreeMap::from([("text".into(), "/dev/null".into())]),
        replaced: Vec::new(),
        words: owned(words),
        variables: owned(variables),
        out: PathBuf::new(),
    }
}

/// Whether this machine's env(1) is one that can be packed.
fn is_fit() -> bool {
    let fit = pack::executable(&plan(&[], &[])).is_ok();
    if !fit {
        println!("skipped: {ENV} of this machine cannot be packed");
    }
    fit
}

#[test]
fn a_packed_program_gets_words_facts_arguments_and_environment()
-> Result<(), Box<dyn std::error::Error>> {
    if !is_fit() {
        return Ok(());
    }
    let folder = Folder::new("words")?;
    let script = r#"printf '%s\n' "$@"; command env"#;
    let plan = plan(&["/bin/sh", "-c", script, "name"], &["DENO_DIR=/none"]);
    let program = folder.file("packed", &pack::executable(&plan)?)?;
    let output = Command::new(&program)
        .args(["-n", "a b"])
        .env_clear()
        .envs([("DENO_DIR", "/mine"), ("OTHER", "1")])
        .output()?;
    assert!(output.status.success(), "{output:?}");
    let stdout = String::from_utf8(output.stdout)?;
    let lines: Vec<_> = stdout.lines().collect();
    // The core is found in the file, too.
    let places: BTreeMap<String, [usize; 3]> = serde_json::from_str(lines[0])?;
    let [_, length, at] = places["core"];
    assert!(fs::read(&program)?[at..at + length] == fs::read(ENV)?);
    assert!(places.contains_key("text"), "{stdout}");
    assert!(
        lines[1].parse::<i32>()? > 2,
        "a descriptor of the core: {stdout}"
    );
    assert!(lines[2].parse::<u64>()? > 0, "an address: {stdout}");
    assert!(lines[3].parse::<i64>().is_ok(), "a limit: {stdout}");
    assert_eq!(lines[4], program.to_string_lossy());
    assert_eq!(lines[5..7], ["-n", "a b"]);
    assert!(
        lines[7..].contains(&"DENO_DIR=/none") && lines[7..].contains(&"OTHER=1"),
        "{stdout}"
    );
    assert!(!stdout.contains("/mine"), "{stdout}");
    Ok(())
}

/// A table of addresses, some at odd distances, and one in what each thread has of its own.
const TABLES: &str = r#"
#include <stdio.h>
#include <stdlib.h>
extern char **environ;
static const char *const first[] = {"a", "b", "c", 0, "d"};
static const char *far[200] = {[0] = "e", [63] = "f", [64] = "g", [199] = "h"};
static _Thread_local const char *own = "i";
struct __attribute__((packed)) { char odd; const char *word; } odd = {1, "j"};
int main(void) {
  printf("%s%s%s%s%s%s%s%s%s%s %d\n", first[0], first[1], first[2], first[4], far[0], far[63], far[64],
    far[199], own, odd.word, environ != 0);
  return first[3] != 0 || far[1] != 0;
}
"#;

#[test]
fn addresses_that_the_stub_adds_are_those_the_linker_would_have_written()
-> Result<(), Box<dyn std::error::Error>> {
    let folder = Folder::new("relative")?;
    let source = folder.file("tables.c", TABLES.as_bytes())?;
    let runtime = folder.0.join("tables");
    let compiled = Command::new("cc")
        .args(["-O0", "-fPIE", "-pie", "-Wl,-z,norelro", "-o"])
        .args([&runtime, &source])
        .output();
    if !compiled.is_ok_and(|output| output.status.success()) {
        println!("skipped: no C compiler");
        return Ok(());
    }
    let plan = Plan {
        runtime: runtime.clone(),
        core: runtime.clone(),
        ..plan(&[], &[])
    };
    let packed = pack::executable(&plan)?;
    let left = relative::take_out(&mut fs::read(&runtime)?, runtime::machine(&packed)?)?;
    assert!(left.len() > 4, "{left:?}");
    let taken = relative::take_out(&mut packed.clone(), runtime::machine(&packed)?)?;
    assert!(taken.is_empty(), "nothing is left to take out: {taken:?}");
    let program = folder.file("packed", &packed)?;
    let output = Command::new(&program).output()?;
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout)?, "abcdefghij 1\n");
    Ok(())
}

#[test]
fn a_text_is_replaced_that_is_there_once_and_no_shorter() -> Result<(), Box<dyn std::error::Error>>
{
    if !is_fit() {
        return Ok(());
    }
    let folder = Folder::new("replaced")?;
    let packed = |behind: &[u8], by: &str| {
        let bytes = [&fs::read(ENV)?, behind].concat();
        let plan = Plan {
            runtime: folder.file("runtime", &bytes)?,
            replaced: vec![Replaced {
                text: "<once only>".into(),
                by: by.into(),
            }],
            ..plan(&[], &[])
        };
        Ok::<_, io::Error>((bytes.len(), pack::executable(&plan)))
    };
    let (end, program) = packed(b"<once only>", "<other>")?;
    assert_eq!(&program?[end - 11..end], b"<other>    ");
    for (behind, by) in [
        ("", ""),
        ("<once only><once only>", ""),
        ("<once only>", "<much longer>"),
    ] {
        let (_, refused) = packed(behind.as_bytes(), by)?;
        assert!(matches!(refused, Err(Error::Runtime(_))), "{behind} {by}");
    }
    Ok(())
}

#[test]
fn a_packed_program_cannot_be_packed_again() -> Result<(), Box<dyn std::error::Error>> {
    if !is_fit() {
        return Ok(());
    }
    let folder = Folder::new("again")?;
    let packed = folder.file("packed", &pack::executable(&plan(&[], &[]))?)?;
    let again = Plan {
        runtime: packed,
        ..plan(&[], &[])
    };
    let error = pack::executable(&again)
        .err()
        .map(|error| error.to_string());
    let wanted = "Cannot pack this runtime: it has no PT_NOTE header behind its last PT_LOAD (is it packed already?)";
    assert_eq!(error.as_deref(), Some(wanted));
    Ok(())
}

#[test]
fn a_core_for_another_processor_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    if !is_fit() {
        return Ok(());
    }
    let folder = Folder::new("core")?;
    let mut bytes = fs::read(ENV)?;
    // e_machine: the other of x86-64 (62) and aarch64 (183).
    bytes[18] = if bytes[18] == 62 { 183 } else { 62 };
    let other = Plan {
        core: folder.file("other", &bytes)?,
        ..plan(&[], &[])
    };
    assert!(matches!(pack::executable(&other), Err(Error::Core(_))));
    Ok(())
}

#[test]
fn what_is_no_program_is_refused() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Folder::new("text")?;
    let text = Plan {
        runtime: folder.file("text", b"#!/bin/sh\n")?,
        ..plan(&[], &[])
    };
    assert!(matches!(pack::executable(&text), Err(Error::Elf(_))));
    let absent = Plan {
        runtime: "/nonexistent".into(),
        ..plan(&[], &[])
    };
    assert!(matches!(pack::executable(&absent), Err(Error::File { .. })));
    Ok(())
}

#[test]
fn a_word_with_nul_is_refused() {
    if is_fit() {
        let plan = plan(&["a\0b"], &[]);
        assert!(matches!(pack::executable(&plan), Err(Error::Nul(_))));
    }
}
