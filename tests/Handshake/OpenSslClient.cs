using System.Text;
using TlsProxy.Handshake.Keys;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests;

/// <summary>A client of libssl in memory: what the server says in, what is to be sent to it out.</summary>
internal sealed class OpenSslClient : IDisposable
{
    private readonly ClientContext _context;
    private readonly ClientConnection _connection;

    /// <param name="groups">As <c>P-256:X25519</c>; the share sent first is of the first. Null for libssl's own.</param>
    /// <param name="session">A session to resume, which stays the caller's.</param>
    /// <param name="certificate">What is presented to a server that asks, as PEM files of the chain and the key.</param>
    /// <param name="suite">The one suite that is offered, in OpenSSL's words; null for all.</param>
    public OpenSslClient(
        TlsVersion version, string? groups = null, ClientSession? session = null, (string Chain, string Key)? certificate = null,
        string? suite = null)
    {
        _context = new ClientContext((int)version, suite);
        if (certificate is { } files)
            _context.UseCertificate(files.Chain, files.Key);
        _connection = new ClientConnection(_context, "localhost", session, groups);
    }

    /// <summary>The handshake has ended on this side.</summary>
    public bool IsDone { get; private set; }

    public bool IsResumed => _connection.WasResumed;

    /// <summary>What ended the connection, in libssl's words, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>0: not sent; 1: rejected; 2: accepted (SSL_get_early_data_status(3)).</summary>
    public int EarlyDataStatus => _connection.EarlyDataStatus;

    /// <summary>The session with the ticket that has come.</summary>
    public ClientSession TakeSession() => _connection.TakeSession() ?? throw new InvalidOperationException("No ticket has come.");

    /// <summary>Takes what the server has sent and goes on.</summary>
    /// <returns>Bytes for the server.</returns>
    public byte[] Advance(ReadOnlySpan<byte> received = default)
    {
        _connection.Offer(received);
        if (!IsDone && Failure is null)
        {
            var error = _connection.Handshake();
            IsDone = error == 0;
            Judge(error);
        }

        if (IsDone && Failure is null)
        {
            // Tickets, alerts and data: all of it is read, data isn't expected.
            _connection.Read(stackalloc byte[256], out var error);
            Judge(error);
        }

        return TakeOutput();
    }

    /// <summary>Begins with early data, before the server has said anything.</summary>
    public byte[] WriteEarlyData(ReadOnlySpan<byte> data)
    {
        if (!_connection.WriteEarlyData(data))
            Assert.Fail(ClientConnection.TakeError(out _));
        return TakeOutput();
    }

    /// <summary>Reads what the server has sent as data.</summary>
    public string Read(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        Span<byte> text = stackalloc byte[256];
        return Encoding.ASCII.GetString(text[..Math.Max(_connection.Read(text, out _), 0)]);
    }

    public byte[] Write(string text)
    {
        Assert.True(_connection.Write(Encoding.ASCII.GetBytes(text)));
        return TakeOutput();
    }

    public void Dispose()
    {
        _connection.Dispose();
        _context.Dispose();
    }

    private void Judge(int error)
    {
        if (error is not (0 or LibSsl.SSL_ERROR_WANT_READ or LibSsl.SSL_ERROR_ZERO_RETURN))
            Failure = ClientConnection.TakeError(out _);
    }

    private byte[] TakeOutput()
    {
        var output = new byte[_connection.PendingOutput];
        if (output.Length > 0)
            Assert.Equal(output.Length, _connection.ReadOutput(output));
        return output;
    }
}
