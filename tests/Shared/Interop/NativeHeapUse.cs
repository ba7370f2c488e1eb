using System.Runtime.InteropServices;

namespace TlsProxy.Testing.Interop;

/// <summary>The C library's heap, from which libssl takes its memory.</summary>
public static unsafe partial class NativeHeapUse
{
    /// <summary>Bytes that are allocated, in all arenas and in mappings of their own (mallinfo2(3)).</summary>
    public static long Bytes
    {
        get
        {
            var information = mallinfo2();
            return (long)(information.uordblks + information.hblkhd);
        }
    }

    [LibraryImport("libc.so.6")]
    private static partial Information mallinfo2();

    /// <summary>struct mallinfo2 of malloc.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public nuint arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost;
    }
}
