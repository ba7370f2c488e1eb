using System.Runtime.InteropServices;

namespace TlsProxy.Handshake.Interop;

/// <summary>The C library's functions in use, by their own names.</summary>
internal static unsafe partial class Libc
{
    internal const int PROT_READ = 1;
    internal const int PROT_WRITE = 2;
    internal const int MAP_PRIVATE = 2;
    internal const int MAP_ANONYMOUS = 0x20;
    internal const int MADV_DONTDUMP = 16;
    internal const nint MAP_FAILED = -1;

    [LibraryImport("libc")]
    internal static partial nint mmap(nint address, nuint length, int protection, int flags, int fd, long offset);

    [LibraryImport("libc")]
    internal static partial int munmap(nint address, nuint length);

    [LibraryImport("libc")]
    internal static partial int madvise(nint address, nuint length, int advice);

    [LibraryImport("libc")]
    internal static partial void* malloc(nuint length);

    [LibraryImport("libc")]
    internal static partial void free(void* memory);
}
