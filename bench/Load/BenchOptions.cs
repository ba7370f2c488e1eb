namespace TlsProxy.Bench.Load;

/// <summary>What is measured, against what, and how long.</summary>
internal sealed record BenchOptions
{
    /// <summary>Two objects on one number of connections, in less than three minutes.</summary>
    public required bool Quick { get; init; }

    /// <summary>The executable of this build.</summary>
    public required string Proxy { get; init; }

    /// <summary>Options and NAME=VALUE of the environment that this build alone is started with.</summary>
    public required string[] With { get; init; }

    /// <summary>Checkouts with the builds to compare with instead of nginx, the reference last.</summary>
    public required string[] Against { get; init; }

    /// <summary>The bare loop over SslStream; null leaves it out.</summary>
    public required string? SslStreamLoop { get; init; }

    /// <summary>HAProxy and h2o are measured too.</summary>
    public required bool Rivals { get; init; }

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

    /// <summary>A folder of the bench's own, which its caller removes.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of libssl for every server; null takes the system's.</summary>
    public required string? LibSsl { get; init; }

    public bool KernelTls { get; init; } = Machine.HasKernelTls;
}
