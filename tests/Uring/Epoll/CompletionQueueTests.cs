using TlsProxy.Uring.Epoll;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Uring.Tests.Epoll;

public sealed class CompletionQueueTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(700, 300)]
    [InlineData(5000, 1024)]
    public void What_is_added_comes_out_once_and_in_its_order_however_much_is_taken_at_a_time(int added, int taken)
    {
        var queue = new CompletionQueue();
        var destination = new Completion[taken];
        var next = 0UL;
        var expected = 0UL;
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0; i < added; i++)
                queue.Add(new Completion(next++, 0));
            Take(round % 2 == 0 ? 1 : int.MaxValue);
        }

        Take(int.MaxValue);
        Assert.Equal((next, 0), (expected, queue.Count));

        void Take(int times)
        {
            while (times-- > 0 && queue.MoveTo(destination) is var count and > 0)
            {
                for (var i = 0; i < count; i++)
                    Assert.Equal(expected++, destination[i].UserData);
            }
        }
    }
}
