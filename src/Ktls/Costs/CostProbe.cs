using System.Net.Sockets;
using TlsProxy.Handshake.Keys;
using TlsProxy.Uring;

namespace TlsProxy.Ktls.Costs;

/// <summary>Compares what the kernel's records cost with what records made in user space do, for each cipher that the kernel
/// knows.</summary>
public static class CostProbe
{
    /// <summary>Bytes of the bodies that are sent: a record, a large record, and several sends.</summary>
    public static IReadOnlyList<int> Sizes { get; } = [1 << 10, 16 << 10, 256 << 10];

    // Their records differ by a few bytes between the versions of TLS, so that one version speaks for both.
    private static readonly CipherSuite[] s_suites =
    [
        CipherSuite.Aes128GcmSha256, CipherSuite.Aes256GcmSha384, CipherSuite.ChaCha20Poly1305Sha256,
        CipherSuite.EcdheRsaAes128Gcm, CipherSuite.EcdheRsaAes256Gcm, CipherSuite.EcdheRsaChaCha20,
    ];

    /// <summary>Measures for some 50 ms, on a slow machine for a quarter of a second at most, and chooses.</summary>
    /// <param name="support">What the kernel can do.</param>
    /// <param name="thresholdBytes">The size of response whose cost decides.</param>
    public static RecordChoice Run(KtlsReport support, long thresholdBytes) => Run(support, thresholdBytes, TimeProvider.System);

    internal static RecordChoice Run(KtlsReport support, long thresholdBytes, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(support);
        var began = time.GetTimestamp();
        var costs = support.Module == Errno.None ? Measure(support, time, began) : [];
        return new RecordChoice(costs, thresholdBytes, time.GetElapsedTime(began));
    }

    private static List<SuiteCosts> Measure(KtlsReport support, TimeProvider time, long began)
    {
        var rounds = new CostRounds(time, began);
        using var memory = MeterMemory.TryCreate(Sizes[^1]);
        var meters = new List<IDisposable>();
        var measured = new List<(CipherSuite Suite, CostCell[] Cells)>();
        try
        {
            foreach (var suite in Known(support))
            {
                if (memory is null || RecordMeter.TryCreate(memory, suite, inKernel: true) is not { } kernel)
                    continue;
                meters.Add(kernel);
                var userSpace = RecordMeter.TryCreate(memory, suite, inKernel: false)!;
                meters.Add(userSpace);
                rounds.Warm(userSpace, Sizes[^1]);
                rounds.Warm(kernel, Sizes[^1]);
                measured.Add((suite, [.. Sizes.Select(bytes => new CostCell(bytes, kernel, userSpace))]));
            }

            rounds.Run([.. measured.SelectMany(one => one.Cells)]);
        }
        catch (SocketException)
        {
            // Descriptors are short: what wasn't measured stays unknown, and the records in user space.
            measured.Clear();
        }
        finally
        {
            meters.ForEach(meter => meter.Dispose());
        }

        return [.. measured.Select(one => new SuiteCosts(
            Kernel.ProbeKeys.VersionOf(one.Suite), one.Suite.Aead(), [.. one.Cells.Select(cell => cell.Cost)]))];
    }

    /// <summary>A suite for each cipher that the kernel sends with; that of TLS 1.3 where it knows both.</summary>
    private static IEnumerable<CipherSuite> Known(KtlsReport support) => s_suites
        .Where(suite => support.ReasonAgainst(Kernel.ProbeKeys.VersionOf(suite), suite.Aead()) == KtlsReason.None)
        .DistinctBy(suite => suite.Aead());
}
