using System.CommandLine;
using TlsProxy.Proxy.Connections;
using TlsProxy.Uring.Ring;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>The threads that serve, and what their loops stand on.</summary>
/// <param name="Count">Worker threads, each with its ring.</param>
/// <param name="ChunkBytes">Bytes of one send operation at most.</param>
internal sealed record WorkerOptions(int Count, RingOptions Ring, int ChunkBytes);

/// <summary>The options behind <see cref="WorkerOptions"/>.</summary>
internal sealed class WorkerOptionGroup : OptionGroup
{
    private readonly Option<int> _workers;
    private readonly Option<bool> _sqPoll;
    private readonly Option<string[]> _tune;

    public WorkerOptionGroup()
    {
        _workers = Number("--workers", "Worker threads, each with its own ring.", Environment.ProcessorCount, 1, 1024);
        _sqPoll = Flag("--sqpoll", "A kernel thread polls each ring; it costs a core");
        _tune = Add(new Option<string[]>("--tune")
        {
            Description = $"name=value, repeatable; what only experiments change: {Tuning.Help}.",
            DefaultValueFactory = _ => [],
        });
    }

    /// <exception cref="StartException">A tuning parameter is wrong.</exception>
    public WorkerOptions Bind(ParseResult parsed)
    {
        var ring = Tuning.Apply(
            parsed.GetRequiredValue(_tune), new RingOptions { SqPoll = parsed.GetValue(_sqPoll) }, out var chunkBytes, out var error);
        return error is null ? new WorkerOptions(parsed.GetRequiredValue(_workers), ring, chunkBytes) : throw new StartException(error);
    }
}
