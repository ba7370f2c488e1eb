using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Fetching.Sharing;

/// <summary>Clients that come, wait and leave in an order that a seed decides, before an origin that answers as it decides: those who stay
/// are answered after few errors, and nothing is left.</summary>
public sealed class ErrorRoundsTests
{
    private const int Seeds = 1000;

    [Fact]
    public void All_who_stay_are_answered_and_nothing_is_left()
    {
        var (seeds, drawings, inTrouble) = (SeedRange.OfTheRun(Seeds), 0, 0);
        for (var seed = seeds.First; seed <= seeds.Last; seed++)
        {
            using var rounds = new ErrorRounds(seed);
            try
            {
                rounds.Run();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"TLSPROXY_SEED={seed}", fault);
            }

            drawings += rounds.Drawings;
            inTrouble += rounds.InTrouble;
        }

        var isEnough = seeds.Last - seeds.First < Seeds - 1 || (drawings > Seeds && inTrouble > Seeds);
        Assert.True(isEnough, $"{drawings} drawings, {inTrouble} answered by them");
    }
}
