namespace TlsProxy.Proxy.Fetching;

/// <summary>Bounds of requests to the origin. Those under way that no client waits for may hold two long heads each.</summary>
internal static class FetchLimits
{
    /// <summary>Stale responses that are asked about in the background at once.</summary>
    public const int RefreshesMaximum = 256;

    /// <summary>How often one client's request may be sent to the origin: without conditions, or with its range, where the answer before
    /// wasn't for it. No rule asks more than three times.</summary>
    public const int RequestsOfOneMaximum = 6;

    // One that goes on when its clients have left gains its own answer alone.
    private const int UnwatchedMaximum = 256;

    /// <summary>Those whose clients have left, for so many connections to the origin.</summary>
    public static int UnwatchedOf(int connections) => Math.Min(connections, UnwatchedMaximum);
}
