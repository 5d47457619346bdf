/*
 * User-mode Linux 6.1 hands ptrace(2) a buffer of 2.7 KiB for the extended state of a processor. Of one that has more (AMX) Linux takes only
 * the whole, and user-mode Linux ends before its first program. Put before the C library, this completes what is set by what is there.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NT_X86_XSTATE 0x202

long ptrace(enum __ptrace_request request, ...) {
  va_list more;
  va_start(more, request);
  long pid = va_arg(more, int);
  void *address = va_arg(more, void *);
  void *data = va_arg(more, void *);
  va_end(more);
  /* It has one thread that does this. */
  static char all[65536] __attribute__((aligned(64)));
  if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
    struct iovec *part = data, whole = {all, sizeof all};
    if (syscall(SYS_ptrace, PTRACE_GETREGSET, pid, address, &whole) == 0 && part->iov_len < whole.iov_len) {
      memcpy(all, part->iov_base, part->iov_len);
      return syscall(SYS_ptrace, request, pid, address, &whole);
    }
  }
  if (request >= PTRACE_PEEKTEXT && request <= PTRACE_PEEKUSER) {
    /* The system call writes there what the C library returns. */
    long word = 0;
    if (syscall(SYS_ptrace, request, pid, address, &word) < 0) return -1;
    errno = 0;
    return word;
  }
  return syscall(SYS_ptrace, request, pid, address, data);
}
