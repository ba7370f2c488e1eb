namespace TlsProxy.Proxy.Http;

/// <summary>A part of a body, in bytes.</summary>
internal readonly record struct ByteSpan(long Start, long Length)
{
    /// <summary>The byte after the last.</summary>
    public long End => Start + Length;
}
