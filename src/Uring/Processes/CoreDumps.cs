using TlsProxy.Uring.Interop;

namespace TlsProxy.Uring.Processes;

/// <summary>Whether the kernel writes this process's memory to a core file.</summary>
public static class CoreDumps
{
    private const int PR_SET_DUMPABLE = 4;

    /// <summary>Forbids core files and, to everyone but root, what looks into the process: ptrace(2) and most of its folder in /proc
    /// (PR_SET_DUMPABLE, prctl(2)).</summary>
    public static Errno Forbid() => Libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? Libc.LastError : Errno.None;
}
