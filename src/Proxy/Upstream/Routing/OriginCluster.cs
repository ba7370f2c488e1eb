using TlsProxy.Proxy.Upstream.Balancing;
using TlsProxy.Proxy.Upstream.Health;

namespace TlsProxy.Proxy.Upstream.Routing;

/// <summary>An origin: one server, or several that answer alike. Immutable; compared by reference.</summary>
internal sealed class OriginCluster
{
    /// <summary>The origin of one URL.</summary>
    public OriginCluster(OriginOptions only) => Members = [new OriginMember(only)];

    /// <param name="name">Its name in the configuration.</param>
    /// <param name="members">One at least.</param>
    public OriginCluster(string name, IReadOnlyList<OriginMember> members)
    {
        ArgumentOutOfRangeException.ThrowIfZero(members.Count, nameof(members));
        Name = name;
        Members = members;
    }

    /// <summary>Null for the origin of <c>--origin</c>.</summary>
    public string? Name { get; }

    public IReadOnlyList<OriginMember> Members { get; }

    /// <summary>How requests are shared out among them.</summary>
    public BalanceKind Balance { get; init; }

    /// <summary>How they are asked whether they are well; null for not at all.</summary>
    public HealthCheckOptions? Check { get; init; }
}
