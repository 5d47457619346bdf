//! The clocks of the core.

/// Microseconds of `CLOCK_MONOTONIC`.
pub fn now() -> u64 {
    let time = read(libc::CLOCK_MONOTONIC);
    let part = |value| u64::try_from(value).unwrap_or(0);
    part(time.tv_sec) * 1_000_000 + part(time.tv_nsec) / 1_000
}

/// The time of day as trailers of signed adverts have it: seconds since 1970 in the upper 32 bits,
/// then 1/65536 seconds, then zeros.
pub fn wall() -> u64 {
    let time = read(libc::CLOCK_REALTIME);
    let part = |value| u64::try_from(value).unwrap_or(0);
    let fraction = (part(time.tv_nsec) << 16) / 1_000_000_000;
    ((part(time.tv_sec) & 0xffff_ffff) << 32) | (fraction << 16)
}

/// How long the machine has slept since it was started, µs: what `CLOCK_BOOTTIME` has counted and
/// `CLOCK_MONOTONIC` has not. Between the two readings some µs pass, which are no sleep.
pub fn slept() -> u64 {
    let micros = |time: libc::timespec| {
        let part = |value| u64::try_from(value).unwrap_or(0);
        part(time.tv_sec) * 1_000_000 + part(time.tv_nsec) / 1_000
    };
    let monotonic = micros(read(libc::CLOCK_MONOTONIC));
    let boot = micros(read(libc::CLOCK_BOOTTIME));
    // A thread that is held up between the two is not to be taken for a machine that slept.
    let again = micros(read(libc::CLOCK_MONOTONIC));
    boot.saturating_sub(monotonic.max(again))
}

fn read(clock: libc::clockid_t) -> libc::timespec {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is writable; all of these clocks exist on every Linux, so the call cannot fail.
    unsafe { libc::clock_gettime(clock, &mut time) };
    time
}
