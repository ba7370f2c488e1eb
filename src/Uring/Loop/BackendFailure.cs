namespace TlsProxy.Uring.Loop;

/// <summary>Why a back end couldn't be set up.</summary>
/// <param name="Error">What the kernel answered.</param>
/// <param name="Step">The call that failed.</param>
/// <param name="Reason">One sentence for a person: the cause and what to do.</param>
public sealed record BackendFailure(Errno Error, string Step, string Reason)
{
    /// <summary>The kernel or its keeper doesn't offer this kind at all; a shortage of memory or descriptors is no such thing.</summary>
    public bool IsRefusal => Error is Errno.EPERM or Errno.ENOSYS or Errno.EINVAL;

    /// <summary>The process, or the machine, has no descriptor left.</summary>
    public bool LacksDescriptors => Error is Errno.EMFILE or Errno.ENFILE;
}
