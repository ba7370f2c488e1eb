/*
 * Preloaded into user-mode Linux on processors with AMX. Linux 6.1 sets the vector registers of its processes with an area of
 * 2.7 KB; a host whose processor has AMX insists on the whole one, about 11 KB, and ends the first process with SIGSEGV.
 * This ptrace(2) reads the whole area, lays what the caller gave over its beginning, and sets the whole.
 *
 *     gcc -shared -fPIC -O2 -o ptrace-xstate.so ptrace-xstate.c
 */
#define _GNU_SOURCE
#include <elf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* XSTATE_BV stands behind the 512 bytes of the legacy area (Intel SDM, volume 1, section 13.4.2); bits 17 and 18 are the tiles of AMX. */
enum { STATE_BITS_AT = 512 };
static const uint64_t TILE_BITS = UINT64_C(3) << 17;

/* Not on the stack: the stacks of user-mode Linux are small. It has one thread that traces. */
static unsigned char area[64 * 1024] __attribute__((aligned(64)));

static long set_registers(long process, const struct iovec *given)
{
    struct iovec whole = { area, sizeof area };
    uint64_t states;
    long result = syscall(SYS_ptrace, PTRACE_GETREGSET, process, NT_X86_XSTATE, &whole);
    if (result != 0)
        return result;

    memcpy(area, given->iov_base, given->iov_len < whole.iov_len ? given->iov_len : whole.iov_len);
    memcpy(&states, area + STATE_BITS_AT, sizeof states);
    states &= ~TILE_BITS;
    memcpy(area + STATE_BITS_AT, &states, sizeof states);
    return syscall(SYS_ptrace, PTRACE_SETREGSET, process, NT_X86_XSTATE, &whole);
}

long ptrace(enum __ptrace_request request, ...)
{
    va_list rest;
    long process, address, data, word, result;

    va_start(rest, request);
    process = va_arg(rest, long);
    address = va_arg(rest, long);
    data = va_arg(rest, long);
    va_end(rest);

    if (request == PTRACE_SETREGSET && address == NT_X86_XSTATE)
        return set_registers(process, (const struct iovec *)data);

    /* The system call stores the word of a PEEK request; the function returns it (ptrace(2), "C library/kernel differences"). */
    if (request != PTRACE_PEEKTEXT && request != PTRACE_PEEKDATA && request != PTRACE_PEEKUSER)
        return syscall(SYS_ptrace, request, process, address, data);
    result = syscall(SYS_ptrace, request, process, address, &word);
    if (result != 0)
        return result;
    errno = 0;
    return word;
}
