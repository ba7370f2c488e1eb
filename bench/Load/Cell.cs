using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>One comparison: an object over a transport, on a number of connections that are kept.</summary>
internal sealed record Cell(Transport Transport, Payload Object, int Connections)
{
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Transport.Name()}, {Object.Bytes:N0} B, {Connections} connections");
}
