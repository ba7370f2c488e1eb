using System.Security.Cryptography;
using Org.BouncyCastle.Tls.Crypto;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A hash that keeps its input and computes it in one call, so that no context of libcrypto waits for the garbage collector. All
/// hashes of a handshake share the input as far as it is the same.</summary>
internal sealed class DelegatedHash : TlsHash
{
    private readonly int _algorithm;
    private readonly Action<DelegatedHash> _onCloned;
    private readonly HashInput _shared;
    private HashInput _input;
    private int _length;

    public DelegatedHash(int algorithm, Action<DelegatedHash> onCloned, HashInput shared)
        : this(algorithm, onCloned, shared, shared, 0)
    {
    }

    private DelegatedHash(int algorithm, Action<DelegatedHash> onCloned, HashInput shared, HashInput input, int length)
    {
        _shared = shared;
        _algorithm = algorithm;
        _onCloned = onCloned;
        _input = input;
        _length = length;
    }

    /// <summary>The input so far.</summary>
    public ReadOnlySpan<byte> Input => _input.Bytes(_length);

    public void Update(byte[] input, int inOff, int length) => Update(input.AsSpan(inOff, length));

    public void Update(ReadOnlySpan<byte> input)
    {
        _input = _input.Append(_length, input);
        _length += input.Length;
    }

    public byte[] CalculateHash()
    {
        var input = Input;
        var result = _algorithm switch
        {
            CryptoHashAlgorithm.sha256 => SHA256.HashData(input),
            CryptoHashAlgorithm.sha384 => SHA384.HashData(input),
            CryptoHashAlgorithm.sha512 => SHA512.HashData(input),
            _ => throw new ArgumentOutOfRangeException(nameof(_algorithm), _algorithm, "No suite of the policy has the hash."),
        };
        Reset();
        return result;
    }

    public TlsHash CloneHash()
    {
        _onCloned(this);
        return Fork();
    }

    public DelegatedHash Fork() => new(_algorithm, _onCloned, _shared, _input, _length);

    public void Reset() => (_input, _length) = (_shared, 0);
}
