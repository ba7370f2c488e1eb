using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>What libssl's callbacks know of one handshake and tell of it. The memory is unmanaged, so that an SSL object can hold its
/// address; it is used for one handshake after the other and zeroed between.</summary>
internal unsafe struct HandshakeState
{
    internal const int NameMaximum = 255;

    private const int SecretMaximum = 48;

    /// <summary>The SSL object, or 0 outside a handshake.</summary>
    internal nint Ssl;

    /// <summary>The <see cref="GCHandle"/> of the contexts that the handshake is done with.</summary>
    internal nint Contexts;

    /// <summary>Which of them was chosen for the client's name.</summary>
    internal int Selected;

    /// <summary>Whether that was for the name, not for want of a better one.</summary>
    internal bool IsNameKnown;

    private fixed byte _client[SecretMaximum];
    private fixed byte _server[SecretMaximum];
    private fixed byte _name[NameMaximum];
    private int _clientLength;
    private int _serverLength;
    private int _nameLength;

    internal static HandshakeState* Of(nint ssl) => (HandshakeState*)LibSsl.SSL_get_ex_data(ssl, 0);

    internal static ReadOnlySpan<byte> ClientSecret(HandshakeState* state) => new(state->_client, state->_clientLength);

    internal static ReadOnlySpan<byte> ServerSecret(HandshakeState* state) => new(state->_server, state->_serverLength);

    /// <summary>The name the client asked for, as it sent it; empty for none.</summary>
    internal static ReadOnlySpan<byte> Name(HandshakeState* state) => new(state->_name, state->_nameLength);

    internal static void SetName(HandshakeState* state, ReadOnlySpan<byte> name)
    {
        name.CopyTo(new Span<byte>(state->_name, NameMaximum));
        state->_nameLength = name.Length;
    }

    internal static void Clear(HandshakeState* state) => CryptographicOperations.ZeroMemory(new Span<byte>(state, sizeof(HandshakeState)));

    /// <summary>Zeroes the traffic secrets; the name stays.</summary>
    internal static void ClearSecrets(HandshakeState* state)
    {
        CryptographicOperations.ZeroMemory(new Span<byte>(state->_client, SecretMaximum));
        CryptographicOperations.ZeroMemory(new Span<byte>(state->_server, SecretMaximum));
        state->_clientLength = state->_serverLength = 0;
    }

    /// <summary>The key log callback (SSL_CTX_set_keylog_callback(3)); a line is a label, the client random and a secret, the latter two in
    /// hexadecimal digits.</summary>
    [UnmanagedCallersOnly]
    internal static void OnKeyLogLine(nint ssl, byte* line)
    {
        try
        {
            KeyLogLine(ssl, line);
        }
        catch (Exception exception)
        {
            _ = CallbackFault.Keep(exception, 0);
        }
    }

    private static void KeyLogLine(nint ssl, byte* line)
    {
        var state = Of(ssl);
        if (state is null)
            return;
        var text = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(line);
        if (text.StartsWith("CLIENT_TRAFFIC_SECRET_0 "u8))
            state->_clientLength = Decode(text, new Span<byte>(state->_client, SecretMaximum));
        else if (text.StartsWith("SERVER_TRAFFIC_SECRET_0 "u8))
            state->_serverLength = Decode(text, new Span<byte>(state->_server, SecretMaximum));
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
