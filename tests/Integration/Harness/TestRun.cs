namespace TlsProxy.Integration.Tests.Harness;

/// <summary>What this run of the tests is about.</summary>
internal static class TestRun
{
    /// <summary>The value of the proxy's option <c>--transport</c> for every proxy, or null for its own choice.</summary>
    public static string? Transport { get; } =
        Environment.GetEnvironmentVariable("TLSPROXY_TEST_TRANSPORT") is { Length: > 0 } transport ? transport : null;
}
