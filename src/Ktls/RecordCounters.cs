namespace TlsProxy.Ktls;

/// <summary>Records that weren't data, and ends that weren't orderly, for all workers together.</summary>
public sealed class RecordCounters
{
    private long _alertsSent;
    private long _alertsReceived;
    private long _truncated;
    private long _keyUpdates;
    private long _renegotiationsRefused;
    private long _keysExhausted;

    /// <summary>Fatal alerts sent after the handshake.</summary>
    public long AlertsSent => Interlocked.Read(ref _alertsSent);

    /// <summary>Fatal alerts of peers after the handshake.</summary>
    public long AlertsReceived => Interlocked.Read(ref _alertsReceived);

    /// <summary>Streams that ended without close_notify: nobody knows whether the peer meant it.</summary>
    public long Truncated => Interlocked.Read(ref _truncated);

    /// <summary>Keys that peers have changed.</summary>
    public long KeyUpdates => Interlocked.Read(ref _keyUpdates);

    /// <summary>Renegotiations of TLS 1.2 that clients asked for.</summary>
    public long RenegotiationsRefused => Interlocked.Read(ref _renegotiationsRefused);

    /// <summary>Connections cut because their keys had protected as many records as they may, in either direction.</summary>
    public long KeysExhausted => Interlocked.Read(ref _keysExhausted);

    internal void CountAlertSent() => Interlocked.Increment(ref _alertsSent);

    internal void CountAlertReceived() => Interlocked.Increment(ref _alertsReceived);

    internal void CountTruncated() => Interlocked.Increment(ref _truncated);

    internal void CountKeyUpdate() => Interlocked.Increment(ref _keyUpdates);

    internal void CountKeysExhausted() => Interlocked.Increment(ref _keysExhausted);

    internal void CountRenegotiationRefused() => Interlocked.Increment(ref _renegotiationsRefused);
}
