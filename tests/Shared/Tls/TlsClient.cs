using TlsProxy.Testing.Backend;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Testing.Tls;

/// <summary>A TLS client without any I/O, on libssl: bytes in, bytes out, all on the calling thread. SslStream would do it over tasks,
/// verify a chain each time, remember sessions for the whole process, and can't be told to update its keys.</summary>
public sealed class TlsClient : IDisposable
{
    private const int ReadBytes = 16384;

    private static readonly Lazy<ClientContext[]> s_contexts = new(() => [.. Enum.GetValues<ClientSuite>().Select(Create)]);

    private readonly ClientConnection _connection;
    private readonly BytePipe _early = new();
    private readonly byte[] _buffer = new byte[ReadBytes];

    /// <param name="session">One to resume, of the same version and suite.</param>
    public TlsClient(ClientSuite suite, ClientSession? session = null)
    {
        IsTls13 = suite <= ClientSuite.Tls13ChaCha20;
        _connection = new ClientConnection(s_contexts.Value[(int)suite], "localhost", session);
        Advance();
    }

    /// <summary>Makes what all clients share, so that the first of them costs as much randomness as the others.</summary>
    public static void Prepare() => _ = s_contexts.Value;

    public bool IsTls13 { get; }

    public bool IsEstablished { get; private set; }

    public bool WasResumed => _connection.WasResumed;

    /// <summary>It has asked for another handshake in TLS 1.2. libssl doesn't outlive the refusal, nor always data on its way before
    /// it.</summary>
    public bool Renegotiates { get; private set; }

    public ClientEnd End { get; private set; }

    /// <summary>What stands behind an <see cref="End"/> that isn't in order.</summary>
    public string Reason { get; private set; } = string.Empty;

    /// <summary>The number of the peer's alert, or -1.</summary>
    public int Alert { get; private set; } = -1;

    /// <summary>Application data received.</summary>
    public BytePipe Received { get; } = new();

    /// <summary>Takes bytes of the peer.</summary>
    public void Offer(ReadOnlySpan<byte> bytes)
    {
        _connection.Offer(bytes);
        Advance();
    }

    /// <summary>Seals data, at once or as soon as there are keys.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        _early.Write(bytes);
        Flush();
    }

    /// <summary>Sends close_notify.</summary>
    public void Close()
    {
        if (IsEstablished)
            _connection.Shutdown();
    }

    /// <summary>Changes the keys of what is sent (RFC 9846, section 4.7.3); in TLS 1.2 asks for a new handshake, which ends the client when
    /// it is refused (RFC 5246, section 7.2.2).</summary>
    /// <param name="requested">The peer is asked to change its keys, too.</param>
    public void UpdateKeys(bool requested)
    {
        if (IsTls13)
        {
            _connection.UpdateKeys(requested);
            return;
        }

        if (Renegotiates || End != ClientEnd.None)
            return;
        Renegotiates = _connection.TryRenegotiate();
        Advance();
    }

    public ClientSession? TakeSession() => _connection.TakeSession();

    /// <summary>Moves what is to be sent.</summary>
    public void TakeOutput(BytePipe destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        while (_connection.PendingOutput > 0)
            destination.Write(_buffer.AsSpan(0, _connection.ReadOutput(_buffer)));
    }

    public void Dispose() => _connection.Dispose();

    private static ClientContext Create(ClientSuite suite) => suite switch
    {
        ClientSuite.Tls13Aes128 => new ClientContext(0x0304, "TLS_AES_128_GCM_SHA256"),
        ClientSuite.Tls13Aes256 => new ClientContext(0x0304, "TLS_AES_256_GCM_SHA384"),
        ClientSuite.Tls13ChaCha20 => new ClientContext(0x0304, "TLS_CHACHA20_POLY1305_SHA256"),
        ClientSuite.Tls12Aes128 => new ClientContext(0x0303, "ECDHE-ECDSA-AES128-GCM-SHA256"),
        ClientSuite.Tls12Aes256 => new ClientContext(0x0303, "ECDHE-ECDSA-AES256-GCM-SHA384"),
        _ => new ClientContext(0x0303, "ECDHE-ECDSA-CHACHA20-POLY1305"),
    };

    private void Advance()
    {
        if (End != ClientEnd.None)
            return;
        if (!IsEstablished)
        {
            var error = _connection.Handshake();
            IsEstablished = error == 0;
            if (!IsEstablished)
            {
                if (error != LibSsl.SSL_ERROR_WANT_READ)
                    Fail();
                return;
            }

            Flush();
        }

        while (End == ClientEnd.None)
        {
            var count = _connection.Read(_buffer, out var error);
            if (count > 0)
                Received.Write(_buffer.AsSpan(0, count));
            else if (error == LibSsl.SSL_ERROR_WANT_READ)
                return;
            else if (error == LibSsl.SSL_ERROR_ZERO_RETURN)
                End = ClientEnd.CloseNotify;
            else
                Fail();
        }
    }

    private void Flush()
    {
        if (!IsEstablished || Renegotiates || _early.Count == 0)
            return;
        if (!_connection.Write(_early.Span) && End == ClientEnd.None)
            Fail();
        _early.Truncate(0);
    }

    private void Fail()
    {
        Reason = ClientConnection.TakeError(out var alert);
        Alert = alert;
        End = alert >= 0 ? ClientEnd.Alert : ClientEnd.Broken;
    }
}
