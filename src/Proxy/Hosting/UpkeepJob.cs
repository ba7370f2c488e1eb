namespace TlsProxy.Proxy.Hosting;

/// <summary>A job of an <see cref="UpkeepThread"/>.</summary>
internal sealed class UpkeepJob(UpkeepThread thread, string place, Action work)
{
    /// <summary>What the job is called where its faults are counted.</summary>
    public string Place { get; } = place;

    public Action Work { get; } = work;

    /// <summary>It is to be done once more; guarded by the thread's gate.</summary>
    public bool IsRequested { get; set; }

    /// <summary>Has the job done from its beginning after this call. Callable from any thread; doesn't wait.</summary>
    public void Request() => thread.Request(this);
}
