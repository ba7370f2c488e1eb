using TlsProxy.Uring.Faults;
using TlsProxy.Uring.Interop;
using static TlsProxy.Uring.Interop.Epoll;

namespace TlsProxy.Uring.Epoll;

/// <summary>The descriptors that the kernel watches (epoll(7)), and the events of the last wait. A descriptor leaves with its close, since
/// nothing here is duplicated or inherited.</summary>
internal sealed unsafe class InterestSet : IDisposable
{
    private const int EventsMaximum = 512;
    private const long NanosecondsPerMillisecond = 1_000_000;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly Descriptor _descriptor;
    private readonly Mapping _events;

    private InterestSet(Descriptor descriptor, Mapping events, bool precise)
    {
        _descriptor = descriptor;
        _events = events;
        IsPrecise = precise && IsPreciseWaitKnown();
    }

    /// <summary>Waits are in nanoseconds (epoll_pwait2), else in milliseconds.</summary>
    public bool IsPrecise { get; }

    public static InterestSet? TryCreate(bool precise, out Errno error)
    {
        var descriptor = new Descriptor(Libc.epoll_create1(EPOLL_CLOEXEC));
        error = descriptor.IsInvalid ? Libc.LastError : Errno.None;
        if (descriptor.IsInvalid)
            return null;
        if (Mapping.TryAnonymous((nuint)(EventsMaximum * EntryLength)) is { } events)
            return new InterestSet(descriptor, events, precise);
        error = Errno.ENOMEM;
        descriptor.Dispose();
        return null;
    }

    /// <summary>Watches a descriptor for every change of either direction, each told once (EPOLLET). What holds already is told
    /// first.</summary>
    /// <param name="data">Comes back with its events.</param>
    public Errno Add(int descriptor, ulong data)
    {
        var entry = stackalloc byte[16];
        Write(entry, EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET, data);
        return Libc.epoll_ctl(_descriptor.Value, EPOLL_CTL_ADD, descriptor, entry) < 0 ? Libc.LastError : Errno.None;
    }

    /// <summary>Waits for events.</summary>
    /// <param name="timeoutNanoseconds">0 doesn't wait, a negative value waits without limit.</param>
    /// <returns>Their number; 0 after the timeout or a signal.</returns>
    public int Wait(long timeoutNanoseconds)
    {
        var count = IsPrecise ? WaitPrecisely(timeoutNanoseconds) : WaitMilliseconds(timeoutNanoseconds);
        if (count >= 0)
            return count;
        var error = Libc.LastError;
        return error == Errno.EINTR ? 0 : throw new LoopLostException($"epoll_wait answered {error}; the loop can't go on.");
    }

    /// <summary>An event of the last wait.</summary>
    public (uint Events, ulong Data) this[int index] => Read((byte*)_events.Address + ((nint)index * EntryLength));

    public void Dispose()
    {
        _descriptor.Dispose();
        _events.Dispose();
    }

    private bool IsPreciseWaitKnown() => WaitPrecisely(0) >= 0 || Libc.LastError is not (Errno.ENOSYS or Errno.EPERM);

    private int WaitPrecisely(long timeoutNanoseconds)
    {
        var (seconds, nanoseconds) = Math.DivRem(Math.Max(0, timeoutNanoseconds), NanosecondsPerSecond);
        var timeout = new TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds };
        return (int)Libc.EpollWait2(
            SYS_epoll_pwait2, _descriptor.Value, (byte*)_events.Address, EventsMaximum, timeoutNanoseconds < 0 ? null : &timeout, null, 0);
    }

    private int WaitMilliseconds(long timeoutNanoseconds)
    {
        // Rounded up: a wait that ends before the deadline would be begun again and again until it.
        var milliseconds = timeoutNanoseconds < 0
            ? -1
            : (int)Math.Min(int.MaxValue, (timeoutNanoseconds + NanosecondsPerMillisecond - 1) / NanosecondsPerMillisecond);
        return Libc.epoll_wait(_descriptor.Value, (byte*)_events.Address, EventsMaximum, milliseconds);
    }
}
