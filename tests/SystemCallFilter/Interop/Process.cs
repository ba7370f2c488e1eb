using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TlsProxy.SystemCallFilter.Interop;

/// <summary>What this process may do, and what it becomes.</summary>
internal static unsafe partial class Process
{
    private const int PR_SET_SECCOMP = 22;
    private const int PR_SET_NO_NEW_PRIVS = 38;
    private const nuint SECCOMP_MODE_FILTER = 2;

    /// <summary>Puts the calling thread, and what it becomes, under a filter for good (prctl(2)).</summary>
    public static void Confine(FilterInstruction[] filter)
    {
        // What can gain no privileges may confine itself without any.
        Check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS");
        fixed (FilterInstruction* instructions = filter)
        {
            var program = new FilterProgramHeader { Length = (ushort)filter.Length, Instructions = instructions };
            Check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (nuint)(&program), 0, 0), "PR_SET_SECCOMP");
        }
    }

    /// <summary>Replaces this process (execve(2)); returns by an exception only.</summary>
    public static void Become(string program, string[] arguments)
    {
        var vector = new nint[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++)
            vector[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        fixed (nint* first = vector)
            Check(execv(program, first), program);
    }

    private static void Check(int result, string step)
    {
        if (result < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), step);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string program, nint* arguments);

    /// <summary>struct sock_fprog (linux/filter.h).</summary>
    private struct FilterProgramHeader
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }
}
