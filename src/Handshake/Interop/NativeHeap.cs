using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The C library's heap, from which libssl takes its memory.</summary>
internal static unsafe class NativeHeap
{
    // Only glibc has it: others give memory back by themselves.
    private static readonly nint _trim = Find();

    internal static void Trim()
    {
        if (_trim != 0)
            _ = ((delegate* unmanaged<nuint, int>)_trim)(0);
    }

    private static nint Find() =>
        NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, "malloc_trim", out var address) ? address : 0;
}
