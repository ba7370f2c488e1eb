using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Fetching;

namespace TlsProxy.Proxy.Connections;

/// <summary>Bytes that one client's connection takes at most, as allocated.</summary>
internal static class ConnectionBytes
{
    /// <summary>The connection's objects with those of its records, keys and deadlines.</summary>
    public const int Objects = 8 * 1024;

    /// <summary>Pipelined bytes that are held before the client is slowed down.</summary>
    public const int PipelinedMaximum = 64 * 1024;

    /// <summary>The buffer of received bytes: it doubles, and one more receive may come before the client is slowed down.</summary>
    public const int InputMaximum = 256 * 1024;

    /// <summary>A batch of sealed records; a larger one is among the worker's buffers.</summary>
    public const int SealedMaximum = RecordChannel.SealedBytesMaximum;

    /// <summary>The head of a response, or interim ones on their way, and the lines between its parts.</summary>
    public const int HeadMaximum = 96 * 1024;

    /// <summary>Interim responses that wait for the client, with their objects.</summary>
    public const int InterimsMaximum = InterimQueue.BytesMaximum + (InterimQueue.CountMaximum * 128);

    /// <summary>What the access log is to say of a request.</summary>
    public const int LoggedMaximum = 5 * 1024;

    /// <summary>All of it.</summary>
    public const int Maximum = Objects + InputMaximum + SealedMaximum + HeadMaximum + InterimsMaximum + LoggedMaximum;
}
