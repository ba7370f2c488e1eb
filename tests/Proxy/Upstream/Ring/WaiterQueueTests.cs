using TlsProxy.Proxy.Upstream;
using TlsProxy.Proxy.Upstream.Ring;

namespace TlsProxy.Proxy.Tests.Upstream.Ring;

public sealed class WaiterQueueTests
{
    private readonly WaiterQueue _queue = new();

    [Fact]
    public void Requests_that_are_sent_once_more_stand_before_the_others_each_kind_in_its_order()
    {
        var waiters = new[] { new Waiter(false), new Waiter(true), new Waiter(false), new Waiter(true) };
        foreach (var waiter in waiters)
            _queue.Add(waiter);

        Assert.Equal(4, _queue.Count);
        Assert.Equal(waiters[0], _queue.FirstForKept);
        Assert.Equal([waiters[1], waiters[3], waiters[0], waiters[2]], TakeAll());
        Assert.Null(_queue.FirstForKept);
    }

    [Fact]
    public void A_waiter_leaves_from_anywhere_and_once()
    {
        var waiters = Enumerable.Range(0, 3).Select(_ => new Waiter(false)).ToArray();
        foreach (var waiter in waiters)
            _queue.Add(waiter);
        _queue.Remove(waiters[1]);
        _queue.Remove(waiters[1]);

        Assert.Equal([waiters[0], waiters[2]], TakeAll());
    }

    private List<IPoolWaiter> TakeAll()
    {
        var all = new List<IPoolWaiter>();
        while (_queue.First is { } first)
        {
            all.Add(first);
            _queue.Remove(first);
        }

        Assert.Equal(0, _queue.Count);
        return all;
    }

    private sealed class Waiter(bool wantsNew) : IPoolWaiter
    {
        public LinkedListNode<IPoolWaiter>? Place { get; set; }

        public bool WantsNew => wantsNew;

        public bool TryTake(OriginConnection connection) => throw new InvalidOperationException("There is no connection.");

        public void OnNoConnection(OriginFailure reason, OriginTrouble? trouble) => throw new InvalidOperationException("Nobody fails.");

        public void OnFault() => throw new InvalidOperationException("There is no fault.");
    }
}
