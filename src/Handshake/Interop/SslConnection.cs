using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using TlsProxy.Handshake.Keys;

namespace TlsProxy.Handshake.Interop;

/// <summary>One SSL object over two memory BIOs, for the time of a handshake.</summary>
internal sealed unsafe class SslConnection : SafeHandle
{
    private const int RandomLength = 32;
    private const int MasterLength = 48;
    private const int SaltLength = 4;

    private readonly nint _input;
    private readonly nint _output;
    private HandshakeSecrets* _secrets;

    private SslConnection(nint ssl, nint input, nint output)
        : base(0, ownsHandle: true)
    {
        SetHandle(ssl);
        _input = input;
        _output = output;
        _secrets = HandshakeSecrets.Allocate();
        _ = LibSsl.SSL_set_ex_data(ssl, 0, _secrets);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Makes the server's side of a handshake.</summary>
    /// <returns>Null when there is no memory.</returns>
    internal static SslConnection? TryCreate(ContextHandle context)
    {
        LibCrypto.ERR_clear_error();
        var ssl = LibSsl.SSL_new(context.Value);
        GC.KeepAlive(context);
        var input = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        var output = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        if (ssl == 0 || input == 0 || output == 0)
        {
            _ = LibCrypto.BIO_free(input);
            _ = LibCrypto.BIO_free(output);
            LibSsl.SSL_free(ssl);
            return null;
        }

        // An empty input means that more may come, not the end.
        LibCrypto.BIO_ctrl(input, LibCrypto.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        LibSsl.SSL_set_bio(ssl, input, output);
        LibSsl.SSL_set_accept_state(ssl);
        return new SslConnection(ssl, input, output);
    }

    /// <summary>Feeds one record and goes on with the handshake.</summary>
    internal HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure)
    {
        failure = string.Empty;
        LibCrypto.ERR_clear_error();
        fixed (byte* bytes = record)
        {
            if (LibCrypto.BIO_write(_input, bytes, record.Length) != record.Length)
            {
                failure = "no memory";
                return HandshakeStatus.Failed;
            }
        }

        var result = LibSsl.SSL_do_handshake(handle);
        if (result == 1)
            return HandshakeStatus.Done;
        if (LibSsl.SSL_get_error(handle, result) == LibSsl.SSL_ERROR_WANT_READ)
            return HandshakeStatus.NeedMore;
        failure = OpenSslErrors.Take();
        return HandshakeStatus.Failed;
    }

    /// <summary>Bytes that wait to be sent.</summary>
    internal int PendingOutput => (int)LibCrypto.BIO_ctrl(_output, LibCrypto.BIO_CTRL_PENDING, 0, null);

    /// <param name="destination">As long as <see cref="PendingOutput"/>.</param>
    internal void ReadOutput(Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            if (LibCrypto.BIO_read(_output, bytes, destination.Length) != destination.Length)
                throw new InvalidOperationException("The output of a handshake is shorter than it was.");
        }
    }

    internal TlsVersion Version => (TlsVersion)LibSsl.SSL_version(handle);

    internal CipherSuite Suite => (CipherSuite)LibSsl.SSL_CIPHER_get_protocol_id(LibSsl.SSL_get_current_cipher(handle));

    internal bool Resumed => LibSsl.SSL_session_reused(handle) == 1;

    /// <summary>The group of the key exchange in libssl's words, which are the registry's.</summary>
    internal string? Group
    {
        get
        {
            var id = LibSsl.SSL_ctrl(handle, LibSsl.SSL_CTRL_GET_NEGOTIATED_GROUP, 0, null);
            return id == 0 ? null : GroupNames.Of(handle, id);
        }
    }

    internal string? ServerName => Marshal.PtrToStringUTF8((nint)LibSsl.SSL_get_servername(handle, 0));

    internal string? Protocol
    {
        get
        {
            byte* data;
            uint length;
            LibSsl.SSL_get0_alpn_selected(handle, &data, &length);
            if (data is null)
                return null;
            var name = new ReadOnlySpan<byte>(data, (int)length);
            return name.SequenceEqual("http/1.1"u8) ? "http/1.1" : Encoding.ASCII.GetString(name);
        }
    }

    /// <summary>Takes the record keys out of a finished handshake.</summary>
    /// <param name="transmitSequence">Records we have sent under the keys.</param>
    /// <param name="transmitNonce">The explicit nonce of our next record, with AES-GCM in TLS 1.2.</param>
    internal SessionKeys? TryExportKeys(ulong transmitSequence, ulong transmitNonce)
    {
        var suite = Suite;
        if (!CipherSuites.IsKnown(suite))
            return null;
        if (Version != TlsVersion.Tls13)
            return ExportKeys12(suite, transmitSequence, transmitNonce);
        var client = HandshakeSecrets.Client(_secrets);
        var server = HandshakeSecrets.Server(_secrets);
        if (client.IsEmpty || server.IsEmpty)
            return null;
        var transmit = TrafficKeys.FromSecret(suite, server);
        transmit.Sequence = transmitSequence;
        return new SessionKeys(TlsVersion.Tls13, suite, transmit, TrafficKeys.FromSecret(suite, client));
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_free(handle);
        HandshakeSecrets.Free(_secrets);
        _secrets = null;
        return true;
    }

    /// <summary>Cuts the key block: the client's key, the server's key, the client's IV, the server's IV (RFC 5246, section 6.3).</summary>
    private SessionKeys? ExportKeys12(CipherSuite suite, ulong transmitSequence, ulong transmitNonce)
    {
        var keyLength = suite.Aead().KeyLength();
        var ivLength = suite.Aead() == Aead.ChaCha20Poly1305 ? 12 : SaltLength;
        Span<byte> master = stackalloc byte[MasterLength];
        Span<byte> randoms = stackalloc byte[2 * RandomLength];
        Span<byte> block = stackalloc byte[2 * (keyLength + ivLength)];
        nuint masterLength;
        fixed (byte* masterBytes = master, randomBytes = randoms)
        {
            masterLength = LibSsl.SSL_SESSION_get_master_key(LibSsl.SSL_get_session(handle), masterBytes, MasterLength);
            LibSsl.SSL_get_server_random(handle, randomBytes, RandomLength);
            LibSsl.SSL_get_client_random(handle, randomBytes + RandomLength, RandomLength);
        }

        if (masterLength != MasterLength)
            return null;
        KeySchedule.Prf12(suite.Hash(), master, "key expansion"u8, randoms, block);
        var ivs = block[(2 * keyLength)..];
        var receive = TrafficKeys.FromKeyBlock(suite, block[..keyLength], ivs[..ivLength], sequence: 1);
        var transmit = TrafficKeys.FromKeyBlock(suite, block.Slice(keyLength, keyLength), ivs.Slice(ivLength, ivLength), transmitSequence);
        if (suite.Aead() != Aead.ChaCha20Poly1305)
        {
            transmit.ExplicitNonce = transmitNonce;
            receive.ExplicitNonce = 1;
        }

        CryptographicOperations.ZeroMemory(master);
        CryptographicOperations.ZeroMemory(block);
        return new SessionKeys(TlsVersion.Tls12, suite, transmit, receive);
    }
}
