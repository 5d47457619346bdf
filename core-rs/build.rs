//! Compiles the guardian, a program of its own that the core carries inside. It is linked with the
//! C library statically, so that it runs from memory on any root file system.

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=guardian");
    let target = env::var("TARGET")?;
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("guardian");
    let out = PathBuf::from(env::var("OUT_DIR")?).join("guardian");
    let mut rustc = Command::new(env::var("RUSTC")?);
    rustc
        .args(["--edition=2024", "--crate-name=holdfast_guardian"])
        .arg(format!("--target={target}"))
        .args(["-Cpanic=abort", "-Copt-level=s", "-Clto=fat"])
        .args(["-Ccodegen-units=1", "-Cstrip=symbols"])
        .args(["-Ctarget-feature=+crt-static", "-Dwarnings"])
        // No path of this machine in what is built.
        .arg(format!("--remap-path-prefix={}=guardian", folder.display()));
    let linker = format!(
        "CARGO_TARGET_{}_LINKER",
        target.replace('-', "_").to_uppercase()
    );
    println!("cargo::rerun-if-env-changed={linker}");
    if let Ok(linker) = env::var("RUSTC_LINKER").or_else(|_| env::var(&linker)) {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let output = rustc
        .arg("-o")
        .arg(&out)
        .arg(folder.join("main.rs"))
        .output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("Cannot compile the guardian: {said}").into());
    }
    Ok(())
}
