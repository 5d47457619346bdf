//! The symbols TypeScript calls, and every layout it reads. `src/native/symbols.ts` follows this
//! file.
//!
//! Every export runs inside [`boundary`]: an error or a panic becomes a negative status, nothing
//! unwinds into JavaScript. None waits for more than a short critical section, but `core_close`,
//! which joins threads.

#![allow(unsafe_code)]

use crate::bell::Ring;
use crate::core::Core;
use crate::error::Error;
use crate::protocol::CallLane;
use crate::record;
use crate::restart::Restart;
use crate::sys::{clock, signal};
use std::mem::offset_of;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Version of the symbols, the records and the protocol. Raised with every incompatible change.
pub const ABI_VERSION: u32 = 2;

/// Header of a drained record, native endian; see `record.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct RecordHeader {
    /// Bytes of the payload, without padding.
    pub length: u32,
    /// 1 reply, 2 packet, 3 event.
    pub kind: u8,
    /// Bit 0: the payload continues in the next record.
    pub flags: u8,
    /// 0.
    pub reserved: u16,
    /// When it happened, µs of `CLOCK_MONOTONIC`.
    pub time: u64,
}

/// What the payload of a packet begins with; what follows the IP header follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C)]
pub struct PacketHeader {
    /// Interface it came in on, native endian.
    pub ifindex: u32,
    /// Time to live or hop limit it arrived with.
    pub ttl: u8,
    /// IP protocol.
    pub protocol: u8,
    /// Number of a `Judgement`.
    pub judgement: u8,
    /// 4 or 6: of IPv4 addresses the first four bytes count.
    pub family: u8,
    /// Source address.
    pub source: [u8; 16],
    /// Destination address.
    pub destination: [u8; 16],
}

const _: () = assert!(size_of::<RecordHeader>() == record::HEADER);
const _: () = assert!(offset_of!(RecordHeader, kind) == 4);
const _: () = assert!(offset_of!(RecordHeader, flags) == 5);
const _: () = assert!(offset_of!(RecordHeader, time) == 8);
const _: () = assert!(size_of::<PacketHeader>() == record::PACKET_HEAD);
const _: () = assert!(offset_of!(PacketHeader, ttl) == 4);
const _: () = assert!(offset_of!(PacketHeader, protocol) == 5);
const _: () = assert!(offset_of!(PacketHeader, judgement) == 6);
const _: () = assert!(offset_of!(PacketHeader, family) == 7);
const _: () = assert!(offset_of!(PacketHeader, source) == 8);
const _: () = assert!(offset_of!(PacketHeader, destination) == 24);
const _: () = assert!(record::LONGEST <= 262_144, "a record fits the drain buffer");

/// The version of everything in this file; to be compared before anything else is called.
#[unsafe(no_mangle)]
pub extern "C" fn core_abi_version() -> u32 {
    ABI_VERSION
}

/// Microseconds of `CLOCK_MONOTONIC`, exact up to 2^53: 285 years.
#[unsafe(no_mangle)]
pub extern "C" fn core_now() -> f64 {
    clock::now() as f64
}

/// Takes over every signal of the process, to be reported as events by an open core, first what came
/// before it was opened. To be called as early as can be, once or again. 0, or a negative status.
#[unsafe(no_mangle)]
pub extern "C" fn core_hold_signals() -> i32 {
    boundary(|| {
        signal::hold().map_err(Error::system("take over the signals"))?;
        Ok(0)
    })
}

/// Runs this program again in the place of this process, from the same command line: `len` bytes of
/// JSON of a [`Restart`]. Does not return, or gives a negative status. To be called from the first
/// thread of the process.
///
/// # Safety `json` is null or readable for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn core_restart(json: *const u8, len: u32) -> i32 {
    boundary(|| {
        if json.is_null() {
            return Err(Error::NullHandle);
        }
        // SAFETY: readable for `len` bytes by the contract above; JavaScript is blocked in this
        // call.
        let json = unsafe { std::slice::from_raw_parts(json, len as usize) };
        let restart: Restart =
            serde_json::from_slice(json).map_err(|error| Error::Malformed(error.to_string()))?;
        let source = match restart.carry_out() {
            Ok(never) => match never {},
            Err(source) => source,
        };
        // What TypeScript acts on is only why.
        Ok(-1000 - source.raw_os_error().unwrap_or(libc::EIO))
    })
}

