using TlsProxy.Uring.Backends;
using TlsProxy.Uring.Loop;
using TlsProxy.Uring.Ring;
using TlsProxy.Uring.Tests.Backends;

namespace TlsProxy.Uring.Tests.Ring;

/// <summary>Work that is posted to a ring whose submission queue is full to its last entry.</summary>
public sealed class WakeTests
{
    private const int Entries = 8;

    // Ends a wait that nothing else would.
    private static readonly TimeSpan Rescue = TimeSpan.FromSeconds(20);

    public static TheoryData<int> Operations => [.. Enumerable.Range(1, 2 * Entries + 1)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void It_is_heard_however_many_operations_the_turn_before_has_queued(int count)
    {
        using var connection = new ConnectedLoop(
            new BackendRequest { Kind = BackendKind.IoUring, Ring = new RingOptions { Entries = Entries } });
        var idle = Enumerable.Range(0, count).Select(_ => connection.Connect().Descriptor).ToArray();
        var rescue = new Deadline(connection.Owner);
        var enters = 0L;
        connection.Run(loop =>
        {
            loop.Arm(rescue, Rescue);
            foreach (var descriptor in idle)
                loop.Poll(new Operation(connection.Owner), descriptor, events: 1);
            enters = loop.Statistics.Enters;
        });
        // From here on the loop has decided how long it waits.
        SpinWait.SpinUntil(() => connection.Loop.Statistics.Enters > enters);

        Assert.Equal(count, connection.Thread.Do(() => count));
        connection.Owner.ExpectNoDeadline();
    }
}
