using System.Security.Cryptography;
using Org.BouncyCastle.Tls.Crypto;

namespace TlsProxy.Handshake.BouncyCastle;

/// <summary>A hash that keeps its input and computes it in one call, so that no context of libcrypto waits for the garbage collector. Its
/// clones share the input.</summary>
internal sealed class DelegatedHash : TlsHash
{
    private readonly int _algorithm;
    private readonly Action<DelegatedHash> _onCloned;
    private Input _input;
    private int _length;

    public DelegatedHash(int algorithm, Action<DelegatedHash> onCloned)
        : this(algorithm, onCloned, new Input(), 0)
    {
    }

    private DelegatedHash(int algorithm, Action<DelegatedHash> onCloned, Input input, int length)
    {
        _algorithm = algorithm;
        _onCloned = onCloned;
        _input = input;
        _length = length;
    }

    public void Update(byte[] input, int inOff, int length) => Update(input.AsSpan(inOff, length));

    public void Update(ReadOnlySpan<byte> input)
    {
        _input = _input.Append(_length, input);
        _length += input.Length;
    }

    public byte[] CalculateHash()
    {
        var input = _input.Bytes(_length);
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

    public DelegatedHash Fork() => new(_algorithm, _onCloned, _input, _length);

    public void Reset() => (_input, _length) = (new Input(), 0);

    /// <summary>Bytes that several hashes begin with; only who has all of them appends in place.</summary>
    private sealed class Input
    {
        private byte[] _bytes = [];
        private int _used;

        public ReadOnlySpan<byte> Bytes(int length) => _bytes.AsSpan(0, length);

        public Input Append(int length, ReadOnlySpan<byte> more)
        {
            var input = length == _used ? this : new Input();
            var needed = length + more.Length;
            if (input._bytes.Length < needed)
            {
                var larger = new byte[Math.Max(needed, Math.Min(2 * needed, needed + 16384))];
                Bytes(length).CopyTo(larger);
                input._bytes = larger;
            }

            more.CopyTo(input._bytes.AsSpan(length));
            input._used = needed;
            return input;
        }
    }
}
