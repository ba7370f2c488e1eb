using System.Globalization;

namespace TlsProxy.Bench.Load;

/// <summary>One comparison: an object over a transport, on a number of connections that are kept.</summary>
internal sealed record Cell(Transport Transport, Payload Object, int Connections, Work Work = Work.Hit)
{
    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"{Transport.Name()}, {Work.Prefix()}{Object.Bytes:N0} B, {Connections} connections");
}
