using System.Globalization;
using TlsProxy.Integration.Tests.Harness;
using TlsProxy.Soak.Content;

namespace TlsProxy.Soak.Origin;

/// <summary>A request that reached the origin, as its answer depends on it.</summary>
internal sealed class OriginRequest(SoakTarget target, MessageHead head, byte[] body)
{
    public SoakTarget Target { get; } = target;

    public MessageHead Head { get; } = head;

    public byte[] Body { get; } = body;

    public bool IsHead => Head.Method == "HEAD";

    /// <summary>What Accept-Language selects; English where it is none of the languages.</summary>
    public string Variant
    {
        get
        {
            var language = Head["Accept-Language"] ?? "";
            return Target.VariantOf(SoakTarget.Languages.Contains(language) ? language : "en");
        }
    }

    /// <summary>The tag, or the date, of a version.</summary>
    public string ValidatorOf(int version) => Target.HasTag ? TargetState.Tag(Variant, version) : TargetState.Modified(version);

    /// <summary>Whether the client has a version already, by its tag or its date.</summary>
    public bool Has(int version)
    {
        if (Head["If-None-Match"] is { } tags)
            return Target.HasTag && tags.Split(',').Any(tag => tag.Trim() == TargetState.Tag(Variant, version));
        return !Target.HasTag && Head["If-Modified-Since"] == TargetState.Modified(version);
    }

    /// <summary>The one range that is asked of a version of that length, first and last byte; null for the whole.</summary>
    public (long First, long Last)? RangeOf(int version, long length)
    {
        if (Head.Method != "GET" || Head["Range"] is not { } field || !field.StartsWith("bytes=", StringComparison.Ordinal))
            return null;
        if (Head["If-Range"] is { } condition && condition != ValidatorOf(version))
            return null;
        if (field["bytes=".Length..].Split('-') is not [{ Length: > 0 } first, var last] || field.Contains(',', StringComparison.Ordinal))
            return null;
        var from = long.Parse(first, CultureInfo.InvariantCulture);
        var to = last.Length > 0 ? Math.Min(long.Parse(last, CultureInfo.InvariantCulture), length - 1) : length - 1;
        return from <= to ? (from, to) : null;
    }
}
