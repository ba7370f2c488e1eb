using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The C library's heap, from which libssl takes its memory. Only glibc has the functions: others give memory back
/// unasked.</summary>
internal static unsafe class NativeHeap
{
    private const int M_TOP_PAD = -2;

    private static readonly nint _trim = Find("malloc_trim");
    private static nuint _kept;

    internal static void Trim()
    {
        if (_trim != 0)
            _ = ((delegate* unmanaged<nuint, int>)_trim)(_kept);
    }

    /// <summary>Has the first heap grow by steps of this size, and keep as much when it is trimmed (mallopt(3)).</summary>
    internal static void GrowBy(int bytes)
    {
        var option = Find("mallopt");
        if (option == 0 || ((delegate* unmanaged<int, int, int>)option)(M_TOP_PAD, bytes) != 1)
            return;
        _kept = (nuint)bytes;
    }

    private static nint Find(string name) =>
        NativeLibrary.TryLoad("libc.so.6", out var library) && NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;
}
