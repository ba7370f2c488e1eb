using System.Globalization;
using TlsProxy.Handshake;

namespace TlsProxy.Bench.Micro.Engines;

/// <summary>What handshakes cost with each engine: the server's side alone, by the processor time of its thread, so that clients and other
/// processes don't count. Both engines are measured in the same rounds.</summary>
internal static class EngineTable
{
    private const int RoundCount = 7;
    private const int HandshakesOfRound = 150;

    // The runtime compiles what is called often again, each time after a pause without new methods.
    private const int Warmings = 4;
    private static readonly TimeSpan WarmingPause = TimeSpan.FromMilliseconds(250);

    /// <param name="text">Only kinds whose name contains it; null for all.</param>
    /// <returns>False where there is none.</returns>
    public static bool TryPrint(string? text)
    {
        ComparedKind[] kinds =
        [
            .. from kind in HandshakeKind.All
               where text is null || kind.Name.Contains(text, StringComparison.OrdinalIgnoreCase)
               select new ComparedKind(kind),
        ];
        try
        {
            Measure(kinds);
            if (kinds.Length > 0)
                Print(kinds);
            return kinds.Length > 0;
        }
        finally
        {
            foreach (var kind in kinds)
                kind.Dispose();
        }
    }

    private static void Measure(ComparedKind[] kinds)
    {
        for (var i = 0; i < Warmings; i++)
        {
            foreach (var kind in kinds)
                kind.Warm(HandshakesOfRound);
            Thread.Sleep(WarmingPause);
        }

        for (var round = 0; round < RoundCount; round++)
        {
            foreach (var kind in kinds)
                kind.Measure(HandshakesOfRound, backwards: round % 2 == 1);
        }
    }

    private static void Print(ComparedKind[] kinds)
    {
        var library = EngineChoice.LibraryOf(TlsEngine.BouncyCastle);
        Console.WriteLine($"Processor time of the server's side of a handshake, median of {RoundCount} rounds; {library}.");
        Console.WriteLine();
        Console.WriteLine($"| {"handshake",-31} | OpenSSL µs | BouncyCastle µs | ratio | {"from … to",-11} | alloc KiB |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var kind in kinds)
            Console.WriteLine(Row(kind));
        var usual = Array.Find(kinds, kind => kind.Kind == HandshakeKind.Usual)?.OpenSslMicroseconds;
        var postQuantum = Array.Find(kinds, kind => kind.Kind == HandshakeKind.PostQuantum);
        if (usual is not { } openSsl || postQuantum is null)
            return;
        Console.WriteLine();
        var time = postQuantum.BouncyCastleMicroseconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{postQuantum.Kind.Group} with BouncyCastle takes {time:F0} µs, {HandshakeKind.Usual.Group} with OpenSSL {openSsl:F0} µs: "
            + $"{time / openSsl:F2} ×."));
    }

    private static string Row(ComparedKind kind)
    {
        var (openSsl, ratio, range) = ("-", "-", string.Empty);
        if (kind is { OpenSslMicroseconds: { } time, Ratios: { } ratios })
        {
            openSsl = time.ToString("F0", CultureInfo.InvariantCulture);
            ratio = Rounds.Median(ratios).ToString("F2", CultureInfo.InvariantCulture);
            range = string.Create(CultureInfo.InvariantCulture, $"{ratios[0]:F2} … {ratios[^1]:F2}");
        }

        var (microseconds, kibibytes) = (kind.BouncyCastleMicroseconds, kind.BouncyCastleBytes / 1024);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {kind.Kind.Name,-31} | {openSsl,10} | {microseconds,15:F0} | {ratio,5} | {range,-11} | {kibibytes,9:F1} |");
    }
}
