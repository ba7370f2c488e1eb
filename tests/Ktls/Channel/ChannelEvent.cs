using TlsProxy.Ktls.Channel;

namespace TlsProxy.Ktls.Tests.Channel;

/// <summary>The calls of <see cref="IRecordChannelOwner"/>.</summary>
internal enum ChannelEventKind
{
    Received,
    ReceiveEnded,
    Ending,
    Silent,
    Sent,
    Failed,
    Closed,
}

/// <summary>One call of a channel to its owner.</summary>
internal readonly record struct ChannelEvent(ChannelEventKind Kind, byte[] Bytes, ChannelFailure Failure = default);
