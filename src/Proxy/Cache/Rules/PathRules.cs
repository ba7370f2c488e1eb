using TlsProxy.Proxy.Http;

namespace TlsProxy.Proxy.Cache.Rules;

/// <summary>The rules by path, in order: the first that matches holds. A path matches by what origins may serve for it, not only by how it
/// is written.</summary>
internal sealed class PathRules(PathRule[] rules)
{
    // The buffer of a reading lies on the stack. A longer path of several readings goes past the cache.
    private const int ReadingMaximum = 4096;

    private static readonly RuleForms Unread = new(new PathRule(new PathPattern("/")) { Bypass = true });

    private readonly RuleForms[] _rules = [.. rules.Select(rule => new RuleForms(rule))];

    // Whether a rule may hold for paths that go on behind its own.
    private readonly bool _looksBelow = Array.Exists(rules, rule => rule.Withholds && rule.Path.HasEnd);

    public static PathRules None { get; } = new([]);

    /// <summary>The rule for a request, or null. Nothing is allocated.</summary>
    public PathRule? Find(RequestHead request)
    {
        var rule = Find(request.Target, out var forms);
        return rule is { Bypass: false } && rule.IsBypassedBy(request) ? forms?.Past : rule;
    }

    /// <summary>The rule for a target whatever the request's fields, or null. Nothing is allocated.</summary>
    public PathRule? Find(ReadOnlySpan<byte> target) => Find(target, out _);

    private PathRule? Find(ReadOnlySpan<byte> target, out RuleForms? forms)
    {
        forms = null;
        if (_rules.Length == 0)
            return null;
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        if (!PathReading.IsPlain(path))
            return FindRead(path, out forms);
        forms = First(path, out var script);
        if (script is null)
            return forms?.Rule;
        return script.Rule.Separates ? (forms ?? script).Past : (forms ?? script).Unstored;
    }

    /// <summary>The rule for a path that may be read in several ways. Where the readings have different rules and one of them keeps
    /// responses apart, the request goes past the cache. No lifetime of a rule holds unless the path is written in its normal form and all
    /// readings have the same rule.</summary>
    private PathRule? FindRead(ReadOnlySpan<byte> path, out RuleForms? held)
    {
        held = null;
        if (path.Length > ReadingMaximum)
            return Unread.Past;
        Span<byte> buffer = stackalloc byte[path.Length];
        var features = PathReading.Examine(path);
        var differing = features & PathFeatures.Readings;
        held = First(buffer[..PathReading.Write(path, differing, buffer)], out var script);
        var separates = held?.Rule.Separates == true || script?.Rule.Separates == true;
        var agree = script is null;
        held ??= script;
        // All subsets of what may be read differently, from the whole to none.
        for (var reading = differing; reading != PathFeatures.None;)
        {
            reading = (reading - 1) & differing;
            var other = First(buffer[..PathReading.Write(path, reading, buffer)], out script);
            agree &= other == held && script is null;
            separates |= other?.Rule.Separates == true || script?.Rule.Separates == true;
        }

        if (!agree && separates)
            return (held ?? Unread).Past;
        return agree && PathReading.IsNormal(features) ? held?.Rule : held?.Unstored;
    }

    /// <summary>The first rule that matches a path.</summary>
    /// <param name="script">A rule that withholds responses, and behind whose path this one goes on: an origin may serve it by that script.
    /// Rules that have the script's path too go before.</param>
    private RuleForms? First(ReadOnlySpan<byte> path, out RuleForms? script)
    {
        RuleForms? first = null;
        script = null;
        foreach (var rule in _rules)
        {
            if (rule.Rule.Path.Matches(path))
            {
                first ??= rule;
                if (!_looksBelow || !rule.Rule.Path.HasEnd)
                    break;
            }
            else if (rule.Below?.Matches(path) == true)
            {
                script = rule;
                break;
            }
        }

        return first;
    }
}
