namespace TlsProxy.Proxy.Connections;

/// <summary>The worker that has accepted a <see cref="Connection"/>; on its thread.</summary>
internal interface IConnectionHost
{
    /// <summary>Connections end when they have been answered.</summary>
    bool IsDraining { get; }

    /// <summary>Takes a closed connection back.</summary>
    void Return(Connection connection);

    /// <summary>Keeps a closed connection whose last callback has thrown from serving again.</summary>
    void Forget(Connection connection);
}
