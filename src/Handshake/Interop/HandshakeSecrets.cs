using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.Interop;

/// <summary>The traffic secrets of one TLS 1.3 handshake, as libssl's key log callback tells them (SSL_CTX_set_keylog_callback(3)). The memory is
/// unmanaged, so that libssl can hold its address, and zeroed when freed.</summary>
internal unsafe struct HandshakeSecrets
{
    internal const int SecretMaximum = 48;

    private fixed byte _client[SecretMaximum];
    private fixed byte _server[SecretMaximum];
    private int _clientLength;
    private int _serverLength;

    internal static HandshakeSecrets* Allocate() => (HandshakeSecrets*)NativeMemory.AllocZeroed((nuint)sizeof(HandshakeSecrets));

    internal static void Free(HandshakeSecrets* secrets)
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(secrets, sizeof(HandshakeSecrets)));
        NativeMemory.Free(secrets);
    }

    internal static ReadOnlySpan<byte> Client(HandshakeSecrets* secrets) => new(secrets->_client, secrets->_clientLength);

    internal static ReadOnlySpan<byte> Server(HandshakeSecrets* secrets) => new(secrets->_server, secrets->_serverLength);

    /// <summary>The callback; a line is a label, the client random and a secret, the latter two in hexadecimal digits.</summary>
    [UnmanagedCallersOnly]
    internal static void OnKeyLogLine(nint ssl, byte* line)
    {
        var secrets = (HandshakeSecrets*)LibSsl.SSL_get_ex_data(ssl, 0);
        if (secrets is null)
            return;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line);
        if (text.StartsWith("CLIENT_TRAFFIC_SECRET_0 "u8))
            secrets->_clientLength = Decode(text, new Span<byte>(secrets->_client, SecretMaximum));
        else if (text.StartsWith("SERVER_TRAFFIC_SECRET_0 "u8))
            secrets->_serverLength = Decode(text, new Span<byte>(secrets->_server, SecretMaximum));
    }

    private static int Decode(ReadOnlySpan<byte> line, Span<byte> secret)
    {
        var digits = line[(line.LastIndexOf((byte)' ') + 1)..];
        if (digits.Length > 2 * secret.Length || digits.Length % 2 != 0)
            return 0;
        for (var i = 0; i < digits.Length; i += 2)
            secret[i / 2] = (byte)((Digit(digits[i]) << 4) | Digit(digits[i + 1]));
        return digits.Length / 2;
    }

    private static int Digit(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
