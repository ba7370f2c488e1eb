using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Tests;

/// <summary>The runtime's HMAC.</summary>
internal sealed class RuntimeKeyedHash(HashAlgorithmName hash) : IKeyedHash
{
    private byte[] _key = [];

    public int Length { get; } = hash == HashAlgorithmName.SHA384 ? 48 : 32;

    public void SetKey(ReadOnlySpan<byte> key) => _key = key.ToArray();

    public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output)
    {
        byte[] message = [.. first, .. second];
        CryptographicOperations.HmacData(hash, _key, message).CopyTo(output);
    }

    public void Clear() => _key = [];
}
