using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>SSL objects over two memory BIOs, each for the time of a handshake, one handshake after the other. Each role has a type of its
/// own.</summary>
internal abstract unsafe class SslObject : SafeHandle, IEngineHandshake
{
    private const int RandomLength = 32;
    private const int MasterLength = 48;

    // TLSEXT_max_fragment_length_512 is 1, …_4096 is 4 (openssl/tls1.h).
    private const int FragmentUnit = 256;

    private readonly HandshakeRole _role;
    private nint _input;
    private nint _output;

    private protected SslObject(HandshakeRole role)
        : base(0, ownsHandle: true)
    {
        _role = role;
        HeapDumps.LeaveThreadOut();
        SetHandle(KeyHeap.Allocate(sizeof(HandshakeState)));
    }

    public override bool IsInvalid => handle == 0;

    private bool IsClient => _role == HandshakeRole.Client;

    public virtual int PendingOutput => (int)LibCrypto.BIO_ctrl(_output, LibCrypto.BIO_CTRL_PENDING, 0, null);

    public ReadOnlySpan<byte> ServerName => HandshakeState.Name(State);

    private protected TlsVersion Version => (TlsVersion)LibSsl.SSL_version(Ssl);

    private protected CipherSuite Suite => (CipherSuite)LibSsl.SSL_CIPHER_get_protocol_id(LibSsl.SSL_get_current_cipher(Ssl));

    /// <summary>The application protocol agreed on, or empty.</summary>
    private protected ReadOnlySpan<byte> Protocol
    {
        get
        {
            byte* data;
            uint length;
            LibSsl.SSL_get0_alpn_selected(Ssl, &data, &length);
            return new ReadOnlySpan<byte>(data, (int)length);
        }
    }

    /// <summary>The group of the key exchange in libssl's words, which are the registry's.</summary>
    private string? Group
    {
        get
        {
            var id = LibSsl.SSL_ctrl(Ssl, LibSsl.SSL_CTRL_GET_NEGOTIATED_GROUP, 0, null);
            return id == 0 ? null : GroupNames.Of(Ssl, id);
        }
    }

    /// <summary>Bytes of plaintext in a record at most: what the client has asked for by max_fragment_length, which libssl grants and can't
    /// be told to refuse. The session has it from a resumption too.</summary>
    private int PlaintextMaximum =>
        LibSsl.SSL_SESSION_get_max_fragment_length(LibSsl.SSL_get_session(Ssl)) is >= 1 and <= 4 and var mode
            ? FragmentUnit << mode
            : RecordRequirements.PlaintextDefault;

    private protected HandshakeState* State => (HandshakeState*)handle;

    private protected nint Ssl => State->Ssl;

    public abstract bool TryStart(in HandshakeStart start);

    /// <summary>Makes the SSL object of a handshake.</summary>
    /// <returns>False when there is no memory.</returns>
    private protected bool TryCreate(ContextHandle context)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        LibCrypto.ERR_clear_error();
        var ssl = LibSsl.SSL_new(context.Value);
        _input = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        _output = LibCrypto.BIO_new(LibCrypto.BIO_s_mem());
        if (ssl == 0 || _input == 0 || _output == 0 || LibSsl.SSL_set_ex_data(ssl, 0, State) != 1)
        {
            _ = LibCrypto.BIO_free(_input);
            _ = LibCrypto.BIO_free(_output);
            LibSsl.SSL_free(ssl);
            _input = _output = 0;
            return false;
        }

