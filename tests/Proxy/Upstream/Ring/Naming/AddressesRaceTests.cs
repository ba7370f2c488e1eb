using System.Net;
using System.Net.Sockets;
using TlsProxy.Proxy.Upstream.Ring.Naming;

namespace TlsProxy.Proxy.Tests.Upstream.Ring.Naming;

/// <summary>Needs of several loops at once, and beside the end of a lookup.</summary>
public sealed class AddressesRaceTests
{
    private const int Threads = 4;
    private const int Rounds = 200;

    private readonly ManualTime _time = new();
    private readonly ScriptedLookup _lookup = new();

    [Fact]
    public async Task First_needs_at_once_make_one_lookup_and_each_waits_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var addresses = Create();
            var waiters = Waiters();
            AtOnce(thread => Assert.Null(addresses.TryGet(waiters[thread], waiters[thread])));
            await _lookup.AnswerAsync("192.0.2.1");

            await Task.WhenAll(waiters.Select(waiter => waiter.Posted));
            Assert.Equal(round + 1, _lookup.Count);
        }
    }

    [Fact]
    public async Task A_need_beside_the_answer_gets_it_or_is_told_of_it()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var addresses = Create();
            var waiters = Waiters();
            Assert.Null(addresses.TryGet(waiters[0], waiters[0]));
            var lookup = await _lookup.NextAsync();
            var got = new OriginNames?[Threads];
            AtOnce(thread =>
            {
                if (thread == 0)
                    Answer(lookup, round);
                else
                    got[thread] = addresses.TryGet(waiters[thread], waiters[thread]);
            });

            for (var thread = 0; thread < Threads; thread++)
            {
                if (got[thread] is null)
                    await waiters[thread].Posted;
                Assert.Equal(got[thread] is null ? 1 : 0, waiters[thread].Posts);
                Assert.NotNull(addresses.TryGet(waiters[thread], waiters[thread]));
            }

            Assert.Equal(round + 1, _lookup.Count);
        }
    }

    [Fact]
    public async Task Needs_that_find_the_list_old_at_once_renew_it_once()
    {
        var addresses = Create();
        var first = new NameWaiter();
        Assert.Null(addresses.TryGet(first, first));
        await _lookup.AnswerAsync("192.0.2.1");
        await first.Posted;
        for (var round = 2; round < Rounds; round++)
        {
            var old = addresses.TryGet(first, first);
            _time.Advance(30);
            AtOnce(_ => Assert.Same(old, addresses.TryGet(first, first)));
            await _lookup.AnswerAsync("192.0.2.1");

            Assert.True(SpinWait.SpinUntil(() => !ReferenceEquals(old, addresses.TryGet(first, first)), TimeSpan.FromMinutes(1)));
            Assert.Equal(round, _lookup.Count);
            Assert.Null(_lookup.Overlapping);
        }
    }

    private static void Answer(TaskCompletionSource<IPAddress[]> lookup, int round)
    {
        if (round % 2 == 0)
            lookup.SetResult([IPAddress.Loopback]);
        else
            lookup.SetException(new SocketException((int)SocketError.HostNotFound));
    }

    private static NameWaiter[] Waiters() => [.. Enumerable.Range(0, Threads).Select(_ => new NameWaiter())];

    /// <summary>Runs on threads of their own that a barrier lets go together.</summary>
    private static void AtOnce(Action<int> work)
    {
        using var barrier = new Barrier(Threads);
        Exception? failure = null;
        var threads = Enumerable.Range(0, Threads).Select(number => new Thread(() =>
        {
            barrier.SignalAndWait();
            try
            {
                work(number);
            }
            catch (Exception thrown) when (thrown is not OutOfMemoryException)
            {
                failure = thrown;
            }
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.Null(failure);
    }

    private OriginAddresses Create() => new("origin.test", 80, _time, _lookup.AskAsync);
}
