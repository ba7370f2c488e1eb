namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>All origins as one worker asks them. They end with its loop.</summary>
/// <param name="origins">Gives each request to its origin.</param>
/// <param name="servers">Those that live on the loop.</param>
internal sealed class LoopOrigins(IOrigin origins, IReadOnlyCollection<ILoopOrigin> servers) : ILoopOrigin
{
    public void Start(OriginRequest request, IOriginSink sink) => origins.Start(request, sink);

    public void End(Action onEnded)
    {
        // One more, so that none that ends within its call is the last before the others have been told.
        var left = servers.Count + 1;
        foreach (var server in servers)
            server.End(OnServerEnded);
        OnServerEnded();

        void OnServerEnded()
        {
            if (--left == 0)
                onEnded();
        }
    }

    public void Close()
    {
        foreach (var server in servers)
            server.Close();
    }
}
