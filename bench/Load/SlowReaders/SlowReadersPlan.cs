using System.Globalization;
using TlsProxy.Bench.Load.Rates;

namespace TlsProxy.Bench.Load.SlowReaders;

/// <summary>How many slow readers there are, and what the clients beside them do.</summary>
internal static class SlowReadersPlan
{
    public const string Name = "slow readers";

    public const int Readers = 200;

    /// <summary>Of each reader.</summary>
    public const double BytesPerSecond = 256 * 1024;

    /// <summary>Requests a second of the fast clients: a small part of what every server can answer, and of what the load generator can ask
    /// for beside the readers.</summary>
    private const double FastRate = 2000;
    private const int FastConnections = 64;

    /// <summary>Seconds of one measurement: the two loads, and readers that connect.</summary>
    public static double Seconds(BenchOptions options) => (2 * RatePlan.Length(options).TotalSeconds) + 2;

    /// <summary>The smallest object for the fast clients, the largest for the readers, which is the same on another number of
    /// connections; plaintext and TLS in user space.</summary>
    public static IReadOnlyList<(Cell Fast, Cell Slow)> Cells(BenchOptions options) => options.Quick
        ? []
        :
        [
            .. from transport in options.Transports
               where !transport.NeedsKernel() && Plan.IsWanted(options, NameOf(transport))
               let smallest = options.Objects.MinBy(item => item.Bytes)!
               let largest = options.Objects.MaxBy(item => item.Bytes)!
               select (new Cell(transport, smallest, FastConnections), new Cell(transport, largest, options.Connections.Max())),
        ];

    public static Rate Rate(BenchOptions options) =>
        new(FastRate, RatePlan.Length(options), FastConnections, IsConnectionPerRequest: false);

    public static int Rounds(BenchOptions options) => Math.Min(options.Rounds, 3);

    /// <summary>As failures name it; <c>--only</c> is compared with it.</summary>
    public static string NameOf(Transport transport) =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}, {transport.Name()}, {Readers} of them");
}
