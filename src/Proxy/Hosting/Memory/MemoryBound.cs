namespace TlsProxy.Proxy.Hosting.Memory;

/// <summary>A structure that grows by what strangers send, and the most it takes.</summary>
/// <param name="Name">What it holds.</param>
/// <param name="Count">How many of it there may be.</param>
/// <param name="BytesEach">Bytes of one, as allocated.</param>
internal sealed record MemoryBound(string Name, long Count, long BytesEach)
{
    /// <summary>Bytes of all of them.</summary>
    public long Bytes => Count * BytesEach;
}
