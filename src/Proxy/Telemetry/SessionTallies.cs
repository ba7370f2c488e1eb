namespace TlsProxy.Proxy.Telemetry;

/// <summary>What the handshakes of one worker agreed on, and why others failed.</summary>
internal sealed class SessionTallies
{
    /// <summary>Tallies there are.</summary>
    public const int TallyCount = 4;

    public Tally Versions { get; } = new();

    public Tally Suites { get; } = new();

    public Tally Groups { get; } = new();

    /// <summary>Failed handshakes by their reason.</summary>
    public Tally Failures { get; } = new();

    public void Count(in TlsSession session)
    {
        Versions.Count(session.VersionText);
        Suites.Count(session.SuiteText);
        if (session.Group is { } group)
            Groups.Count(group);
    }
}
