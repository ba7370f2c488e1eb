using Microsoft.Win32.SafeHandles;

namespace TlsProxy.Uring.Interop;

/// <summary>An owned file descriptor.</summary>
internal sealed class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    public int Value => (int)handle;

    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
