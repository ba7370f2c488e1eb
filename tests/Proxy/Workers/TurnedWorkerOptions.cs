using TlsProxy.Proxy.Exchanges;
using TlsProxy.Proxy.Responses;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Workers;

/// <summary>What a test asks of a <see cref="TurnedWorker"/>.</summary>
internal sealed record TurnedWorkerOptions
{
    public ConnectionLimit Connections { get; init; } = new(int.MaxValue);

    // A client that the test doesn't close isn't waited for.
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(1);

    public DeadlineOptions Deadlines { get; init; } = new();

    public BodyWindow Window { get; init; } = new(4 << 20);

    /// <summary>SO_SNDBUF of its connections in bytes; null leaves it to the kernel.</summary>
    public int? SendBufferBytes { get; init; }
}
