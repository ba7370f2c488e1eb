using TlsProxy.Testing.Interop;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>A client of libssl.</summary>
internal sealed class LibSslClient : IBenchClient
{
    private readonly ClientContext _context;
    private readonly ClientConnection _connection;
    private bool _isDone;

    /// <param name="session">To be resumed; null for a full handshake.</param>
    public LibSslClient(HandshakeKind kind, ClientSession? session)
    {
        _context = new ClientContext((int)kind.Version);
        // Groups are those of signatures too in TLS 1.2, and the certificate is of P-256.
        var groups = kind.Group == "P-256" ? kind.Group : $"{kind.Group}:P-256";
        _connection = new ClientConnection(_context, "localhost", session, groups);
    }

    public bool IsResumed => _connection.WasResumed;

    public byte[] Advance(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        if (!_isDone)
            _isDone = _connection.Handshake() == 0;
        // The ticket of TLS 1.3 comes behind the handshake.
        if (_isDone)
            _connection.Read(stackalloc byte[256], out _);
        var output = new byte[_connection.PendingOutput];
        _connection.ReadOutput(output);
        return output;
    }

    /// <summary>The session with the ticket that has come.</summary>
    public ClientSession TakeSession() =>
        _connection.TakeSession() ?? throw new InvalidOperationException("The server sent no ticket.");

    public void Dispose()
    {
        _connection.Dispose();
        _context.Dispose();
    }
}
