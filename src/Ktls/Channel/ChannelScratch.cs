using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>Memory that the channels of one loop share.</summary>
public sealed class ChannelScratch
{
    internal byte[] Record { get; } = new byte[RecordFormat.RecordMaximum];
}
