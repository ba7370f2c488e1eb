namespace TlsProxy.Proxy.Hosting;

/// <summary>A job of an <see cref="UpkeepThread"/>.</summary>
/// <param name="period">How often it is done unasked; null for never.</param>
internal sealed class UpkeepJob(UpkeepThread thread, string place, Action work, TimeSpan? period)
{
    public const long Never = long.MaxValue;

    /// <summary>What the job is called where its faults are counted.</summary>
    public string Place { get; } = place;

    public Action Work { get; } = work;

    public TimeSpan? Period { get; } = period;

    /// <summary>It is to be done once more; guarded by the thread's gate.</summary>
    public bool IsRequested { get; set; }

    /// <summary>When it is due unasked, in ticks since the thread's beginning. Guarded by the thread's gate.</summary>
    public long Due { get; set; } = Never;

    /// <summary>Has the job done from its beginning after this call. Callable from any thread; doesn't wait.</summary>
    public void Request() => thread.Request(this);

    /// <summary>Has the job done <paramref name="time"/> from now, or when it is due. Callable from any thread; doesn't wait.</summary>
    public void RequestWithin(TimeSpan time) => thread.RequestWithin(this, time);
}
