//! `holdfast-pack PLAN`: makes one executable, as a plan says.

#![forbid(unsafe_code)]

use holdfast_pack::error::Error;
use holdfast_pack::{pack, plan};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [path] = arguments.as_slice() else {
        eprintln!("usage: holdfast-pack PLAN");
        return ExitCode::from(2);
    };
    match run(Path::new(path)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("holdfast-pack: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &Path) -> Result<(), Error> {
    let plan = plan::read(path)?;
    let bytes = pack::executable(&plan)?;
    // A new name put in place: who runs the old file keeps it, and nobody sees half of the new one.
    let temporary = plan.out.with_extension("new");
    let done = fs::write(&temporary, bytes)
        .and_then(|()| fs::set_permissions(&temporary, Permissions::from_mode(0o755)))
        .and_then(|()| fs::rename(&temporary, &plan.out));
    done.map_err(|source| Error::File {
        act: "write",
        path: plan.out,
        source,
    })
}
