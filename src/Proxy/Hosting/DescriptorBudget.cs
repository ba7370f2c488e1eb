using System.Globalization;
using TlsProxy.Proxy.Workers;
using TlsProxy.Uring.Processes;

namespace TlsProxy.Proxy.Hosting;

/// <summary>How the descriptors that the process may hold are shared out, so that none of their users takes those of another. The
/// runtime ends the process when it can't open what it needs, so it has a share that nobody else touches.</summary>
/// <param name="Clients">Connections of clients.</param>
/// <param name="Origin">Connections to the origins, those of tunnels included.</param>
/// <param name="Tunnels">Connections to the origins that tunnels may have.</param>
internal sealed record DescriptorBudget(int Clients, int Origin, int Tunnels)
{
    /// <summary>Connections to the admin address.</summary>
    public const int Admin = 8;

    /// <summary>Descriptors given up when the kernel refuses one all the same: the limit was lowered, or the machine has none
    /// left.</summary>
    public const int Spare = 8;

    // The runtime holds two for each assembly (LaterAssemblies), about 165 in all; a start needs them before anything can be counted.
    private const int RuntimeAtStart = 190;

    // What the start opens between the count and its end.
    private const int StillToOpen = 16;

    // An event loop's own.
    private const int OfLoop = 2;

    // Certificates and logs that are read and opened again, name lookups, the start of a thread.
    private const int Later = 22;

    // A command that doesn't serve loads half the assemblies.
    private const int LeastToRun = 120;

    private const int OriginLeast = 16;
    private const int OriginMost = 4096;
    private const int ClientsLeast = 16;

    // Of what clients and origin share, the origin has a quarter: most requests are hits or share a fetch.
    private const int OriginDivisor = 4;

    // Of the origin's, tunnels have a quarter unless they are given a number: they hold theirs for hours.
    private const int TunnelDivisor = 4;

    /// <summary>Connections to the origins for requests and their answers.</summary>
    public int Requests => Origin - Tunnels;

    /// <summary>The fewest descriptors that a start can do with.</summary>
    private const int Least = RuntimeAtStart + Later + Spare + Admin + OriginLeast + ClientsLeast;

    /// <summary>Says whether a command can be run at all. It needs nothing but the core library: another assembly may find no descriptors
    /// to be loaded with.</summary>
    /// <returns>One sentence with the number that serving by default needs, or null.</returns>
    public static string? RefusalOf(int limit, bool isServing) => limit >= (isServing ? Least : LeastToRun)
        ? null
        : Refusal(limit, Least + OfLoops(Environment.ProcessorCount, addresses: 1));

    /// <summary>Shares out the descriptors of this process, including those that the start has still to open.</summary>
    /// <param name="addresses">Addresses that each worker listens on.</param>
    /// <param name="connectionsMax">Connections of clients by <c>--max-connections</c>, or null for as many as fit.</param>
    /// <param name="tunnelsMax">Tunnels by <c>--max-tunnels</c>, or null for as many as fit.</param>
    /// <exception cref="StartException">The limit is too low.</exception>
    public static DescriptorBudget OfProcess(int workers, int addresses, int? connectionsMax, int? tunnelsMax = null)
    {
        var runtime = Math.Max(DescriptorLimit.CountOpen() + StillToOpen, RuntimeAtStart);
        return Of(DescriptorLimit.Raise(), runtime + OfLoops(workers, addresses), connectionsMax, tunnelsMax);
    }

    /// <summary>Says how many a start needs that was refused one, in a sentence; nothing is opened for it.</summary>
    public static string Advise(int workers, int addresses, int? connectionsMax, int? tunnelsMax = null)
    {
        var needed = Least - ClientsLeast + OfLoops(workers, addresses) + (connectionsMax ?? ClientsLeast) + (tunnelsMax ?? 0);
        return string.Create(
            CultureInfo.InvariantCulture, $"At least {needed} are needed in all, and the limit is {DescriptorLimit.Current()}.");
    }

    /// <param name="limit">Descriptors that the process may hold.</param>
    /// <param name="used">Those that it holds, or will hold whatever it is asked for.</param>
    /// <param name="connectionsMax">Connections of clients by <c>--max-connections</c>, or null for as many as fit.</param>
    /// <param name="tunnelsMax">Tunnels by <c>--max-tunnels</c>, or null for as many as fit.</param>
    /// <exception cref="StartException">The limit is too low.</exception>
    public static DescriptorBudget Of(int limit, int used, int? connectionsMax, int? tunnelsMax = null)
    {
        var fixedShare = used + Later + Spare + Admin;
        var needed = (long)fixedShare + OriginLeast + (connectionsMax ?? ClientsLeast) + (tunnelsMax ?? 0);
        if (needed > limit)
        {
            throw new StartException(
                Refusal(limit, needed) + (connectionsMax is null ? string.Empty : " Or lower --max-connections.")
                + (tunnelsMax is null ? string.Empty : " Or lower --max-tunnels."));
        }

        var shared = limit - fixedShare - (tunnelsMax ?? 0);
        var origin = Math.Clamp(connectionsMax is { } most ? shared - most : shared / OriginDivisor, OriginLeast, OriginMost);
        return new DescriptorBudget(
            connectionsMax ?? shared - origin, origin + (tunnelsMax ?? 0), tunnelsMax ?? origin / TunnelDivisor);
    }

    /// <summary>Those of the workers and of the admin address.</summary>
    private static int OfLoops(int workers, int addresses) => (workers * (OfLoop + addresses)) + OfLoop + 1;

    private static string Refusal(int limit, long needed) => string.Create(
        CultureInfo.InvariantCulture,
        $"The limit of open files is {limit}, and at least {needed} are needed: raise it (ulimit -n, LimitNOFILE), "
        + $"or start fewer --workers.");
}
