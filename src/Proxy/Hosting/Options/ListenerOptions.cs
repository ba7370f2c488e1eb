using System.CommandLine;
using System.Net;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>Where clients are served.</summary>
/// <param name="Addresses">At least one; those that redirect are the last.</param>
/// <param name="SendBufferBytes">SO_SNDBUF of client connections; null leaves it to the kernel.</param>
/// <param name="TrustedProxies">Networks of proxies before this one.</param>
/// <param name="Redirection">How the addresses that redirect answer; null where there are none.</param>
/// <param name="StrictTransportSecurity">The field line of answers over TLS, or null.</param>
internal sealed record ListenerOptions(
    IReadOnlyList<ListenAddress> Addresses, int? SendBufferBytes, TrustedProxies TrustedProxies, Redirection? Redirection,
    byte[]? StrictTransportSecurity);

/// <summary>The options behind <see cref="ListenerOptions"/>.</summary>
internal sealed class ListenerOptionGroup : OptionGroup
{
    private readonly Option<ListenAddress[]> _listen;
    private readonly Option<ListenAddress[]> _redirect;
    private readonly Option<int?> _redirectPort;
    private readonly Option<string[]> _hsts;
    private readonly Option<IPNetwork[]> _trustedProxies;
    private readonly Option<long?> _sendBuffer;

    public ListenerOptionGroup()
        : base(HelpSection.Listen)
    {
        _listen = Addresses(
            "--listen",
            "Address to serve on, as a URL with a port; repeatable. Port 0 takes a free one. With https+proxy:// or http+proxy:// "
            + "every connection begins with a header of the PROXY protocol, version 1 or 2.",
            OptionValues.Listen, "https://127.0.0.1:8443");
        var standard = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 8443), new ListenerTraits(IsTls: true));
        _listen.DefaultValueFactory = _ => [standard];
        _redirect = Addresses(
            "--redirect", "Address that sends every request to https, as http://0.0.0.0:80; repeatable.", OptionValues.Redirect);
        _redirectPort = Number(
            "--redirect-port", "Port in the URLs of --redirect; by default that of the first https listener.", 1, ushort.MaxValue);
        _hsts = Add(new Option<string[]>("--hsts")
        {
            Description = "max-age[,includeSubDomains[,preload]]: answers over TLS tell clients to come by TLS only "
                + "(Strict-Transport-Security) for so many seconds, or such as 8760h; by default they don't.",
            DefaultValueFactory = _ => [],
        });
        _trustedProxies = Add(NotEmpty(new Option<IPNetwork[]>("--trusted-proxies")
        {
            Description = "Networks (10.0.0.0/8,fd00::/8) of proxies whose X-Forwarded fields, X-Real-IP and the like are believed and "
                + "added to; those of others are replaced or removed.",
            DefaultValueFactory = _ => [],
            CustomParser = result => [.. result.Tokens
                .SelectMany(token => token.Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Select(text => Read(result, OptionValues.Network(text, out var error), error))
                .OfType<IPNetwork>()],
        }));
        _sendBuffer = Bytes(
            "--send-buffer", "Send buffer of client connections (SO_SNDBUF), such as 64KiB; by default the kernel tunes it.");
        _sendBuffer.Validators.Add(result =>
        {
            // What is no size is the parser's to tell.
            if (result.Tokens is [{ Value: var text }] && OptionValues.Size(text, out _) is < 1 or > int.MaxValue)
                result.AddError("--send-buffer takes a size from 1 to 2147483647 bytes.");
        });
    }

    private delegate ListenAddress? AddressReader(string text, out string error);

    /// <exception cref="StartException">Options don't fit together.</exception>
    public ListenerOptions Bind(ParseResult parsed)
    {
        var addresses = parsed.GetRequiredValue(_listen);
        var redirecting = parsed.GetValue(_redirect) ?? [];
        var port = parsed.GetValue(_redirectPort);
        if (redirecting.Length > 0 && port is null && !Array.Exists(addresses, address => address.Traits.IsTls))
        {
            throw new StartException(
                "--redirect: there is no https listener to send clients to; add one, or name the port with --redirect-port.");
        }

        return new ListenerOptions(
            [.. addresses, .. redirecting],
            (int?)parsed.GetValue(_sendBuffer),
            new TrustedProxies(parsed.GetRequiredValue(_trustedProxies)),
            redirecting.Length > 0 ? new Redirection(port) : null,
            TransportSecurityOption.Read(parsed.GetRequiredValue(_hsts)));
    }

    private Option<ListenAddress[]> Addresses(string name, string description, AddressReader reader, string? standard = null) => Add(
        new Option<ListenAddress[]>(name)
        {
            Description = description,
            HelpName = "url",
            CustomParser = result => [.. result.Tokens
                .Select(token => Read(result, reader(token.Value, out var error), error))
                .OfType<ListenAddress>()],
            AllowMultipleArgumentsPerToken = false,
        },
        standard);
}
