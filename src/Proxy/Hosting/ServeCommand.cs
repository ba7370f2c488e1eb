using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting;

/// <summary>The options of <c>tlsproxy serve</c>.</summary>
internal sealed class ServeCommand : Command
{
    private readonly Option<IPEndPoint[]> _listen = new("--listen")
    {
        Description = "Address to serve on, as a URL with a port; repeatable. Port 0 takes a free one.",
        DefaultValueFactory = _ => [new IPEndPoint(IPAddress.Loopback, 8080)],
        CustomParser = result => [.. result.Tokens.Select(token => Read(result, token.Value, OptionValues.Listen(token.Value, out var error), error))
            .OfType<IPEndPoint>()],
        AllowMultipleArgumentsPerToken = false,
    };

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

    private readonly Option<TimeSpan> _head = Duration("--head-timeout", "Time for a request head to arrive.", TimeSpan.FromSeconds(10));

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
        foreach (var option in new Option[] { _listen, _workers, _sendBuffer, _head, _idle, _write, _drain, _sqPoll, _tune })
            Options.Add(option);
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
            Workers = parsed.GetRequiredValue(_workers),
            SendBufferBytes = parsed.GetValue(_sendBuffer),
            DrainTimeout = parsed.GetRequiredValue(_drain),
            Deadlines = new DeadlineOptions
            {
                Head = parsed.GetRequiredValue(_head),
                Idle = parsed.GetRequiredValue(_idle),
                Write = parsed.GetRequiredValue(_write),
            },
            Ring = ring,
            ChunkBytes = chunkBytes,
        };
    }

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
