using System.Text;
using TlsProxy.Proxy.Tests.Fetching;
using TlsProxy.Proxy.Tests.Upstream.Contract;
using TlsProxy.Proxy.Upstream;
using TlsProxy.Uring.Faults;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Tls;

/// <summary>Exceptions at each callback of a connection with TLS, from the connect to its rest.</summary>
public sealed class TlsFaultTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    // More callbacks than two requests have.
    private const int PointsMaximum = 500;

    [Theory]
    [TlsKind]
    public async Task A_fault_ends_one_request_at_most_and_leaves_no_memory(OriginKind kind)
    {
        var point = 0;
        while (await FaultsAtAsync(kind, point))
            Assert.True(++point < PointsMaximum);
        Assert.True(point > 10, $"The last of the callbacks was number {point}.");
    }

    /// <returns>Whether there was a callback of this number, which has thrown.</returns>
    private static async Task<bool> FaultsAtAsync(OriginKind kind, int number)
    {
        var left = number;
        var ledger = new FaultLedger
        {
            Point = (_, domain) =>
            {
                if (domain is not null && Interlocked.Decrement(ref left) == -1)
                    throw new InvalidOperationException("A fault.");
            },
        };
        await using var origin = new WireOrigin(
            kind,
            async (_, stream, end) =>
            {
                while (await WireOrigin.ReadHeadAsync(stream, end) is not null)
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(Answer), end);
            },
            faults: ledger);
        OriginFailure[] ends = [await EndOfAsync(origin), await EndOfAsync(origin)];
        var hasThrown = Volatile.Read(ref left) < 0;
        // The end of the loop, which is the test's, is no callback under test.
        Volatile.Write(ref left, -1);

        Assert.True(ends.Count(end => end != OriginFailure.None) <= 1, string.Join(", ", ends));
        Assert.Equal(OriginFailure.None, await EndOfAsync(origin));
        Assert.Equal(hasThrown ? 1 : 0, ledger.Count);
        return hasThrown;
    }

    private static async Task<OriginFailure> EndOfAsync(WireOrigin origin)
    {
        try
        {
            return await origin.Send(OriginRequests.Create("/")).End;
        }
        catch (InvalidOperationException)
        {
            // The sink has heard of the fault itself.
            return OriginFailure.Fault;
        }
    }
}
