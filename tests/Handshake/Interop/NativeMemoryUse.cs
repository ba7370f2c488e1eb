using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Tests.Interop;

/// <summary>What the C library's heap holds for its users (mallinfo2(3)).</summary>
internal static partial class NativeMemoryUse
{
    /// <summary>Bytes in use, of all threads.</summary>
    public static long Bytes => (long)mallinfo2().InUse;

    [LibraryImport("libc.so.6")]
    private static partial Information mallinfo2();

    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint Mappings;
        public nuint MappedBytes;
        public nuint Unused;
        public nuint FastBytes;
        public nuint InUse;
        public nuint Free;
        public nuint Top;
    }
}
