using System.CommandLine;
using System.Net;
using TlsProxy.Proxy.Connections;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Where clients are served.</summary>
/// <param name="Addresses">At least one.</param>
/// <param name="SendBufferBytes">SO_SNDBUF of client connections; null leaves it to the kernel.</param>
internal sealed record ListenerOptions(IReadOnlyList<ListenAddress> Addresses, int? SendBufferBytes);

/// <summary>The options behind <see cref="ListenerOptions"/>.</summary>
internal sealed class ListenerOptionGroup : OptionGroup
{
    private readonly Option<ListenAddress[]> _listen;
    private readonly Option<long?> _sendBuffer;

    public ListenerOptionGroup()
    {
        _listen = Add(new Option<ListenAddress[]>("--listen")
        {
            Description = "Address to serve on, as a URL with a port; repeatable. Port 0 takes a free one.",
            DefaultValueFactory = _ => [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 8443), IsTls: true)],
            CustomParser = result => [.. result.Tokens
                .Select(token => Read(result, OptionValues.Listen(token.Value, out var error), error))
                .OfType<ListenAddress>()],
            AllowMultipleArgumentsPerToken = false,
        });
        _sendBuffer = Bytes("--send-buffer", "Send buffer of client connections (SO_SNDBUF), such as 64KiB; by default the kernel tunes it.");
        _sendBuffer.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1 or > int.MaxValue)
                result.AddError("--send-buffer takes a size from 1 to 2147483647 bytes.");
        });
    }

    public ListenerOptions Bind(ParseResult parsed) => new(parsed.GetRequiredValue(_listen), (int?)parsed.GetValue(_sendBuffer));
}
