using TlsProxy.Handshake;
using TlsProxy.Handshake.OpenSsl;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>One kind of handshake with each engine, and what the rounds found.</summary>
internal sealed class ComparedKind : IDisposable
{
    private readonly EngineHandshakes? _openSsl;
    private readonly EngineHandshakes _bouncyCastle;
    private readonly List<EngineHandshakes.Cost> _ofOpenSsl = [];
    private readonly List<EngineHandshakes.Cost> _ofBouncyCastle = [];

    public ComparedKind(HandshakeKind kind)
    {
        Kind = kind;
        var hasGroup = OpenSslLibrary.Groups.Contains(kind.Group);
        if (hasGroup)
            _openSsl = new EngineHandshakes(kind, TlsEngine.OpenSsl, clientHasGroup: true);
        _bouncyCastle = new EngineHandshakes(kind, TlsEngine.BouncyCastle, hasGroup);
    }

    public HandshakeKind Kind { get; }

    /// <summary>Processor time, the median of the rounds; null where OpenSSL lacks the group.</summary>
    public double? OpenSslMicroseconds => _openSsl is null ? null : Rounds.Median([.. _ofOpenSsl.Select(cost => cost.Microseconds)]);

    public double BouncyCastleMicroseconds => Rounds.Median([.. _ofBouncyCastle.Select(cost => cost.Microseconds)]);

    public double BouncyCastleBytes => Rounds.Median([.. _ofBouncyCastle.Select(cost => cost.AllocatedBytes)]);

    /// <summary>BouncyCastle's time by OpenSSL's, of each round; null where OpenSSL lacks the group.</summary>
    public double[]? Ratios => _openSsl is null
        ? null
        : [.. _ofOpenSsl.Zip(_ofBouncyCastle, (openSsl, bouncyCastle) => bouncyCastle.Microseconds / openSsl.Microseconds)];

    public void Warm(int handshakes)
    {
        _openSsl?.Run(handshakes);
        _bouncyCastle.Run(handshakes);
    }

    /// <summary>Measures both, the one that was first last in the next round.</summary>
    public void Measure(int handshakes, bool backwards)
    {
        if (backwards)
            _ofBouncyCastle.Add(_bouncyCastle.Run(handshakes));
        if (_openSsl is not null)
            _ofOpenSsl.Add(_openSsl.Run(handshakes));
        if (!backwards)
            _ofBouncyCastle.Add(_bouncyCastle.Run(handshakes));
    }

    public void Dispose()
    {
        _openSsl?.Dispose();
        _bouncyCastle.Dispose();
    }
}
