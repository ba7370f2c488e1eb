using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What this run of the tests is about.</summary>
internal static class TestRun
{
    private static readonly string? s_engine = Environment.GetEnvironmentVariable("TLSPROXY_TEST_ENGINE") switch
    {
        null or "" => null,
        ("openssl" or "bouncycastle") and var engine => engine,
        var other => throw new InvalidOperationException($"TLSPROXY_TEST_ENGINE={other} names no engine: use openssl or bouncycastle."),
    };

    /// <summary>The value of the proxy's option <c>--transport</c> for every proxy, or null for its own choice.</summary>
    public static string? Transport { get; } =
        Environment.GetEnvironmentVariable("TLSPROXY_TEST_TRANSPORT") is { Length: > 0 } transport ? transport : null;

    /// <summary>How often each scenario of restarts ends a proxy.</summary>
    public static int Restarts { get; } =
        int.Parse(Environment.GetEnvironmentVariable("TLSPROXY_TEST_RESTARTS") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>How often each scenario of takeovers replaces a proxy.</summary>
    public static int Takeovers { get; } =
        int.Parse(Environment.GetEnvironmentVariable("TLSPROXY_TEST_TAKEOVERS") ?? "5", CultureInfo.InvariantCulture);

    /// <summary>The path of the proxy's program, such as one that was published ahead of time, or null for that of this build.</summary>
    public static string? Proxy { get; } =
        Environment.GetEnvironmentVariable("TLSPROXY_TEST_PROXY") is { Length: > 0 } program ? Path.GetFullPath(program) : null;

    /// <summary>The folder of the libssl for every proxy, or null for the system's.</summary>
    public static string? LibSsl { get; } =
        Environment.GetEnvironmentVariable("TLSPROXY_TEST_LIBSSL") is { Length: > 0 } folder ? folder : null;

    /// <summary>The engine of the proxies that the running test starts, or null for the proxy's own choice. Where both transports together
    /// are to have each pair, a class of tests has one engine over one transport and the other over the other, and half of the classes
    /// begin with each.</summary>
    public static string? Engine =>
        s_engine ?? (IsOfAPair && RunningClass() is { } tests ? EngineOf(tests) : null);

    /// <summary>Tells the name of the class whose test runs; null for none. Written before the first test, and not again.</summary>
    public static Func<string?> RunningClass { get; set; } = static () => null;

    /// <summary>
    /// Whether this run tests a combination. Where both transports together are to have each pair of transport and value once, but not
    /// every combination, each run takes those of its parity.
    /// </summary>
    /// <param name="combination">The sum of the numbers of the values that are combined.</param>
    public static bool Takes(int combination) => !IsOfAPair || combination % 2 == Parity;

    /// <summary>Removes what says how the tests run, which a program that they start would take for options of its own.</summary>
    public static void RemoveVariables(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("TLSPROXY_", StringComparison.Ordinal)).ToArray())
            environment.Remove(name);
    }

    /// <summary>Whether another run, over the other transport, tests what this one leaves out.</summary>
    private static bool IsOfAPair { get; } = Transport is not null && Environment.GetEnvironmentVariable("TLSPROXY_TEST_PAIRWISE") == "1";

    private static int Parity => Transport == "epoll" ? 1 : 0;

    private static string EngineOf(string tests) => Takes(tests.Sum(letter => letter)) ? "bouncycastle" : "openssl";
}
