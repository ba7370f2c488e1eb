using TlsProxy.Bench.Load.Rates;
using TlsProxy.Bench.Load.Servers;

namespace TlsProxy.Bench.Load;

/// <summary>What is measured, against what, and how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>Two objects on one number of connections, in five minutes at most.</summary>
    public required bool Quick { get; init; }

    /// <summary>The executable of this build.</summary>
    public required string Proxy { get; init; }

    /// <summary>Options and NAME=VALUE of the environment that this build alone is started with.</summary>
    public required string[] With { get; init; }

    /// <summary>Checkouts with the builds to compare with instead of nginx, the reference last.</summary>
    public required string[] Against { get; init; }

    /// <summary>The bare loop over SslStream; null leaves it out.</summary>
    public required string? SslStreamLoop { get; init; }

    /// <summary>The bare loop in C; null leaves it out.</summary>
    public string? Floor { get; init; }

    /// <summary>HAProxy and h2o are measured too.</summary>
    public required bool Rivals { get; init; }

    /// <summary>A folder from which programs may be loaded, in which Varnish runs; null leaves it out.</summary>
    public string? Varnish { get; init; }

    /// <summary>Only cells whose name contains this.</summary>
    public required string? Only { get; init; }

    /// <summary>How many keep-alive connections; a cell for each.</summary>
    public required int[] Connections { get; init; }

    /// <summary>Interleaved measurements of each server in a cell.</summary>
    public required int Rounds { get; init; }

    /// <summary>Of one measurement.</summary>
    public required int Seconds { get; init; }

    /// <summary>How long the whole run may wait for others to leave the machine alone.</summary>
    public required TimeSpan Patience { get; init; }

    /// <summary>Where the results go as JSON; null for nowhere.</summary>
    public required string? Json { get; init; }

    /// <summary>Where the page with charts goes; null for nowhere.</summary>
    public required string? Report { get; init; }

    /// <summary>The folder for each chart as a file of its own; null for none.</summary>
    public string? Charts { get; init; }

    /// <summary>A folder of the bench's own, which its caller removes.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of libssl for every server; null takes the system's.</summary>
    public required string? LibSsl { get; init; }

    /// <summary>Questions to answer instead of all else: those with this in their names, "" for all; null for none.</summary>
    public string? Questions { get; init; }

    /// <summary>A cache is filled with so many entries instead of all else; null for none.</summary>
    public int? Entries { get; init; }

    /// <summary>A page in Markdown whose blocks of figures the answers fill; null for none.</summary>
    public string? Markdown { get; init; }

    public bool KernelTls { get; init; } = Machine.HasKernelTls;

    /// <summary>Servers that run already and are measured instead of all others.</summary>
    public IReadOnlyList<Target> Targets { get; init; } = [];

    /// <summary>What is asked for.</summary>
    public required IReadOnlyList<Payload> Objects { get; init; }

    /// <summary>Comparisons that wouldn't end in this time are left out. A user who asks for other rounds gives the run as long as it
    /// takes.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>Whether latencies at constant rates are among what is asked for.</summary>
    public bool IsRateWanted => Plan.IsWanted(this, RatePlan.Name);

    /// <summary>Plaintext first, then each way of making records that can be measured.</summary>
    public IReadOnlyList<Transport> Transports =>
    [
        .. Enum.GetValues<Transport>().Where(transport => Targets.Count > 0
            ? transport is Transport.Plaintext or Transport.AsConfigured
            : transport != Transport.AsConfigured && (KernelTls || !transport.NeedsKernel())),
    ];
}
