using TlsProxy.Handshake;
using TlsProxy.Proxy.Connections;
using TlsProxy.Proxy.Workers;
using TlsProxy.Testing.Lives;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Proxy.Tests.Lives;

/// <summary>Compares what a worker has pooled with new objects.</summary>
internal static class EndedLives
{
    public static void Check(Worker worker, SurvivingFields survivors)
    {
        Check(Peek.Elements(worker, "_free"), () => new Connection(worker.Services), survivors);
        Check(Peek.Elements(worker.Handshakes!, "_free"), () => new ServerHandshake(worker.Settings.Tls!), survivors);
        Check(Peek.Elements(worker.Loop, "_messages"), () => new MessageBlock(), survivors);
    }

    private static void Check(IReadOnlyList<object> ended, Func<object> create, SurvivingFields survivors)
    {
        if (ended.Count == 0)
            return;
        var fresh = create();
        foreach (var one in ended)
            Assert.Empty(new LifeComparison(survivors).Differences(one, fresh));
    }
}
