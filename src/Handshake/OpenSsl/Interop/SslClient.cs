using System.Runtime.InteropServices;
using TlsProxy.Handshake.Engines;
using TlsProxy.Handshake.Interop;
using TlsProxy.Handshake.Keys;
using TlsProxy.Handshake.Policy;
using TlsProxy.Handshake.Records;

namespace TlsProxy.Handshake.OpenSsl.Interop;

/// <summary>Handshakes of a client, one after the other.</summary>
internal sealed unsafe class SslClient : SslObject, IClientHandshake
{
    private const byte IllegalParameter = 47;
    private const int AlertLength = RecordLayout.HeaderLength + 2;

    private ClientLife _life;

    internal SslClient()
        : base(HandshakeRole.Client)
    {
    }

    public bool IsCertificateRefused => Ssl != 0 && VerifyResult != LibCryptoCertificates.X509_V_OK;

    public override int PendingOutput => _life.IsProtocolRefused ? AlertLength : base.PendingOutput;

    private int VerifyResult => (int)LibSslClients.SSL_get_verify_result(Ssl);

    public override bool TryStart(in HandshakeStart start)
    {
        var setup = (ClientSetup)start.Setup;
        if (!TryCreate(setup.Context))
            return false;
        _life.Protocols = setup.Protocols;
        LibSslClients.SSL_set_connect_state(Ssl);
        var offered = start.Session is SslSession session ? session.Value : 0;
        if (TryExpect(start.Server!) && (offered == 0 || LibSslClients.SSL_set_session(Ssl, offered) == 1))
        {
            _life.Offered = offered;
            return true;
        }

        LibCrypto.ERR_clear_error();
        End();
        return false;
    }

    public override void End()
    {
        // Else libssl takes a session for one that has ended badly, and wouldn't resume it.
        if (Ssl != 0)
            LibSslClients.SSL_set_shutdown(Ssl, LibSslClients.SSL_SENT_SHUTDOWN | LibSslClients.SSL_RECEIVED_SHUTDOWN);
        base.End();
        _life = default;
    }

    public override HandshakeStatus Step(ReadOnlySpan<byte> record, out string failure)
    {
        var status = base.Step(record, out failure);
        if (status == HandshakeStatus.Failed)
        {
            if (IsCertificateRefused)
                failure = CertificateFaults.Describe(VerifyResult) ?? LibraryWords(VerifyResult);
            return status;
        }

        // Releases of libssl before 3.0.15 take whatever a server names. What it has written since must not leave: it could be the
        // Finished.
        if (_life.Protocols!.IsOffered(Protocol))
            return status;
        _life.IsProtocolRefused = true;
        failure = "the server chose an application protocol that wasn't offered";
        return HandshakeStatus.Failed;
    }

    public override void ReadOutput(Span<byte> destination)
    {
        if (!_life.IsProtocolRefused)
        {
            base.ReadOutput(destination);
            return;
        }

        // Not protected, whatever the keys: the server has heard nothing but the hello, and our keys begin with what comes next.
        ((ReadOnlySpan<byte>)[RecordTally.AlertType, 3, 3, 0, 2, 2, IllegalParameter]).CopyTo(destination);
        _life.IsProtocolRefused = false;
    }

    public override HandshakeFacts ReadFacts() => ReadCommonFacts(_life.Protocols!);

    public EngineSession? TakeSession()
    {
        var session = LibSslClients.SSL_get1_session(Ssl);
        if (session != _life.Offered)
            return SslSession.TryTake(session);
        // It was resumed, and the server has sent no other ticket.
        LibSslClients.SSL_SESSION_free(session);
        return null;
    }

    public EngineSession? TakeTicket(ReadOnlySpan<byte> message)
    {
        var record = TicketRecord.Seal(Suite, HandshakeState.ServerSecret(State), _life.Tickets++, message);
        LibCrypto.ERR_clear_error();
        byte unused;
        var isTaken = TryWriteInput(record)
            && LibSsl.SSL_get_error(Ssl, LibSslClients.SSL_read(Ssl, &unused, 1)) == LibSsl.SSL_ERROR_WANT_READ;
        CallbackFault.ThrowKept();
        LibCrypto.ERR_clear_error();
        return isTaken ? SslSession.TryTake(LibSslClients.SSL_get1_session(Ssl)) : null;
    }

    private static string LibraryWords(int error) =>
        $"the server's certificate was refused: {Marshal.PtrToStringUTF8((nint)LibSslClients.X509_verify_cert_error_string(error))}";

    /// <summary>Says whom the certificate has to be for, by a name in its subject alternative names (RFC 9110, section 4.3.4), and names
    /// the server.</summary>
    private bool TryExpect(ServerIdentity server)
    {
        var parameters = LibSslClients.SSL_get0_param(Ssl);
        if (server.Address is { } address)
        {
            var encoded = address.GetAddressBytes();
            fixed (byte* bytes = encoded)
                return LibSslClients.X509_VERIFY_PARAM_set1_ip(parameters, bytes, (nuint)encoded.Length) == 1;
        }

        LibSslClients.X509_VERIFY_PARAM_set_hostflags(
            parameters, LibSslClients.X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | LibSslClients.X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
        Span<byte> name = stackalloc byte[HandshakeState.NameMaximum + 1];
        name.Clear();
        var length = System.Text.Encoding.ASCII.GetBytes(server.Text, name);
        HandshakeState.SetName(State, name[..length]);
        fixed (byte* bytes = name)
        {
            return LibSslClients.X509_VERIFY_PARAM_set1_host(parameters, bytes, (nuint)length) == 1
                && LibSsl.SSL_ctrl(
                    Ssl, LibSslClients.SSL_CTRL_SET_TLSEXT_HOSTNAME, LibSslClients.TLSEXT_NAMETYPE_host_name, bytes) == 1;
        }
    }

    /// <summary>State of one handshake; replaced as a whole at its end.</summary>
    private struct ClientLife
    {
        /// <summary>Those offered.</summary>
        public ApplicationProtocols? Protocols;

        /// <summary>libssl's pointer to the session offered, to be compared and not to be used; 0 for none.</summary>
        public nint Offered;

        /// <summary>An alert is to be sent in place of libssl's output.</summary>
        public bool IsProtocolRefused;

        /// <summary>Taken so far: the sequence number of the next.</summary>
        public ulong Tickets;
    }
}
