using Microsoft.Win32.SafeHandles;

namespace TlsProxy.Uring.Interop;

/// <summary>A memory mapping, unmapped on disposal.</summary>
internal sealed class Mapping : SafeHandleMinusOneIsInvalid
{
    private Mapping(nint address, nuint length)
        : base(ownsHandle: true)
    {
        SetHandle(address);
        Length = length;
    }

    public nint Address => handle;

    public nuint Length { get; }

    /// <summary>Private zeroed memory, or null when the kernel has none to give.</summary>
    public static Mapping? TryAnonymous(nuint length) =>
        TryMap(length, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);

    /// <summary>A part of an io_uring descriptor shared with the kernel, or null.</summary>
    public static Mapping? TryShared(nuint length, int fd, long offset) =>
        TryMap(length, Libc.MAP_SHARED | Libc.MAP_POPULATE, fd, offset);

    protected override bool ReleaseHandle() => Libc.munmap(handle, Length) == 0;

    private static Mapping? TryMap(nuint length, int flags, int fd, long offset)
    {
        var address = Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, flags, fd, offset);
        return address == -1 ? null : new Mapping(address, length);
    }
}
