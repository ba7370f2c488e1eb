using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What the Cache-Control lines of a message say (RFC 9111, section 5.2). Seconds are -1 where a directive is absent; a malformed number counts
/// as 0, and of a repeated directive the smallest number (section 4.2.1).</summary>
internal struct CacheControl
{
    /// <summary>Seconds larger than this are taken for it (RFC 9111, section 1.2.2).</summary>
    public const long SecondsMaximum = int.MaxValue;

    public CacheControl()
    {
    }

    public bool NoStore { get; private set; }

    public bool NoCache { get; private set; }

    public bool Private { get; private set; }

    public bool Public { get; private set; }

    /// <summary>must-revalidate, proxy-revalidate or s-maxage: a stale response must not be used without asking the origin.</summary>
    public bool MustRevalidate { get; private set; }

    public bool OnlyIfCached { get; private set; }

    public long MaxAge { get; private set; } = -1;

    public long SharedMaxAge { get; private set; } = -1;

    public long MinFresh { get; private set; } = -1;

    /// <summary>Reads all lines of a message.</summary>
    public static CacheControl Read(FieldTable fields)
    {
        var control = new CacheControl();
        var found = false;
        for (var i = fields.Find(KnownField.CacheControl); i >= 0; i = fields.Find(KnownField.CacheControl, i + 1))
        {
            found = true;
            var list = fields.Value(i);
            while (Tokens.TryNext(ref list, out var member))
                control.Apply(member);
        }

        // Pragma counts only in requests without Cache-Control (RFC 9111, section 5.4).
        if (!found && fields.TryGet(KnownField.Pragma, out var pragma) && Tokens.Contains(pragma, "no-cache"u8))
            control.NoCache = true;
        return control;
    }

    private void Apply(ReadOnlySpan<byte> member)
    {
        var equals = member.IndexOf((byte)'=');
        var name = equals < 0 ? member : Tokens.Trim(member[..equals]);
        var value = equals < 0 ? default : Tokens.Trim(member[(equals + 1)..]);
        if (Ascii.EqualsIgnoreCase(name, "no-store"u8))
            NoStore = true;
        else if (Ascii.EqualsIgnoreCase(name, "no-cache"u8))
            NoCache = true;
        else if (Ascii.EqualsIgnoreCase(name, "private"u8))
            Private = true;
        else if (Ascii.EqualsIgnoreCase(name, "public"u8))
            Public = true;
        else if (Ascii.EqualsIgnoreCase(name, "only-if-cached"u8))
            OnlyIfCached = true;
        else if (Ascii.EqualsIgnoreCase(name, "must-revalidate"u8) || Ascii.EqualsIgnoreCase(name, "proxy-revalidate"u8))
            MustRevalidate = true;
        else if (Ascii.EqualsIgnoreCase(name, "max-age"u8))
            MaxAge = Smallest(MaxAge, Seconds(value));
        else if (Ascii.EqualsIgnoreCase(name, "min-fresh"u8))
            MinFresh = Smallest(MinFresh, Seconds(value));
        else if (Ascii.EqualsIgnoreCase(name, "s-maxage"u8))
        {
            SharedMaxAge = Smallest(SharedMaxAge, Seconds(value));
            MustRevalidate = true;
        }
    }

    private static long Smallest(long known, long value) => known < 0 ? value : Math.Min(known, value);

    /// <summary>Delta-seconds, also within quotes.</summary>
    public static long Seconds(ReadOnlySpan<byte> value)
    {
        if (value is [(byte)'"', .., (byte)'"'])
            value = value[1..^1];
        if (value.IsEmpty || value.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
            return 0;
        long seconds = 0;
        foreach (var digit in value)
            seconds = Math.Min((seconds * 10) + (digit - '0'), SecondsMaximum);
        return seconds;
    }
}