        // An empty input means that more may come, not the end.
        LibCrypto.BIO_ctrl(_input, LibCrypto.BIO_C_SET_BUF_MEM_EOF_RETURN, -1, null);
        LibSsl.SSL_set_bio(ssl, _input, _output);
        State->Ssl = ssl;
        return true;
    }

    public virtual void End()
    {
        LibSsl.SSL_free(Ssl);
        // Its BIOs have gone with it.
        _input = _output = 0;
        State->Ssl = 0;
        State->Contexts = 0;
        HandshakeState.ClearSecrets(State);
    }

    public void Clear() => HandshakeState.Clear(State);

    public virtual HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure)
    {
        failure = string.Empty;
        LibCrypto.ERR_clear_error();
        if (!TryWriteInput(record))
        {
            failure = "no memory";
            return HandshakeStatus.Failed;
        }

        var result = LibSsl.SSL_do_handshake(Ssl);
        CallbackFault.ThrowKept();
        if (result == 1)
            return HandshakeStatus.Done;
        var error = LibSsl.SSL_get_error(Ssl, result);
        if (error == LibSsl.SSL_ERROR_WANT_READ)
            return HandshakeStatus.NeedMore;
        failure = error == LibSsl.SSL_ERROR_ZERO_RETURN ? "alert close notify" : OpenSslErrors.Take();
        return HandshakeStatus.Failed;
    }

    public virtual void ReadOutput(Span<byte> destination)
    {
        fixed (byte* bytes = destination)
        {
            if (LibCrypto.BIO_read(_output, bytes, destination.Length) != destination.Length)
                throw new InvalidOperationException("The output of a handshake is shorter than it was.");
        }
    }

    public abstract HandshakeFacts ReadFacts();

    public bool TryExportKeys(SessionKeys keys, in RecordPositions positions)
    {
        var suite = Suite;
        if (!CipherSuites.IsKnown(suite))
            return false;
        keys.Begin(_role, Version, suite, new RecordRequirements(PlaintextMaximum));
        if (Version != TlsVersion.Tls13)
            return TryExportKeys12(keys, positions);
        var client = HandshakeState.ClientSecret(State);
        var server = HandshakeState.ServerSecret(State);
        if (client.IsEmpty || server.IsEmpty)
            return false;
        keys.Transmit.SetSecret(suite, IsClient ? client : server);
        keys.Transmit.Sequence = positions.Sent;
        keys.Receive.SetSecret(suite, IsClient ? server : client);
        keys.Receive.Sequence = positions.Received;
        return true;
    }

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_free(Ssl);
        KeyHeap.Free(handle, sizeof(HandshakeState));
        return true;
    }

    /// <summary>What both roles tell of a handshake.</summary>
    private protected HandshakeFacts ReadCommonFacts(ApplicationProtocols protocols)
    {
        var certificate = ReadPeerCertificate();
        return new HandshakeFacts
        {
            Version = Version,
            Suite = Suite,
            Group = Group,
            Resumed = LibSsl.SSL_session_reused(Ssl) == 1,
            Protocol = protocols.NameOf(Protocol),
            HasServerName = !ServerName.IsEmpty,
            PeerCertificate = certificate,
            // libssl ends a handshake whose peer presents an invalid certificate.
            Verification = certificate is null ? PeerVerification.NoCertificate : PeerVerification.Verified,
        };
    }

    /// <summary>Gives received bytes to the SSL object.</summary>
    /// <returns>False when there is no memory.</returns>
    private protected bool TryWriteInput(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* data = bytes)
            return bytes.IsEmpty || LibCrypto.BIO_write(_input, data, bytes.Length) == bytes.Length;
    }

    /// <summary>The certificate that the peer has presented, now or in the session resumed; null for none.</summary>
    private PeerCertificate? ReadPeerCertificate()
    {
        var certificate = LibSsl.SSL_get1_peer_certificate(Ssl);
        if (certificate == 0)
            return null;
        var read = new PeerCertificate(CertificateEncoding.Subject(certificate), CertificateEncoding.Encode(certificate));
        LibCryptoCertificates.X509_free(certificate);
        return read;
    }

    /// <summary>Cuts the key block: the client's key, the server's key, the client's IV, the server's IV (RFC 5246, section 6.3).</summary>
    private bool TryExportKeys12(SessionKeys keys, in RecordPositions positions)
    {
        var suite = keys.Suite;
        var keyLength = suite.Aead().KeyLength();
        var ivLength = suite.Aead() == Aead.ChaCha20Poly1305 ? RecordLayout.NonceLength : RecordLayout.SaltLength;
        Span<byte> master = stackalloc byte[MasterLength];
        Span<byte> randoms = stackalloc byte[2 * RandomLength];
        Span<byte> block = stackalloc byte[2 * (keyLength + ivLength)];
        nuint masterLength;
        fixed (byte* masterBytes = master, randomBytes = randoms)
        {
            masterLength = LibSsl.SSL_SESSION_get_master_key(LibSsl.SSL_get_session(Ssl), masterBytes, MasterLength);
            LibSsl.SSL_get_server_random(Ssl, randomBytes, RandomLength);
            LibSsl.SSL_get_client_random(Ssl, randomBytes + RandomLength, RandomLength);
        }

        if (masterLength != MasterLength)
            return false;
        KeySchedule.Prf12(suite.Hash(), master, "key expansion"u8, randoms, block);
        var ivs = block[(2 * keyLength)..];
        var (ofClient, ofServer) = IsClient ? (keys.Transmit, keys.Receive) : (keys.Receive, keys.Transmit);
        ofClient.SetKeyBlock(suite, block[..keyLength], ivs[..ivLength], IsClient ? positions.Sent : positions.Received);
        ofServer.SetKeyBlock(
            suite, block.Slice(keyLength, keyLength), ivs.Slice(ivLength, ivLength), IsClient ? positions.Received : positions.Sent);
        if (suite.Aead() != Aead.ChaCha20Poly1305)
        {
            keys.Transmit.ExplicitNonce = positions.TransmitNonce;
            keys.Receive.ExplicitNonce = positions.Received;
        }

        CryptographicOperations.ZeroMemory(master);
        CryptographicOperations.ZeroMemory(block);
        return true;
    }
}
