using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>One connection to the proxy, driven by the bytes that a test says.</summary>
internal sealed class ClientConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly CancellationTokenSource _limit = new(RunningKernel.TestLimit);
    private Stream _stream;

    private ClientConnection(Socket socket)
    {
        _socket = socket;
        Wire = new CuttingStream(new NetworkStream(socket, ownsSocket: true));
        _stream = Wire;
        Reader = new WireReader(_stream);
    }

    /// <summary>What goes over the socket, below TLS.</summary>
    public CuttingStream Wire { get; }

    public WireReader Reader { get; private set; }

    /// <summary>The raw stream: plaintext, or what TLS carries.</summary>
    public Stream Stream => _stream;

    public CancellationToken Limit => _limit.Token;

    /// <summary>Connects and, where the transport is TLS, shakes hands.</summary>
    /// <param name="receiveBuffer">SO_RCVBUF in bytes; 0 leaves it to the kernel.</param>
    /// <param name="resumes">Whether an earlier session may be resumed.</param>
    public static async Task<ClientConnection> OpenAsync(
        ProxyProcess proxy, Transport transport, int receiveBuffer = 0, bool resumes = true)
    {
        var connection = await OpenRawAsync(proxy.Port(transport), receiveBuffer);
        return transport.IsTls() ? await connection.StartTlsAsync(proxy, transport, resumes) : connection;
    }

    /// <summary>Connects to a listener of the PROXY protocol.</summary>
    /// <param name="header">Sent in one segment with what the client says first.</param>
    /// <param name="beginning">Sent before it.</param>
    public static async Task<ClientConnection> OpenBehindAsync(
        ProxyProcess proxy, Transport transport, int port, byte[] header, byte[]? beginning = null)
    {
        var connection = await OpenRawAsync(port);
        foreach (var octet in beginning ?? [])
            await connection.SendAsync(new[] { octet });
        connection.Wire.Prefix = header;
        return transport.IsTls() ? await connection.StartTlsAsync(proxy, transport) : connection;
    }

    /// <summary>Connects, and is cut off one byte before the end of the handshake's last flight.</summary>
    public static async Task<ClientConnection> OpenCutAsync(ProxyProcess proxy, Transport transport)
    {
        var connection = await OpenRawAsync(proxy.Port(transport));
        connection.Wire.CutAfter(writes: 1);
        // With TLS 1.3 the client is content; with TLS 1.2 it would wait for the server's Finished.
        return await connection.StartTlsAsync(proxy, transport);
    }

    /// <summary>Connects without a handshake, whatever the port expects.</summary>
    public static async Task<ClientConnection> OpenRawAsync(int port, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
            socket.ReceiveBufferSize = receiveBuffer;
        try
        {
            using var limit = new CancellationTokenSource(RunningKernel.TestLimit);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), limit.Token);
            return new ClientConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes, Limit);
        await _stream.FlushAsync(Limit);
    }

    public Task RequestAsync(string path, Persistence persistence = Persistence.KeepAlive, string method = "GET", string fields = "") =>
        SendAsync(
            $"{method} {path} HTTP/1.1\r\nHost: localhost\r\n"
            + $"{(persistence == Persistence.Close ? "Connection: close\r\n" : "")}{fields}\r\n");

    /// <exception cref="EndOfStreamException">The connection ended before.</exception>
    public async Task<MessageHead> ReadHeadAsync() =>
        await MessageHead.ReadAsync(Reader, Limit) ?? throw new EndOfStreamException("The connection ended before a response.");

    /// <summary>Reads a whole response; one to HEAD has no body whatever its fields say.</summary>
    public async Task<ClientReply> ReadReplyAsync(bool toHead = false)
    {
        var head = await ReadHeadAsync();
        return toHead ? new ClientReply(head, []) : await ReadReplyAsync(head);
    }

    private async Task<ClientReply> ReadReplyAsync(MessageHead head)
    {
        var untilClose = head["Content-Length"] is null
            && head["Connection"] is { } c && c.Contains("close", StringComparison.OrdinalIgnoreCase);
        return new ClientReply(head, await MessageBody.ReadAsync(Reader, head, untilClose, Limit));
    }

    /// <summary>Reads a whole response, and the heads of the interim ones in front of it.</summary>
    public async Task<(IReadOnlyList<MessageHead> Interims, ClientReply Reply)> ReadFinalReplyAsync()
    {
        var interims = new List<MessageHead>();
        while (true)
        {
            var head = await ReadHeadAsync();
            if (head.Status >= 200)
                return (interims, await ReadReplyAsync(head));
            interims.Add(head);
        }
    }

    public async Task<ClientReply> GetAsync(string path, Persistence persistence = Persistence.KeepAlive, string fields = "")
    {
        await RequestAsync(path, persistence, fields: fields);
        return await ReadReplyAsync();
    }

    /// <summary>Whether the proxy closes the connection now, in order or by a reset, without sending more.</summary>
    public async Task<bool> IsClosedByProxyAsync()
    {
        try
        {
            return await Reader.ReadAsync(new byte[1], Limit) == 0;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Sends close_notify.</summary>
    public Task EndTlsAsync() => ((SslStream)_stream).ShutdownAsync();

    /// <summary>Sends a FIN, below TLS.</summary>
    public void EndSending() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Segments with data that have come so far (tcpi_data_segs_in of TCP_INFO, tcp(7)).</summary>
    public uint CountDataSegments()
    {
        const int ProtocolTcp = 6;
        const int TcpInfo = 11;
        const int Offset = 152;
        Span<byte> information = stackalloc byte[Offset + sizeof(uint)];
        _socket.GetRawSocketOption(ProtocolTcp, TcpInfo, information);
        return BitConverter.ToUInt32(information[Offset..]);
    }

    /// <summary>Leaves without a word: the proxy sees a reset.</summary>
    public void Reset() => _socket.Close(0);

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
        _limit.Dispose();
    }

    private async Task<ClientConnection> StartTlsAsync(ProxyProcess proxy, Transport transport, bool resumes = true)
    {
        var tls = new SslStream(_stream, leaveInnerStreamOpen: false);
        _stream = tls;
        Reader = new WireReader(tls);
        try
        {
            await tls.AuthenticateAsClientAsync(Options(proxy, transport, resumes), Limit);
            return this;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private static SslClientAuthenticationOptions Options(ProxyProcess proxy, Transport transport, bool resumes) => new()
    {
        AllowTlsResume = resumes,
        TargetHost = "localhost",
        EnabledSslProtocols = transport.Protocol(),
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        RemoteCertificateValidationCallback = (_, certificate, _, errors) => proxy.Certificates.IsTrusted(certificate, errors),
    };
}
