namespace TlsProxy.Bench.Micro.Engines;

/// <summary>A client in memory, for one handshake.</summary>
internal interface IBenchClient : IDisposable
{
    /// <summary>Takes what the server has sent and goes on.</summary>
    /// <returns>Bytes for the server; empty at the end.</returns>
    byte[] Advance(ReadOnlySpan<byte> received);
}
