using System.Diagnostics;

namespace TlsProxy.Uring.Interop;

/// <summary>An eventfd (eventfd(2)) that other threads write to, so that a loop's wait ends. It stays open until nobody can name it any
/// more, so that a late wake can't reach another file.</summary>
internal sealed unsafe class WakeDescriptor
{
    private readonly Descriptor _descriptor;

    private WakeDescriptor(Descriptor descriptor) => _descriptor = descriptor;

    public int Value => _descriptor.Value;

    public static WakeDescriptor? TryCreate(out Errno error)
    {
        var descriptor = new Descriptor(Libc.eventfd(0, Libc.EFD_CLOEXEC));
        error = descriptor.IsInvalid ? Libc.LastError : Errno.None;
        return descriptor.IsInvalid ? null : new WakeDescriptor(descriptor);
    }

    /// <summary>Ends the wait in progress, or the next one. Callable from any thread.</summary>
    public void Signal()
    {
        ulong one = 1;
        if (Libc.write(_descriptor, &one, sizeof(ulong)) < 0)
            Debug.Assert(Libc.LastError is Errno.EAGAIN or Errno.EINTR, "An eventfd takes every wake.");
    }
}
