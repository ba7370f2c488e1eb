namespace TlsProxy.Handshake.Keys;

/// <summary>HMAC of one hash (RFC 2104). A key is set once for several messages.</summary>
internal interface IKeyedHash
{
    /// <summary>Bytes of a result: 32 or 48.</summary>
    int Length { get; }

    /// <summary>Takes a key, until the next or <see cref="Clear"/>.</summary>
    void SetKey(ReadOnlySpan<byte> key);

    /// <summary>The HMAC of two messages, one behind the other.</summary>
    /// <param name="output">At least <see cref="Length"/> bytes; it may be one of the messages.</param>
    void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output);

    /// <summary>Forgets the key; nothing of it stays in memory.</summary>
    void Clear();
}
