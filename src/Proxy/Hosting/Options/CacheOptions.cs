using System.CommandLine;
using System.Text;
using TlsProxy.Proxy.Cache.Policy;
using TlsProxy.Proxy.Cache.Rules;
using TlsProxy.Proxy.Http;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Hosting.Options;

/// <summary>What is stored, and for how long.</summary>
/// <param name="Bytes">Bytes of all stored responses.</param>
/// <param name="Objects">Stored responses.</param>
/// <param name="ObjectBytes">Bytes of the largest body stored.</param>
/// <param name="UnreadBytes">Bytes that go on arriving of a body that may be stored when its last reader has left.</param>
/// <param name="Policy">What may be stored.</param>
/// <param name="DebugField">The name of the field that tells why; empty for none.</param>
internal sealed record CacheOptions(
    long Bytes, int Objects, long ObjectBytes, long UnreadBytes, CachePolicy Policy, ReadOnlyMemory<byte> DebugField);

/// <summary>The options behind <see cref="CacheOptions"/>.</summary>
internal sealed class CacheOptionGroup : OptionGroup
{
    private const int ObjectSizeDivisor = 8;
    private const int FieldNameMaximum = 64;

    private readonly Option<long> _size;
    private readonly Option<int> _objects;
    private readonly Option<long?> _objectSize;
    private readonly Option<long?> _unread;
    private readonly Option<TimeSpan> _defaultTtl;
    private readonly Option<TimeSpan> _heuristicTtl;
    private readonly Option<TimeSpan> _negativeTtl;
    private readonly Option<TimeSpan> _staleIfUnreachable;
    private readonly Option<string> _setCookie;
    private readonly Option<string[]> _credentials;
    private readonly Option<string> _clientControl;
    private readonly Option<string?> _debugHeader;

    public CacheOptionGroup()
        : base(HelpSection.Cache)
    {
        _size = Bytes(
            "--cache-size", "Memory for stored responses; by default 1 GiB, but at most a quarter of the memory limit.", DefaultBytes);
        _objects = Number("--cache-objects", "Stored responses at most.", 1_000_000, 1, int.MaxValue);
        _objectSize = Bytes("--max-object-size", "Largest body stored; by default an eighth of the cache.");
        _unread = Bytes(
            "--fill-without-readers",
            "How much more of a response that may be stored is taken from the origin once its last client has left; 0 for nothing. By "
            + "default as much as --max-object-size.");
        _defaultTtl = DurationOrNone(
            "--default-ttl",
            "How long a GET 200 below /object/ stays fresh when the origin doesn't say; 0 for not at all.",
            TimeSpan.FromSeconds(60));
        _heuristicTtl = DurationOrNone(
            "--heuristic-ttl-max",
            "Longest lifetime guessed, as a tenth of the time since Last-Modified, when the origin doesn't say; 0 guesses none.",
            TimeSpan.FromHours(1));
        _negativeTtl = DurationOrNone(
            "--negative-ttl",
            "How long 404, 405, 410, 414 and 500 to 504 stay fresh when the origin doesn't say; 0 for not at all.",
            TimeSpan.Zero);
        _staleIfUnreachable = DurationOrNone(
            "--stale-if-unreachable",
            "How long past its lifetime a response is used when the origin can't be reached.",
            TimeSpan.FromMinutes(1));
        _setCookie = Choice(
            "--set-cookie",
            "What becomes of responses with Set-Cookie whose origin says how long they stay fresh: "
            + "store, strip (stored without the field), pass.",
            "strip", "store", "pass");
        _credentials = Texts(
            "--credential-fields",
            "Request fields, repeatable or with commas between, that are credentials as Authorization is: no lifetime is assumed for "
            + "requests with one. * stands for any characters. By default *Key, *Token, *Secret, X-Auth* and some fifty more, which "
            + "docs/caching.md lists; those given stand in their place, none for none.");
        _clientControl = Choice(
            "--client-cache-control",
            "What no-cache, max-age and the like in requests count for: share (such requests share answers made after they came), "
            + "honour (each asks the origin for itself), ignore (nothing).",
            "share", "honour", "ignore");
        _debugHeader = Text(
            "--debug-header",
            "Name of a response header that says why the cache did what it did, such as X-Cache-Debug; by default there is none.");
    }

    private static long DefaultBytes => Math.Min(1L << 30, MemoryLimit.Bytes / 4);

    /// <param name="rules">The rules by path.</param>
    /// <exception cref="StartException">A field has no valid name.</exception>
    public CacheOptions Bind(ParseResult parsed, PathRules rules)
    {
        var size = parsed.GetRequiredValue(_size);
        var policy = new CachePolicy
        {
            Lifetimes = new LifetimePolicy
            {
                Default = (long)parsed.GetRequiredValue(_defaultTtl).TotalMilliseconds,
                HeuristicMaximum = (long)parsed.GetRequiredValue(_heuristicTtl).TotalMilliseconds,
                Negative = (long)parsed.GetRequiredValue(_negativeTtl).TotalMilliseconds,
                Credentials = Credentials(parsed.GetRequiredValue(_credentials)),
            },
            StaleIfUnreachable = (long)parsed.GetRequiredValue(_staleIfUnreachable).TotalMilliseconds,
            SetCookies = Enum.Parse<SetCookieMode>(parsed.GetRequiredValue(_setCookie), ignoreCase: true),
            ClientControl = Enum.Parse<ClientCacheControl>(parsed.GetRequiredValue(_clientControl), ignoreCase: true),
            Rules = rules,
        };
        var objectSize = parsed.GetValue(_objectSize) ?? size / ObjectSizeDivisor;
        return new CacheOptions(
            size, parsed.GetRequiredValue(_objects), objectSize, parsed.GetValue(_unread) ?? objectSize,
            policy, FieldName(parsed.GetValue(_debugHeader)));
    }

    private static FieldNames Credentials(string[] given)
    {
        const StringSplitOptions Split = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        string[] names = [.. given.SelectMany(text => text.Split(',', Split))];
        if (names.Length == 0)
            return new FieldNames(CredentialFields.Names);
        if (Array.Find(names, name => !Tokens.IsToken(Encoding.UTF8.GetBytes(name))) is { } wrong)
            throw new StartException($"--credential-fields: '{wrong}' can't be the name of a field; write such as X-Api-Key or *-Token.");
        return names is ["none"] ? FieldNames.None : new FieldNames(names);
    }

    private static ReadOnlyMemory<byte> FieldName(string? text)
    {
        if (text is null)
            return default;
        var name = Encoding.UTF8.GetBytes(text);
        return Tokens.IsToken(name) && name.Length <= FieldNameMaximum && KnownFields.Of(name) == KnownField.None
            ? name
            : throw new StartException(
                $"--debug-header: '{text}' can't be its name; write a field name of its own, such as X-Cache-Debug.");
    }
}
