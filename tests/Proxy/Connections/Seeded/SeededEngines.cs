using System.Numerics;
using TlsProxy.Handshake;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>Both engines of handshakes, each for half of the seeds.</summary>
internal sealed class SeededEngines : IDisposable
{
    private readonly TlsContext[] _contexts = [.. Enum.GetValues<TlsEngine>().Select(SeededCertificate.CreateContext)];

    // Whatever else a seed decides by its remainder, it has with either engine.
    public TlsContext Of(int seed) => _contexts[BitOperations.PopCount((uint)seed) % _contexts.Length];

    public void Dispose() => Array.ForEach(_contexts, context => context.Dispose());
}
