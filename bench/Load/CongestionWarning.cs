namespace TlsProxy.Bench.Load;

/// <summary>Says that a congestion control distorts what is measured over loopback, and what helps.</summary>
internal static class CongestionWarning
{
    /// <param name="control">The congestion control of the network that is measured in.</param>
    /// <param name="isOfTargets">The servers run already, where their user has started them.</param>
    /// <param name="isRoot">Root measures its own servers in a network namespace, unless it may make none.</param>
    /// <returns>Null where nothing is distorted.</returns>
    public static string? Of(string control, bool isOfTargets, bool isRoot) => control != "bbr"
        ? null
        : "WARNING: bbr paces loopback and hides differences on large objects; " + (isOfTargets, isRoot) switch
        {
            (true, _) => "to measure without it, set net.ipv4.tcp_congestion_control to reno, then start the targets.",
            (false, true) => "the bench could make no network of its own (unshare --net).",
            (false, false) => "as root this measures in a network of its own.",
        };
}
