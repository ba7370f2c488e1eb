using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace TlsProxy.Bench.SslStreamLoop;

/// <summary>One client: reads heads of requests and writes whole responses, until either side ends.</summary>
internal sealed class Connection(Socket socket, Responses responses)
{
    private const int HeadMaximum = 16 * 1024;

    private readonly byte[] _input = new byte[HeadMaximum];

    public async Task RunAsync(SslServerAuthenticationOptions? tls)
    {
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (tls is not null)
            {
                var secure = new SslStream(stream);
                stream = secure;
                await secure.AuthenticateAsServerAsync(tls).ConfigureAwait(false);
            }

            await AnswerAsync(stream).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or AuthenticationException)
        {
            // The client is gone.
            _ = exception;
        }
        finally
        {
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(Stream stream)
    {
        var length = 0;
        while (length < _input.Length)
        {
            var read = await stream.ReadAsync(_input.AsMemory(length)).ConfigureAwait(false);
            if (read == 0)
                return;
            length += read;
            for (var end = HeadEnd(length); end > 0; end = HeadEnd(length))
            {
                await stream.WriteAsync(responses.Find(_input.AsSpan(0, end))).ConfigureAwait(false);
                // One request in HTTP/1.0, which is what a client that counts handshakes sends.
                if (_input.AsSpan(0, end).IndexOf("HTTP/1.0\r\n"u8) >= 0)
                    return;
                _input.AsSpan(end, length - end).CopyTo(_input);
                length -= end;
            }
        }
    }

    private int HeadEnd(int length)
    {
        var end = _input.AsSpan(0, length).IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + 4;
    }
}
