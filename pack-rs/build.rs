//! Compiles the entry stub for each processor this Rust can compile for. It is linked to bytes that
//! work at any address; `entry/layout.ld` says how, and fails for what does not.

use std::env;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Processors, as Rust calls them.
const MACHINES: [&str; 2] = ["x86_64", "aarch64"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=entry");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let own = env::var("CARGO_CFG_TARGET_ARCH")?;
    let mut list = String::new();
    for machine in MACHINES {
        let path = out.join(format!("entry-{machine}"));
        if has_target(machine)? && link(machine, &path)? {
            let path = path.to_str().ok_or("OUT_DIR is no text")?;
            writeln!(list, "(\"{machine}\", include_bytes!({path:?})),")?;
        } else if machine == own {
            return Err(format!(
                "Cannot link the entry stub for {machine}: neither rust-lld nor ld did"
            )
            .into());
        }
    }
    fs::write(out.join("stubs.rs"), format!("&[\n{list}]\n"))?;
    Ok(())
}

/// Whether this Rust has its core library for a processor.
fn has_target(machine: &str) -> Result<bool, Box<dyn Error>> {
    let arguments = ["--print", "target-libdir", "--target", &target(machine)];
    let output = Command::new(env::var("RUSTC")?).args(arguments).output()?;
    let folder = String::from_utf8(output.stdout)?;
    Ok(output.status.success() && Path::new(folder.trim()).exists())
}

fn target(machine: &str) -> String {
    format!("{machine}-unknown-linux-gnu")
}

/// Compiles and links with the first linker that can.
fn link(machine: &str, out: &Path) -> Result<bool, Box<dyn Error>> {
    let cross = format!("{machine}-linux-gnu-ld");
    let linkers = [("rust-lld", "ld.lld"), (cross.as_str(), "ld"), ("ld", "ld")];
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("entry");
    let script = folder.join("layout.ld");
    for (linker, flavor) in linkers {
        let output = Command::new(env::var("RUSTC")?)
            .args([
                "--edition=2024",
                "--crate-type=bin",
                "--crate-name=holdfast_entry",
            ])
            .arg(format!("--target={}", target(machine)))
            .args([
                "-Cpanic=abort",
                "-Copt-level=s",
                "-Ccodegen-units=1",
                "-Crelocation-model=pic",
            ])
            .args([
                "-Cdebuginfo=0",
                "-Cdebug-assertions=no",
                "-Coverflow-checks=no",
            ])
            .arg(format!("-Clinker={linker}"))
            .arg(format!("-Clinker-flavor={flavor}"))
            .arg(format!("-Clink-arg=-T{}", script.display()))
            .args(["-Clink-arg=-pie", "-Clink-arg=--oformat=binary"])
            .arg("-o")
            .arg(out)
            .arg(folder.join("main.rs"))
            .output()?;
        if output.status.success() {
            return Ok(true);
        }
        for line in String::from_utf8_lossy(&output.stderr)
            .lines()
            .filter(|line| line.contains("error"))
        {
            println!("cargo::warning={machine} with {linker}: {line}");
        }
    }
    Ok(false)
}
