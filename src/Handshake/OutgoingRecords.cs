using System.Buffers.Binary;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake;

/// <summary>What a handshake has to send, with a count of its records. It belongs to one thread at a time.</summary>
internal sealed class OutgoingRecords
{
    private readonly GrowingBuffer _output = new();

    // What the engine has made so far.
    private RecordTally _tally;

    public ref readonly RecordTally Tally => ref _tally;

    public ReadOnlySpan<byte> Span => _output.Span;

    /// <summary>Adds what the engine wants to send after a step.</summary>
    public void Drain(IEngineHandshake engine)
    {
        var start = _output.Length;
        if (engine.PendingOutput is var pending and > 0)
            engine.ReadOutput(_output.Extend(pending));
        _tally.BeginStep();
        for (var rest = _output.Span[start..]; rest.Length >= RecordLayout.HeaderLength;)
        {
            var whole = RecordLayout.HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            var length = Math.Min(whole, rest.Length);
            _tally.Add(rest[..length]);
            rest = rest[length..];
        }
    }

    /// <summary>Adds a fatal alert that isn't protected.</summary>
    public void WriteAlert(byte alert) => _output.Append([RecordTally.AlertType, 3, 3, 0, 2, 2, alert]);

    /// <summary>Forgets what was sent.</summary>
    public void Clear() => _output.Clear();

    public void Reset()
    {
        _output.Clear();
        _tally = default;
    }
}
