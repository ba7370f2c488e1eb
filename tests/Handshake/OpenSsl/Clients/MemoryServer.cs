using System.Text;
using TlsProxy.Testing.Interop;

namespace TlsProxy.Handshake.Tests.OpenSsl.Clients;

/// <summary>A server of libssl in memory: what the client says in, what is to be sent to it out.</summary>
internal sealed class MemoryServer(ServerContext context) : IDisposable
{
    private readonly ServerConnection _connection = new(context);

    /// <summary>The handshake has ended on this side.</summary>
    public bool IsDone { get; private set; }

    /// <summary>What ended the connection, in libssl's words, or null.</summary>
    public string? Failure { get; private set; }

    /// <summary>The client's alert behind it, or -1.</summary>
    public int Alert { get; private set; } = -1;

    public bool IsResumed => _connection.WasResumed;

    public bool HasClientCertificate => _connection.HasClientCertificate;

    /// <summary>Takes what the client has sent and goes on.</summary>
    /// <returns>Bytes for the client.</returns>
    public byte[] Advance(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        if (!IsDone && Failure is null)
        {
            var error = _connection.Handshake();
            IsDone = error == 0;
            if (error is not (0 or LibSsl.SSL_ERROR_WANT_READ))
            {
                Failure = MemoryConnection.TakeError(out var alert);
                Alert = alert;
            }
        }

        return TakeOutput();
    }

    /// <summary>Reads what the client has sent as data; an alert that comes instead is told by <see cref="Alert"/>.</summary>
    public string Read(ReadOnlySpan<byte> received)
    {
        _connection.Offer(received);
        Span<byte> text = stackalloc byte[256];
        var count = _connection.Read(text, out var error);
        if (error is not (0 or LibSsl.SSL_ERROR_WANT_READ))
        {
            Failure = MemoryConnection.TakeError(out var alert);
            Alert = alert;
        }

        return Encoding.ASCII.GetString(text[..count]);
    }

    public byte[] Write(string text)
    {
        Assert.True(_connection.Write(Encoding.ASCII.GetBytes(text)));
        return TakeOutput();
    }

    public void Dispose()
    {
        _connection.Dispose();
    }

    private byte[] TakeOutput()
    {
        var output = new byte[_connection.PendingOutput];
        if (output.Length > 0)
            Assert.Equal(output.Length, _connection.ReadOutput(output));
        return output;
    }
}
