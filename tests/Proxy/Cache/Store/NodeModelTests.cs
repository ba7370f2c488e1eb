using TlsProxy.Proxy.Cache.Store;
using TlsProxy.Testing;

namespace TlsProxy.Proxy.Tests.Cache.Store;

/// <summary>Queue, wheel and places as the cache uses them, against a plain list: the same nodes leave, in the same order.</summary>
public sealed class NodeModelTests
{
    private const int Seeds = 100_000;
    private const int Steps = 40;

    [Fact]
    public void Victims_and_what_is_due_are_those_of_a_plain_list()
    {
        var (seeds, victims, due) = (SeedRange.OfTheRun(Seeds), 0, 0);
        for (var seed = seeds.First; seed <= seeds.Last; seed++)
        {
            var run = new NodeModelRun(seed);
            try
            {
                for (var step = 0; step < Steps; step++)
                    run.Step();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"TLSPROXY_SEED={seed}", fault);
            }

            victims += run.Victims;
            due += run.Due;
        }

        var count = seeds.Last - seeds.First + 1;
        Assert.True(count < 1000 || (victims > count && due > count / 2), $"{victims} victims and {due} due");
    }
}
