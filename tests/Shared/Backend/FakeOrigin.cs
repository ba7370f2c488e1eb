using System.Diagnostics.CodeAnalysis;
using TlsProxy.Uring;

namespace TlsProxy.Testing.Backend;

/// <summary>What listens at an address of the fake network. A test plays it: it says how connects end, and has the peer's side of each
/// connection that came to be.</summary>
public sealed class FakeOrigin
{
    private readonly Queue<FakeSocket> _accepted = new();

    /// <summary>What a connect is answered with; None takes it.</summary>
    public Errno Answer { get; set; }

    /// <summary>Connects get no answer.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How long the answer takes; null leaves it to chance.</summary>
    public TimeSpan? Delay { get; set; }

    /// <summary>Connects that were begun.</summary>
    public int Connects { get; internal set; }

    /// <summary>Takes the next connection, on the peer's side.</summary>
    public bool TryAccept([NotNullWhen(true)] out FakeSocket? socket) => _accepted.TryDequeue(out socket);

    internal void Add(FakeSocket socket) => _accepted.Enqueue(socket);
}
