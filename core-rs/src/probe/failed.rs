//! Why a probe failed.

use crate::protocol::{Failure, Outcome};

/// Where a probe failed, and `errno` or 0.
pub type Failed = (Failure, i32);

/// The outcome of a failed request.
pub fn outcome(request: usize, (failure, errno): Failed) -> Outcome {
    Outcome::Failed {
        request: u32::try_from(request).unwrap_or(u32::MAX),
        failure,
        errno,
    }
}
