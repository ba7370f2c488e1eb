using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What a request's Cache-Control asks for (RFC 9111, section 5.2.1). Seconds are -1 where a directive is absent or malformed;
/// of a repeated one the strictest counts.</summary>
internal struct RequestDirectives
{
    public RequestDirectives()
    {
    }

    /// <summary>What a request without Cache-Control and Pragma asks for: nothing.</summary>
    public static RequestDirectives None => new();

    /// <summary>Only what the origin has confirmed (section 5.2.1.4).</summary>
    public bool NoCache { get; private set; }

    /// <summary>Nothing of this exchange is stored (section 5.2.1.5).</summary>
    public bool NoStore { get; private set; }

    /// <summary>The origin isn't asked (section 5.2.1.7).</summary>
    public bool OnlyIfCached { get; private set; }

    /// <summary>The largest age taken (section 5.2.1.1).</summary>
    public long MaxAge { get; private set; } = -1;

    /// <summary>How long it is to stay fresh at least (section 5.2.1.3).</summary>
    public long MinFresh { get; private set; } = -1;

    /// <summary>How long past its lifetime it is taken (section 5.2.1.2).</summary>
    public long MaxStale { get; private set; } = -1;

    /// <summary>How long past its lifetime it is taken when the origin fails (RFC 5861, section 4).</summary>
    public long StaleIfError { get; private set; } = -1;

    /// <summary>Whether it restricts which stored response may be used.</summary>
    public readonly bool Restricts => NoCache || MaxAge >= 0 || MinFresh >= 0;

    /// <summary>The same without what asks for more than the cache has.</summary>
    public readonly RequestDirectives WithoutDemands() => this with { NoCache = false, NoStore = false, MaxAge = -1, MinFresh = -1 };

    public static RequestDirectives Read(FieldTable fields)
    {
        var directives = new RequestDirectives();
        if (!fields.Contains(KnownField.CacheControl))
        {
            // Pragma counts only in requests without Cache-Control (section 5.4).
            directives.NoCache = fields.TryGet(KnownField.Pragma, out var pragma) && Tokens.Contains(pragma, "no-cache"u8);
            return directives;
        }

        var reader = new DirectiveReader(fields);
        while (reader.MoveNext())
            directives.Apply(reader);
        return directives;
    }

    private void Apply(scoped in DirectiveReader directive)
    {
        var seconds = DeltaSeconds.TryParse(directive.Argument, out var number) ? number : -1;
        if (Ascii.EqualsIgnoreCase(directive.Name, "no-cache"u8))
            NoCache = true;
        else if (Ascii.EqualsIgnoreCase(directive.Name, "no-store"u8))
            NoStore = true;
        else if (Ascii.EqualsIgnoreCase(directive.Name, "only-if-cached"u8))
            OnlyIfCached = true;
        else if (Ascii.EqualsIgnoreCase(directive.Name, "max-age"u8))
            MaxAge = Smaller(MaxAge, seconds);
        else if (Ascii.EqualsIgnoreCase(directive.Name, "min-fresh"u8))
            MinFresh = Math.Max(MinFresh, seconds);
        else if (Ascii.EqualsIgnoreCase(directive.Name, "max-stale"u8))
            MaxStale = Smaller(MaxStale, directive.HasArgument ? seconds : DeltaSeconds.Maximum);
        else if (Ascii.EqualsIgnoreCase(directive.Name, "stale-if-error"u8))
            StaleIfError = Smaller(StaleIfError, seconds);
    }

    private static long Smaller(long known, long value) => known < 0 ? value : value < 0 ? known : Math.Min(known, value);
}
