//! Why an executable could not be made.

use std::io;
use std::path::PathBuf;

/// What a runtime lacks, or what could not be done with a file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read or written.
    #[error("Cannot {act} {}: {source}", path.display())]
    File {
        /// What was tried.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The plan is no plan.
    #[error("Cannot read the plan {}: {source}", path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: serde_json::Error,
    },
    /// The runtime is not what can be packed.
    #[error("Cannot pack this runtime: {0}")]
    Runtime(String),
    /// It is no sound ELF file.
    #[error("Cannot read the runtime as ELF: {0}")]
    Elf(#[from] object::read::Error),
    /// The core cannot be loaded by this runtime.
    #[error("Cannot pack this core: {0}")]
    Core(String),
    /// A text that must be ended by NUL has one inside.
    #[error("Cannot hand over {0:?}: it contains NUL")]
    Nul(String),
    /// No stub for this processor is in this packer.
    #[error(
        "Cannot pack for {0}: this packer was built without its entry stub (rustup target add {0}-unknown-linux-gnu)"
    )]
    NoStub(&'static str),
}
