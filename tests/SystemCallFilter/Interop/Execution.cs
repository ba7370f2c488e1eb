using System.ComponentModel;
using System.Runtime.InteropServices;

namespace TlsProxy.SystemCallFilter.Interop;

/// <summary>What this process becomes.</summary>
internal static unsafe partial class Execution
{
    /// <summary>Replaces this process (execve(2)); returns by an exception only.</summary>
    public static void Become(string program, string[] arguments)
    {
        var vector = new nint[arguments.Length + 1];
        for (var i = 0; i < arguments.Length; i++)
            vector[i] = Marshal.StringToCoTaskMemUTF8(arguments[i]);
        fixed (nint* first = vector)
        {
            if (execv(program, first) < 0)
                throw new Win32Exception(Marshal.GetLastPInvokeError(), program);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int execv(string program, nint* arguments);
}