/// Opens a core; null on failure, with status and errno in `failure`.
///
/// # Safety `ring` is null or callable from any thread until `core_close` has returned 0; `failure`
/// is null or writable for two integers.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn core_open(ring: Option<Ring>, failure: *mut i32) -> *mut Core {
    let mut core = std::ptr::null_mut();
    let mut errno = 0;
    let status = boundary(|| {
        let opened = Core::open(ring).inspect_err(|error| errno = error.errno())?;
        core = Box::into_raw(Box::new(opened));
        Ok(0)
    });
    if core.is_null() && !failure.is_null() {
        // SAFETY: writable for two integers by the contract above.
        unsafe {
            failure.write(-status);
            failure.add(1).write(errno);
        }
    }
    core
}

/// Queues one call for the thread behind `lane`, the number of a [`CallLane`]: `len` bytes of JSON of a
/// call of this lane, or one message of a log. It is answered with `id`, also when the thread finds
/// that it is no such call. 0, or a negative status when there is no such lane or thread.
///
/// # Safety `core` is null or came from `core_open` and is not closed; `bytes` is null or readable
/// for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn core_call(
    core: *const Core,
    lane: u32,
    id: u32,
    bytes: *const u8,
    len: u32,
) -> i32 {
    boundary(|| {
        // SAFETY: null or live by the contract above; only `core_close` takes it exclusively.
        let core = unsafe { core.as_ref() }.ok_or(Error::NullHandle)?;
        if bytes.is_null() {
            return Err(Error::NullHandle);
        }
        let lane = CallLane::of(lane).ok_or_else(|| Error::Malformed(format!("no lane {lane}")))?;
        // SAFETY: readable for `len` bytes by the contract above; JavaScript is blocked in this
        // call.
        let bytes = unsafe { std::slice::from_raw_parts(bytes, len as usize) };
        core.call(lane, id, bytes).map(|()| 0)
    })
}

/// Moves queued records into `out`; returns the bytes written, 0 when none is left, or a negative
/// status.
///
/// # Safety `core` is null or came from `core_open` and is not closed; `out` is null or writable
/// for `len` bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn core_drain(core: *const Core, out: *mut u8, len: u32) -> i32 {
    boundary(|| {
        // SAFETY: null or live by the contract above; only `core_close` takes it exclusively.
        let core = unsafe { core.as_ref() }.ok_or(Error::NullHandle)?;
        if out.is_null() {
            return Err(Error::NullHandle);
        }
        // SAFETY: writable for `len` bytes by the contract above; JavaScript is blocked in this
        // call.
        let out = unsafe { std::slice::from_raw_parts_mut(out, len as usize) };
        let written = core.drain(out)?;
        i32::try_from(written).map_err(|_| Error::Buffer {
            len: out.len(),
            need: record::LONGEST,
        })
    })
}

/// Stops all threads. 0: the core is freed. 1: something is left: drain it, let JavaScript run, for
/// which the doorbell may wait, and call again. In between the core can only be drained.
///
/// # Safety `core` is null or came from `core_open` and is not closed, and nobody else uses it
/// during this call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn core_close(core: *mut Core) -> i32 {
    boundary(|| {
        // SAFETY: null or live, and used by nobody else, by the contract above.
        let stopped = unsafe { core.as_mut() }.ok_or(Error::NullHandle)?.stop();
        if stopped {
            // SAFETY: made by `Box::into_raw` in `core_open`; this is the last use.
            drop(unsafe { Box::from_raw(core) });
        }
        Ok(i32::from(!stopped))
    })
}

/// Runs the body of an export; an error becomes its negative status, and so does a panic.
fn boundary(body: impl FnOnce() -> Result<i32, Error>) -> i32 {
    let failed = |error: Error| -i32::try_from(error.status()).unwrap_or(i32::MAX);
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result.unwrap_or_else(failed),
        Err(_) => failed(Error::Panic("see standard error".into())),
    }
}
