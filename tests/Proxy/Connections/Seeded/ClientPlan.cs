using TlsProxy.Testing.Tls;

namespace TlsProxy.Proxy.Tests.Connections.Seeded;

/// <summary>How a client leaves when it has what it wants, or doesn't want it any more.</summary>
internal enum Farewell
{
    /// <summary>With close_notify where there is TLS, and the end of the stream.</summary>
    Orderly,

    /// <summary>With the end of the stream alone.</summary>
    Silent,

    Reset,
}

/// <summary>What a client is going to do, made by chance before it begins.</summary>
internal sealed record ClientPlan
{
    private const int HelloBytes = 300;

    private static readonly byte[][] s_proxyHeaders =
    [
        "PROXY TCP4 192.0.2.1 192.0.2.2 1000 443\r\n"u8.ToArray(),
        "PROXY UNKNOWN\r\n"u8.ToArray(),
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, 0x21, 0x11, 0, 12, 192, 0, 2, 1, 192, 0, 2, 2, 3, 232, 1, 187],
    ];

    public required IReadOnlyList<ClientRequest> Requests { get; init; }

    /// <summary>Version and suite of a TLS client; null without TLS.</summary>
    public ClientSuite? Suite { get; init; }

    /// <summary>The listener that is connected to speaks TLS.</summary>
    public bool ToTlsPort { get; init; }

    /// <summary>What comes before anything else, where the listener takes the PROXY protocol; else null.</summary>
    public byte[]? ProxyHeader { get; init; }

    /// <summary>A session of an earlier client is resumed where there is one.</summary>
    public bool Resumes { get; init; }

    /// <summary>The first request leaves together with the end of the handshake.</summary>
    public bool IsEager { get; init; }

    /// <summary>Bytes after which the client is gone, be it within the handshake, a record or a request.</summary>
    public int? LeavesAfter { get; init; }

    /// <summary>The byte of the stream that is changed on its way.</summary>
    public int? GarblesAt { get; init; }

    /// <summary>It doesn't wait for all the answers.</summary>
    public bool IsImpatient { get; init; }

    /// <summary>It ends its side once everything is asked, and reads on.</summary>
    public bool HalfCloses { get; init; }

    /// <summary>Bytes it sends beyond the request that ends the connection.</summary>
    public int ExcessBytes { get; init; }

    /// <summary>From some point on it reads nothing.</summary>
    public bool StopsReading { get; init; }

    /// <summary>It sends small pieces only.</summary>
    public bool SendsSlowly { get; init; }

    /// <summary>It takes small pieces only.</summary>
    public bool ReadsSlowly { get; init; }

    /// <summary>Bytes of the stream after which it resets the connection, in the midst of an answer.</summary>
    public int? ResetsAfter { get; init; }

    /// <summary>Steps for which it stays without having asked for anything; nothing but the handshake may come.</summary>
    public int SilentSteps { get; init; }

    /// <summary>It changes its keys now and then, or wants another handshake where keys can't be changed.</summary>
    public bool UpdatesKeys { get; init; }

    /// <summary>It asks the same of its peer when it does.</summary>
    public bool RequestsUpdates { get; init; }

    public Farewell Farewell { get; init; }

    /// <summary>A client that does everything right to the end, so that it is owed every answer.</summary>
    public bool IsWellBehaved =>
        LeavesAfter is null && GarblesAt is null && !IsImpatient && !StopsReading && ResetsAfter is null
        && (ToTlsPort == Suite is not null);

    /// <summary>A client that asks for an object and resets the connection while it comes.</summary>
    public static ClientPlan Quitter(Random random, string target, ClientSuite suite) => new()
    {
        Requests = [ClientRequest.Plain(target)],
        Suite = suite,
        ToTlsPort = true,
        ResetsAfter = random.Next(2000, random.Next(2) == 0 ? 20_000 : 100_000),
    };

    /// <summary>A client that asks for nothing.</summary>
    public static ClientPlan Silent(Random random, ClientSuite suite) => new()
    {
        Requests = [],
        Suite = suite,
        ToTlsPort = true,
        SilentSteps = random.Next(20, 60),
        Farewell = random.Next(2) == 0 ? Farewell.Orderly : Farewell.Reset,
    };

    /// <param name="targets">What is asked for.</param>
    /// <param name="suite">Null for no TLS.</param>
    public static ClientPlan Create(Random random, IReadOnlyList<string> targets, ClientSuite? suite, ScheduleConditions conditions)
    {
        var calm = conditions.IsCalm;
        var requests = new List<ClientRequest>();
        for (var left = random.Next(1, 6); left > 0; left--)
        {
            var target = random.Next(8) == 0 ? "/health" : targets[random.Next(targets.Count)];
            requests.Add(random.Next(40) == 0 && left == 1
                ? ClientRequest.Malformed()
                : ClientRequest.Create(random, target, mayEnd: left == 1, conditions.IsTight));
        }

        var tls = suite is not null;
        if (tls && !calm && random.Next(20) == 0)
        {
            // Plain HTTP on a port for TLS is refused, whatever it asks for.
            requests = [ClientRequest.Malformed()];
            suite = null;
        }

        var readsSlowly = random.Next(6) == 0 && !conditions.IsLarge;
        bool Sometimes(int of) => !calm && random.Next(of) == 0;
        return new ClientPlan
        {
            Requests = requests,
            Suite = suite,
            ToTlsPort = tls,
            ProxyHeader = random.Next(6) == 0 ? s_proxyHeaders[random.Next(s_proxyHeaders.Length)] : null,
            Resumes = suite is not null && random.Next(3) == 0,
            IsEager = random.Next(2) == 0,
            LeavesAfter = Sometimes(8) ? random.Next(random.Next(2) == 0 ? 3 * HelloBytes : 30_000) : null,
            GarblesAt = suite is not null && Sometimes(12) ? random.Next(3 * HelloBytes) : null,
            IsImpatient = Sometimes(8),
            HalfCloses = random.Next(4) == 0,
            StopsReading = Sometimes(16),
            SendsSlowly = random.Next(4) == 0,
            ReadsSlowly = readsSlowly,
            ExcessBytes = requests[^1].IsLast && !readsSlowly && random.Next(2) == 0 ? random.Next(1, 20_000) : 0,
            UpdatesKeys = suite is not null && Sometimes(suite <= ClientSuite.Tls13ChaCha20 ? 3 : 10),
            RequestsUpdates = random.Next(2) == 0,
            Farewell = random.Next(2) == 0 ? Farewell.Orderly : random.Next(2) == 0 ? Farewell.Silent : Farewell.Reset,
        };
    }
}
