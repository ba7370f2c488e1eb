using System.Globalization;

namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What this run of the tests is about.</summary>
internal static class TestRun
{
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

    /// <summary>What runs the handshakes of every proxy, or null for what the proxy takes by itself.</summary>
    public static string? Engine { get; } =
        Environment.GetEnvironmentVariable("TLSPROXY_TEST_ENGINE") is { Length: > 0 } engine ? engine : null;

    /// <summary>
    /// Whether this run tests a combination. Where both transports together are to have each pair of transport and value once, but not
    /// every combination, each run takes those of its parity.
    /// </summary>
    /// <param name="combination">The sum of the numbers of the values that are combined.</param>
    public static bool Takes(int combination) => !IsPairwise || Transport is null || combination % 2 == (Transport == "epoll" ? 1 : 0);

    /// <summary>Removes what says how the tests run, which a program that they start would take for options of its own.</summary>
    public static void RemoveVariables(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Where(name => name.StartsWith("TLSPROXY_", StringComparison.Ordinal)).ToArray())
            environment.Remove(name);
    }

    private static bool IsPairwise { get; } = Environment.GetEnvironmentVariable("TLSPROXY_TEST_PAIRWISE") == "1";
}
