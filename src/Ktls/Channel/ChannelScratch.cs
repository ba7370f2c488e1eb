using TlsProxy.Handshake.Records;

namespace TlsProxy.Ktls.Channel;

/// <summary>What the channels of one loop share.</summary>
public sealed class ChannelScratch
{
    internal byte[] Record { get; } = new byte[RecordFormat.RecordMaximum];

    internal SealQueue SealQueue { get; } = new();
}
