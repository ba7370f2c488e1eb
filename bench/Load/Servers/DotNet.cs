namespace TlsProxy.Bench.Load.Servers;

/// <summary>What servers on .NET are started with here.</summary>
internal static class DotNet
{
    /// <summary>A process that may use one processor only waits ten times longer before it compiles its hot code well, seconds that would
    /// be measured with it. That says nothing about a server with processors to itself, so the wait is made the usual one.</summary>
    public static IReadOnlyDictionary<string, string> OnOneProcessor { get; } =
        new Dictionary<string, string> { ["DOTNET_TC_DelaySingleProcMultiplier"] = "1" };
}
