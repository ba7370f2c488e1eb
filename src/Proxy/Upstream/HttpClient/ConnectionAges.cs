namespace TlsProxy.Proxy.Upstream.HttpClient;

/// <summary>How old a connection to the origin is, and how long it has rested. SocketsHttpHandler looks at the rest once a second only, and
/// by then the origin may have closed the connection.</summary>
internal sealed class ConnectionAges(OriginOptions options, TimeProvider time)
{
    private readonly long _opened = time.GetTimestamp();

    // Written by whichever thread has moved bytes last, read by the one that begins a request: one word.
    private long _used = time.GetTimestamp();

    /// <summary>Whether the connection is too old, or has rested for too long, for a further request.</summary>
    public bool AreOver => time.GetElapsedTime(_opened) >= options.ConnectionAgeMax
        || time.GetElapsedTime(Volatile.Read(ref _used)) >= options.KeepAliveTimeout;

    /// <summary>Bytes were moved.</summary>
    public void Note() => Volatile.Write(ref _used, time.GetTimestamp());
}
