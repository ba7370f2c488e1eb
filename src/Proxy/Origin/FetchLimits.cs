namespace TlsProxy.Proxy.Origin;

/// <summary>How many requests to the origin may be under way that no client waits for. Each may hold two long heads.</summary>
internal static class FetchLimits
{
    /// <summary>Stale responses that are asked about in the background at once.</summary>
    public const int RefreshesMaximum = 256;

    // One that goes on when its clients have left gains its own answer alone.
    private const int UnwatchedMaximum = 256;

    /// <summary>Those whose clients have left, for so many connections to the origin.</summary>
    public static int UnwatchedOf(int connections) => Math.Min(connections, UnwatchedMaximum);
}
