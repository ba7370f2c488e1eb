using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using TlsProxy.Handshake;
using TlsProxy.Ktls;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Hosting.Admin;
using TlsProxy.Proxy.Origin;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The options of <c>tlsproxy serve</c>.</summary>
internal sealed class ServeCommand : Command
{
    private readonly Option<ListenAddress[]> _listen = new("--listen")
    {
        Description = "Address to serve on, as a URL with a port; repeatable. Port 0 takes a free one.",
        DefaultValueFactory = _ => [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 8443), IsTls: true)],
        CustomParser = result => [.. result.Tokens.Select(token => Read(result, token.Value, OptionValues.Listen(token.Value, out var error), error))
            .OfType<ListenAddress>()],
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<OriginOptions> _origin = new("--origin")
    {
        Description = "Where misses go, as http://host:port.",
        Required = true,
        CustomParser = result => Read(result, result.Tokens[0].Value, OptionValues.Origin(result.Tokens[0].Value, out var error), error),
    };

    private readonly Option<string?> _originHost = new("--origin-host") { Description = "Host sent to the origin; by default the client's own." };

    private readonly Option<TimeSpan> _originConnect = Duration("--origin-connect-timeout", "Time for a connection to the origin.", TimeSpan.FromSeconds(5));

    private readonly Option<TimeSpan> _originTimeout =
        Duration("--origin-timeout", "Time without a byte from the origin.", TimeSpan.FromSeconds(60));

    private readonly Option<long> _cacheSize =
        Bytes("--cache-size", "Memory for stored responses; by default a quarter of the memory limit.", MemoryLimit.Bytes / 4);

    private readonly Option<int> _cacheObjects = new("--cache-objects")
    {
        Description = "Stored responses at most.",
        DefaultValueFactory = _ => 1_000_000,
    };

    private readonly Option<long?> _objectSize = new("--max-object-size")
    {
        Description = "Largest body stored; by default an eighth of the cache.",
        CustomParser = result => Read(result, result.Tokens[0].Value, OptionValues.Size(result.Tokens[0].Value, out var error), error),
    };

    private readonly Option<TimeSpan> _defaultTtl =
        Duration("--default-ttl", "How long a GET 200 below /object/ stays fresh when the origin doesn't say.", TimeSpan.FromSeconds(60));

    private readonly Option<string?> _certificate = new("--certificate") { Description = "PEM file: the server's certificate and those above it." };

    private readonly Option<string?> _key = new("--key") { Description = "PEM file: the certificate's private key, without a password." };

    private readonly Option<string> _ktls = new("--ktls")
    {
        Description = "Records made by the kernel: auto (what we send, where a probe at the start passes), both (what we receive too), tx, off.",
        DefaultValueFactory = _ => "auto",
    };

    private readonly Option<bool> _ktlsRequire = new("--ktls-require")
    {
        Description = "End the start when the kernel's TLS can't be used, and close connections that it refuses (default off).",
    };

    private readonly Option<IPEndPoint?> _admin = new("--admin")
    {
        Description = "Address of GET /stats and POST /cache/clear, as http://127.0.0.1:9090; by default there is none.",
        CustomParser = result => Read(
            result, result.Tokens[0].Value, OptionValues.Admin(result.Tokens[0].Value, out var error), error),
    };

    private readonly Option<string> _adminTokenFile = new("--admin-token-file")
    {
        Description = "File of the bearer token for POST /cache/clear; made with mode 0600 where there is none.",
        DefaultValueFactory = _ => AdminToken.DefaultPath,
    };

    private readonly Option<string?> _accessLog = new("--access-log")
    {
        Description = "File that gets one line a request, - for standard output; by default there is none.",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "JSON file with options by their names without dashes before them; the environment (TLSPROXY_CACHE_SIZE …) and the command line go before it.",
    };

    private readonly Option<string?> _libSsl = new("--libssl") { Description = "libssl file or its folder; by default the system's." };

    private readonly Option<int> _workers = new("--workers")
    {
        Description = "Worker threads, each with its own ring.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private readonly Option<int?> _sendBuffer = new("--send-buffer")
    {
        Description = "Send buffer of client connections (SO_SNDBUF), such as 64KiB; by default the kernel tunes it.",
        CustomParser = result => (int?)Read(result, result.Tokens[0].Value, OptionValues.Size(result.Tokens[0].Value, out var error), error),
    };

    private readonly Option<TimeSpan> _handshakeTimeout = Duration("--handshake-timeout", "Time for a TLS handshake.", TimeSpan.FromSeconds(10));

    private readonly Option<TimeSpan> _head = Duration("--head-timeout", "Time for a request head to arrive.", TimeSpan.FromSeconds(10));

    private readonly Option<TimeSpan> _bodyTimeout = Duration("--body-timeout", "Time without a byte of a request's body.", TimeSpan.FromSeconds(30));

    private readonly Option<TimeSpan> _idle = Duration("--idle-timeout", "Time between two requests of a connection.", TimeSpan.FromSeconds(75));

    private readonly Option<TimeSpan> _write =
        Duration("--write-timeout", "Time without a byte taken by the reader of a response.", TimeSpan.FromSeconds(30));

    private readonly Option<TimeSpan> _drain =
        Duration("--drain-timeout", "Time for responses on their way after SIGTERM.", TimeSpan.FromSeconds(30));

    private readonly Option<bool> _sqPoll = new("--sqpoll") { Description = "A kernel thread polls each ring; it costs a core (default off)." };

    private readonly Option<string[]> _tune = new("--tune")
    {
        Description = $"name=value, repeatable; what only experiments change: {Tuning.Help}.",
        DefaultValueFactory = _ => [],
    };

    public ServeCommand()
        : base("serve", "Serve.")
    {
        Option[] options =
        [
            _listen, _certificate, _key, _ktls, _ktlsRequire, _libSsl, _admin, _adminTokenFile, _accessLog, _config, _origin, _originHost, _originConnect, _originTimeout, _cacheSize, _cacheObjects, _objectSize, _defaultTtl, _workers,
            _sendBuffer, _handshakeTimeout, _head, _bodyTimeout, _idle, _write, _drain, _sqPoll, _tune,
        ];
        foreach (var option in options)
            Options.Add(option);
        _ktls.AcceptOnlyFromAmong("auto", "both", "tx", "off");
        _workers.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && (!int.TryParse(result.Tokens[0].Value, out var count) || count is < 1 or > 1024))
                result.AddError("--workers takes a number from 1 to 1024.");
        });
        SetAction((parsed, cancellation) => ProxyHost.RunAsync(Bind(parsed), cancellation));
    }

    /// <summary>The options of a command line without errors.</summary>
    /// <exception cref="StartException">A tuning parameter is wrong.</exception>
    public ServeOptions Bind(ParseResult parsed)
    {
        var ring = Tuning.Apply(
            parsed.GetRequiredValue(_tune), new RingOptions { SqPoll = parsed.GetValue(_sqPoll) }, out var chunkBytes, out var error);
        if (error is not null)
            throw new StartException(error);
        return new ServeOptions
        {
            Listen = parsed.GetRequiredValue(_listen),
            Tls = BindTls(parsed),
            Admin = parsed.GetValue(_admin),
            AdminTokenFile = parsed.GetRequiredValue(_adminTokenFile),
            AccessLog = parsed.GetValue(_accessLog),
            LibSsl = parsed.GetValue(_libSsl),
            Ktls = parsed.GetRequiredValue(_ktls) switch
            {
                "both" => KtlsMode.Both,
                "tx" => KtlsMode.Transmit,
                "off" => KtlsMode.Off,
                _ => null,
            },
            RequireKtls = parsed.GetValue(_ktlsRequire),
            Origin = parsed.GetRequiredValue(_origin) with
            {
                ConnectTimeout = parsed.GetRequiredValue(_originConnect),
                ResponseTimeout = parsed.GetRequiredValue(_originTimeout),
                IdleTimeout = parsed.GetRequiredValue(_originTimeout),
            },
            OriginHost = parsed.GetValue(_originHost),
            CacheBytes = parsed.GetRequiredValue(_cacheSize),
            CacheObjects = parsed.GetRequiredValue(_cacheObjects),
            ObjectBytes = parsed.GetValue(_objectSize) ?? parsed.GetRequiredValue(_cacheSize) / 8,
            DefaultLifetime = parsed.GetRequiredValue(_defaultTtl),
            Workers = parsed.GetRequiredValue(_workers),
            SendBufferBytes = parsed.GetValue(_sendBuffer),
            DrainTimeout = parsed.GetRequiredValue(_drain),
            Deadlines = new DeadlineOptions
            {
                Handshake = parsed.GetRequiredValue(_handshakeTimeout),
                Head = parsed.GetRequiredValue(_head),
                Body = parsed.GetRequiredValue(_bodyTimeout),
                Idle = parsed.GetRequiredValue(_idle),
                Write = parsed.GetRequiredValue(_write),
            },
            Ring = ring,
            ChunkBytes = chunkBytes,
        };
    }

    private TlsServerOptions? BindTls(ParseResult parsed)
    {
        var certificate = parsed.GetValue(_certificate);
        var key = parsed.GetValue(_key);
        if (certificate is null && key is null && !Array.Exists(parsed.GetRequiredValue(_listen), address => address.IsTls))
            return null;
        if (certificate is null)
            throw new StartException("--certificate is missing: name the PEM file of the server's certificate, or listen on http:// addresses only.");
        if (key is null)
            throw new StartException("--key is missing: name the PEM file of the certificate's private key.");
        return new TlsServerOptions { CertificateChainPath = certificate, PrivateKeyPath = key };
    }

    private static Option<long> Bytes(string name, string description, long value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result => Read(result, result.Tokens[0].Value, OptionValues.Size(result.Tokens[0].Value, out var error), error) ?? value,
    };

    private static Option<TimeSpan> Duration(string name, string description, TimeSpan value) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => value,
        CustomParser = result =>
            Read(result, result.Tokens[0].Value, OptionValues.Duration(result.Tokens[0].Value, out var error), error) ?? value,
    };

    private static T Read<T>(ArgumentResult result, string text, T value, string error)
    {
        if (value is null)
            result.AddError($"{(result.Parent as OptionResult)?.Option.Name ?? text}: {error}");
        return value;
    }
}
