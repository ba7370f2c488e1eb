using System.Runtime.InteropServices;

namespace TlsProxy.Bench.Load.Interop;

internal static partial class Libc
{
    /// <summary>Reads a clock (clock_gettime(2)).</summary>
    /// <returns>0, or -1 on failure.</returns>
    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clock, out TimeSpecification time);

    /// <summary>struct timespec of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
