using System.CommandLine;
using TlsProxy.Ktls.Channel;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The threads that serve, and what their loops stand on.</summary>
/// <param name="Count">Worker threads, each with its loop.</param>
/// <param name="Backend">What the loops are to stand on.</param>
/// <param name="Channel">What was tuned of connections.</param>
internal sealed record WorkerOptions(int Count, BackendRequest Backend, ChannelOptions Channel);

/// <summary>The options behind <see cref="WorkerOptions"/>.</summary>
internal sealed class WorkerOptionGroup : OptionGroup
{
    private const string Automatic = "auto";

    private readonly Option<int> _workers;
    private readonly Option<string> _transport;
    private readonly Option<bool> _sqPoll;
    private readonly Option<string[]> _tune;

    public WorkerOptionGroup()
        : base(HelpSection.Operation)
    {
        _workers = Number("--workers", "Worker threads, each with its own event loop.", Environment.ProcessorCount, 1, 1024);
        _transport = Choice(
            "--transport",
            "What the event loops stand on: auto (io_uring; epoll where a probe at the start finds io_uring forbidden), io_uring, epoll.",
            [Automatic, .. Enum.GetValues<BackendKind>().Select(BackendChoice.NameOf)]);
        _sqPoll = Flag("--sqpoll", "A kernel thread polls each ring; it costs a core; io_uring only");
        _tune = Add(new Option<string[]>("--tune")
        {
            Description = $"name=value, repeatable; what only experiments change: {Tuning.Help}.",
            DefaultValueFactory = _ => [],
        });
    }

    /// <exception cref="StartException">A tuning parameter is wrong.</exception>
    public WorkerOptions Bind(ParseResult parsed)
    {
        var sqPoll = parsed.GetValue(_sqPoll);
        var tuned = Tuning.Apply(parsed.GetRequiredValue(_tune), new RingOptions { SqPoll = sqPoll }, out var error);
        if (error is not null)
            throw new StartException(error);
        var backend = new BackendRequest
        {
            Kind = KindOf(parsed.GetRequiredValue(_transport)),
            Ring = tuned.Ring,
            RingSettings = [.. sqPoll ? ["--sqpoll"] : Array.Empty<string>(), .. Tuning.RingSettings(parsed.GetRequiredValue(_tune))],
        };
        return new WorkerOptions(parsed.GetRequiredValue(_workers), backend, tuned.Channel);
    }

    private static BackendKind? KindOf(string transport)
    {
        foreach (var kind in Enum.GetValues<BackendKind>())
        {
            if (BackendChoice.NameOf(kind) == transport)
                return kind;
        }

        return null;
    }
}
