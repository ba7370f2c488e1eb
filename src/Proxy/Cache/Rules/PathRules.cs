namespace TlsProxy.Proxy.Cache;

/// <summary>The rules by path, in order: the first that matches holds.</summary>
internal sealed class PathRules(PathRule[] rules)
{
    public static PathRules None { get; } = new([]);

    /// <summary>The rule for a target, or null. Nothing is allocated.</summary>
    public PathRule? Find(ReadOnlySpan<byte> target)
    {
        if (rules.Length == 0)
            return null;
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        foreach (var rule in rules)
        {
            if (rule.Path.Matches(path))
                return rule;
        }

        return null;
    }
}
