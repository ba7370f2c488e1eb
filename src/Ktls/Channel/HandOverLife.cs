using TlsProxy.Uring;

namespace TlsProxy.Ktls.Channel;

/// <summary>State of one connection in its <see cref="HandOver"/>; replaced as a whole at its end.</summary>
internal struct HandOverLife
{
    public HandOverLife()
    {
    }

    /// <summary>Why the records we send are made in user space.</summary>
    public KtlsReason Reason = KtlsReason.Off;

    /// <summary>The hand-over was put off until a response is worth it.</summary>
    public bool IsDeferred;

    /// <summary>The response that comes next is worth it.</summary>
    public bool IsDue;

    /// <summary>The kernel's error where it refused the sending keys.</summary>
    public Errno Refusal;
}
