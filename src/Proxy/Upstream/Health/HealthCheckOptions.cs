namespace TlsProxy.Proxy.Upstream.Health;

/// <summary>How the members of an origin are asked whether they are well.</summary>
/// <param name="Path">Path and query of a GET, as it is sent.</param>
/// <param name="Interval">From one check of a member to the next.</param>
/// <param name="StatusMinimum">The least status that says it is well.</param>
/// <param name="StatusMaximum">The greatest one.</param>
internal sealed record HealthCheckOptions(ReadOnlyMemory<byte> Path, TimeSpan Interval, int StatusMinimum = 200, int StatusMaximum = 399)
{
    /// <summary>Whether an answer says that the member is well.</summary>
    public bool IsExpected(int status) => status >= StatusMinimum && status <= StatusMaximum;
}
