using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Interop;

/// <summary>HMAC of one hash over a kept EVP_MAC_CTX: the algorithm is looked up once, a key is set once for several messages, and nothing
/// is allocated. Each thread has one for each hash.</summary>
internal sealed unsafe class HmacContext : SafeHandle, IKeyedHash
{
    private const int LengthMaximum = 48;

    [ThreadStatic]
    private static HmacContext? t_sha256;

    [ThreadStatic]
    private static HmacContext? t_sha384;

    private HmacContext(ReadOnlySpan<byte> hash, int length)
        : base(0, ownsHandle: true)
    {
        OpenSslLoader.EnsureLoaded();
        HeapDumps.LeaveThreadOut();
        Length = length;
        var algorithm = LibCrypto.EVP_MAC_fetch(0, "HMAC", null);
        SetHandle(LibCrypto.EVP_MAC_CTX_new(algorithm));
        LibCrypto.EVP_MAC_free(algorithm);
        var parameters = stackalloc LibCrypto.Parameter[2];
        var none = stackalloc byte[LengthMaximum];
        int ready;
        fixed (byte* digest = "digest"u8, name = hash)
        {
            parameters[0] = new LibCrypto.Parameter
            {
                Key = digest,
                DataType = LibCrypto.OSSL_PARAM_UTF8_STRING,
                Data = name,
                DataSize = (nuint)hash.Length,
            };
            parameters[1] = default;
            ready = IsInvalid ? 0 : LibCrypto.EVP_MAC_init(handle, none, (nuint)length, parameters);
        }

        if (ready != 1)
            throw new CryptographicException("libcrypto does not provide HMAC.");
    }

    public override bool IsInvalid => handle == 0;

    public int Length { get; }

    /// <summary>This thread's context of a hash, SHA-256 or SHA-384.</summary>
    internal static HmacContext Of(HashAlgorithmName hash) => hash == HashAlgorithmName.SHA384
        ? t_sha384 ??= new HmacContext("SHA384"u8, 48)
        : t_sha256 ??= new HmacContext("SHA256"u8, 32);

    public void SetKey(ReadOnlySpan<byte> key)
    {
        fixed (byte* bytes = key)
            Check(LibCrypto.EVP_MAC_init(handle, bytes, (nuint)key.Length, null));
    }

    public void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, Length);
        nuint written;
        fixed (byte* one = first, two = second, result = output)
        {
            // Without a key, that of before is used anew.
            Check(LibCrypto.EVP_MAC_init(handle, null, 0, null));
            Check(LibCrypto.EVP_MAC_update(handle, one, (nuint)first.Length));
            Check(LibCrypto.EVP_MAC_update(handle, two, (nuint)second.Length));
            Check(LibCrypto.EVP_MAC_final(handle, result, &written, (nuint)output.Length));
        }
    }

    public void Clear()
    {
        // libcrypto keeps the key of before until another takes its place.
        Span<byte> zeros = stackalloc byte[Length];
        zeros.Clear();
        SetKey(zeros);
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_MAC_CTX_free(handle);
        return true;
    }

    private static void Check(int result)
    {
        if (result == 1)
            return;
        LibCrypto.ERR_clear_error();
        throw new CryptographicException("libcrypto could not compute an HMAC.");
    }
}
