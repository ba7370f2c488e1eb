using TlsProxy.Proxy.Upstream;

namespace TlsProxy.Proxy.Tests;

/// <summary>How the tests' origins hand on bytes that they have.</summary>
internal static class SinkBytes
{
    /// <summary>Copies bytes of a body into the room that the sink gives, all of them whatever the sink answers meanwhile. A sink that
    /// wants no more gets none.</summary>
    /// <returns>Wait where the sink has said so.</returns>
    public static OriginFlow Deliver(this IOriginSink sink, ReadOnlySpan<byte> bytes)
    {
        var flow = OriginFlow.Continue;
        while (!bytes.IsEmpty && sink.TryReserve(bytes.Length, out var room))
        {
            var length = Math.Min(bytes.Length, room.Length);
            bytes[..length].CopyTo(room.Memory.Span);
            room.Dispose();
            bytes = bytes[length..];
            if (sink.Commit(length) == OriginFlow.Wait)
                flow = OriginFlow.Wait;
        }

        return flow;
    }
}
