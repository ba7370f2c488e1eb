using System.Text;
using TlsProxy.Handshake.Interop;

namespace TlsProxy.Handshake.BouncyCastle.Interop;

/// <summary>What a key is for, and over which curve.</summary>
/// <param name="Curve">In libcrypto's words, such as <c>prime256v1</c>; null for keys that have none to choose.</param>
internal readonly record struct KeyKind(KeyAlgorithm Algorithm, string? Curve)
{
    /// <param name="key">libcrypto's pointer to it.</param>
    internal static unsafe KeyKind Of(nint key)
    {
        Span<byte> name = stackalloc byte[80];
        nuint length;
        int found;
        fixed (byte* bytes = name)
            found = LibCryptoKeys.EVP_PKEY_get_group_name(key, bytes, (nuint)name.Length, &length);
        LibCrypto.ERR_clear_error();
        var algorithm = (KeyAlgorithm)LibCryptoKeys.EVP_PKEY_get_id(key);
        return new KeyKind(algorithm, found == 1 ? Encoding.ASCII.GetString(name[..(int)length]) : null);
    }
}
