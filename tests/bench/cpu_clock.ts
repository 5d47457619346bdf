/**
 * The processor time of other processes, to the nanosecond and with the threads that have ended:
 * the kernel's clock of each process, clock_gettime(2). /proc has it in hundredths of a second, or
 * of living threads only.
 */

/**
 * CPUCLOCK_SCHED of a whole process, in the low bits of its clock's number (linux/posix-timers.h).
 */
const SCHED = 2;

/**
 * Processor time of all threads of these processes so far, in ms. A process that has ended counts
 * as nothing.
 */
export function cpuTime(pids: readonly number[]): number {
  const libc = Deno.dlopen("libc.so.6", {
    clock_gettime: { parameters: ["i32", "buffer"], result: "i32" }, // int (clockid_t, timespec*)
  });
  let milliseconds = 0;
  for (const pid of pids) {
    const time = new BigInt64Array(2);
    if (libc.symbols.clock_gettime((~pid << 3) | SCHED, time) !== 0) continue;
    const [seconds = 0n, nanoseconds = 0n] = time;
    milliseconds += Number(seconds) * 1000 + Number(nanoseconds) / 1e6;
  }
  libc.close();
  return milliseconds;
}
