using TlsProxy.Uring.Loop;

namespace TlsProxy.Ktls;

/// <summary>Records that weren't data, and ends that weren't orderly, counted by the thread of one worker.</summary>
public sealed class RecordCounters
{
    private readonly CounterCells _cells = new(Enum.GetValues<Cell>().Length);

    private enum Cell
    {
        AlertsSent,
        AlertsReceived,
        Truncated,
        KeyUpdates,
        RenegotiationsRefused,
        KeysExhausted,
    }

    /// <summary>Fatal alerts sent after the handshake.</summary>
    public long AlertsSent => _cells[(int)Cell.AlertsSent];

    /// <summary>Fatal alerts of peers after the handshake.</summary>
    public long AlertsReceived => _cells[(int)Cell.AlertsReceived];

    /// <summary>Streams that ended without close_notify: nobody knows whether the peer meant it.</summary>
    public long Truncated => _cells[(int)Cell.Truncated];

    /// <summary>Keys that peers have changed.</summary>
    public long KeyUpdates => _cells[(int)Cell.KeyUpdates];

    /// <summary>Renegotiations of TLS 1.2 that clients asked for.</summary>
    public long RenegotiationsRefused => _cells[(int)Cell.RenegotiationsRefused];

    /// <summary>Connections cut because their keys had protected as many records as they may, in either direction.</summary>
    public long KeysExhausted => _cells[(int)Cell.KeysExhausted];

    internal void CountAlertSent() => _cells.Add((int)Cell.AlertsSent);

    internal void CountAlertReceived() => _cells.Add((int)Cell.AlertsReceived);

    internal void CountTruncated() => _cells.Add((int)Cell.Truncated);

    internal void CountKeyUpdate() => _cells.Add((int)Cell.KeyUpdates);

    internal void CountKeysExhausted() => _cells.Add((int)Cell.KeysExhausted);

    internal void CountRenegotiationRefused() => _cells.Add((int)Cell.RenegotiationsRefused);
}
