namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>A rule as it holds for different requests.</summary>
internal sealed class RuleForms(PathRule rule)
{
    /// <summary>As it is written.</summary>
    public PathRule Rule { get; } = rule;

    /// <summary>The paths that an origin may serve by a script whose responses the rule withholds; null for none.</summary>
    public PathPattern? Below { get; } = rule.Withholds && rule.Path.HasEnd ? rule.Path.Below : null;

    /// <summary>For requests that go past the cache.</summary>
    public PathRule Past { get; } = rule.Bypass ? rule : rule with { Bypass = true };

    /// <summary>For requests whose answers it doesn't let be stored: only the origin does.</summary>
    public PathRule Unstored { get; } = rule with { Lifetime = null, Default = null, Negative = null };
}
