using System.Text;

namespace TlsProxy.Proxy.Http;

/// <summary>What an origin says about storing its response (RFC 9111, section 5.2.2). Seconds are -1 where a directive is absent;
/// a malformed number, or different numbers in one directive, make the response stale (section 4.2.1).</summary>
internal sealed class ResponseDirectives
{
    // A longer field isn't remembered.
    private const int RememberedBytes = 128;

    // Most answers to one worker say the same as the answer before, which isn't read again then.
    [ThreadStatic]
    private static ResponseDirectives? t_last;

    // The one line that was read; written before another thread sees the directives.
    private byte[]? _value;

    // Most answers name no fields.
    private List<byte[]>? _privateFields;
    private List<byte[]>? _noCacheFields;

    public bool NoStore { get; private set; }

    /// <summary>no-cache without field names: it is used only after the origin was asked.</summary>
    public bool NoCache { get; private set; }

    /// <summary>private without field names.</summary>
    public bool Private { get; private set; }

    public bool Public { get; private set; }

    public bool MustUnderstand { get; private set; }

    /// <summary>must-revalidate, proxy-revalidate or s-maxage: once stale it is used only after the origin was asked.</summary>
    public bool MustRevalidate { get; private set; }

    /// <summary>must-revalidate, s-maxage or public: a response to a request with Authorization may be shared (section 3.5).</summary>
    public bool SharesAuthorized => Public || HasMustRevalidate || SharedMaxAge >= 0;

    public long MaxAge { get; private set; } = -1;

    public long SharedMaxAge { get; private set; } = -1;

    /// <summary>RFC 5861, section 3.</summary>
    public long StaleWhileRevalidate { get; private set; } = -1;

    /// <summary>RFC 5861, section 4.</summary>
    public long StaleIfError { get; private set; } = -1;

    /// <summary>The directives come from a field for this kind of cache; Expires doesn't count then (RFC 9213, section 2.2).</summary>
    public bool IsTargeted { get; private init; }

    /// <summary>Fields that a shared cache may not store.</summary>
    public IReadOnlyList<byte[]> PrivateFields => _privateFields ?? NoNames;

    /// <summary>Fields that aren't reused without asking the origin.</summary>
    public IReadOnlyList<byte[]> NoCacheFields => _noCacheFields ?? NoNames;

    private static IReadOnlyList<byte[]> NoNames => [];

    private bool HasMustRevalidate { get; set; }

    /// <summary>Reads CDN-Cache-Control where it is valid and not empty, else Cache-Control. A quote out of place may hide a directive that
    /// forbids to store, and counts as one (RFC 9111, section 4.2.1, asks for caution).</summary>
    public static ResponseDirectives Read(FieldTable fields)
    {
        if (TargetedDirectives.TryRead(fields, out var targeted))
            return targeted;
        if (fields.IsRepeated(KnownField.CacheControl))
            return ReadAll(fields);
        fields.TryGet(KnownField.CacheControl, out var value);
        if (t_last is { } last && value.SequenceEqual(last._value))
            return last;
        var read = ReadAll(fields);
        if (value.Length <= RememberedBytes)
        {
            read._value = value.ToArray();
            t_last = read;
        }

        return read;
    }

    private static ResponseDirectives ReadAll(FieldTable fields)
    {
        var directives = new ResponseDirectives();
        var reader = new DirectiveReader(fields);
        while (reader.MoveNext())
        {
            directives.Apply(reader.Name, reader.HasArgument, reader.Argument);
            directives.NoStore |= reader.IsMisquoted;
        }

        return directives;
    }

    /// <summary>An empty set for <see cref="TargetedDirectives"/> to fill.</summary>
    public static ResponseDirectives Targeted() => new() { IsTargeted = true };

    /// <summary>Takes one directive; unknown ones are skipped.</summary>
    /// <param name="argument">Without quotes.</param>
    public void Apply(ReadOnlySpan<byte> name, bool hasArgument, ReadOnlySpan<byte> argument)
    {
        if (Ascii.EqualsIgnoreCase(name, "no-store"u8))
            NoStore = true;
        else if (Ascii.EqualsIgnoreCase(name, "no-cache"u8))
            NoCache |= !(hasArgument && AddNames(ref _noCacheFields, argument));
        else if (Ascii.EqualsIgnoreCase(name, "private"u8))
            Private |= !(hasArgument && AddNames(ref _privateFields, argument));
        else if (Ascii.EqualsIgnoreCase(name, "public"u8))
            Public = true;
        else if (Ascii.EqualsIgnoreCase(name, "must-understand"u8))
            MustUnderstand = true;
        else if (Ascii.EqualsIgnoreCase(name, "must-revalidate"u8))
            MustRevalidate = HasMustRevalidate = true;
        else if (Ascii.EqualsIgnoreCase(name, "proxy-revalidate"u8))
            MustRevalidate = true;
        else
            ApplySeconds(name, argument);
    }

    private void ApplySeconds(ReadOnlySpan<byte> name, ReadOnlySpan<byte> argument)
    {
        var seconds = DeltaSeconds.TryParse(argument, out var number) ? number : 0;
        if (Ascii.EqualsIgnoreCase(name, "max-age"u8))
            MaxAge = Agreed(MaxAge, seconds);
        else if (Ascii.EqualsIgnoreCase(name, "s-maxage"u8))
        {
            SharedMaxAge = Agreed(SharedMaxAge, seconds);
            MustRevalidate = true;
        }
        else if (Ascii.EqualsIgnoreCase(name, "stale-while-revalidate"u8))
            StaleWhileRevalidate = Agreed(StaleWhileRevalidate, seconds);
        else if (Ascii.EqualsIgnoreCase(name, "stale-if-error"u8))
            StaleIfError = Agreed(StaleIfError, seconds);
    }

    private static long Agreed(long known, long value) => known < 0 || known == value ? value : 0;

    /// <summary>Takes a list of field names.</summary>
    /// <returns>False where it names none: the directive counts as one without argument then.</returns>
    private static bool AddNames(ref List<byte[]>? known, ReadOnlySpan<byte> list)
    {
        var names = known ??= [];
        var before = names.Count;
        while (Tokens.TryNext(ref list, out var name))
        {
            if (!Tokens.IsToken(name) || name.SequenceEqual("*"u8))
                return false;
            names.Add(name.ToArray());
        }

        return names.Count > before;
    }
}
