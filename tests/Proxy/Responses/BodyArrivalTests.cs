using System.Runtime.CompilerServices;
using TlsProxy.Proxy.Responses;
using TlsProxy.Uring.Memory;

namespace TlsProxy.Proxy.Tests.Responses;

/// <summary>What readers on other threads see of a body while it changes.</summary>
public sealed class BodyArrivalTests
{
    private const int Bodies = 600_000;
    private const int BatchBodies = 4_000;

    private static readonly Dictionary<string, Action<Body>> s_changes = new()
    {
        ["bytes come"] = body => body.Append([1]),
        ["bytes come into its room"] = CommitOne,
        ["bytes of another body come"] = body => body.AppendShared(Whole(), new(0, 1)),
        ["it is whole"] = body => body.Complete(),
        ["it is cut"] = body => body.Fail(),
        ["only a window is held"] = body => body.LimitToWindow(new BodyWindow(1)),
    };

    public static TheoryData<string> Changes => [.. s_changes.Keys];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Whatever_a_reader_may_wait_for_wakes_it(string change)
    {
        using var pool = new SegmentPool();
        var body = new Body(pool, null);
        var mailbox = new ManualMailbox(0);
        body.Subscribe(mailbox, new SilentSubscriber());
        s_changes[change](body);
        Assert.Equal(1, mailbox.Posts);
    }

    [Fact]
    public async Task A_length_is_seen_whole_or_not_at_all_while_another_thread_tells_it()
    {
        using var pool = new SegmentPool();
        for (var done = 0; done < Bodies; done += BatchBodies)
        {
            // Together, so that their words lie at every place of a cache line.
            var bodies = Enumerable.Range(0, BatchBodies).Select(_ => new Body(pool, null)).ToArray();
            foreach (var body in bodies)
                body.Append([1]);
            var begun = 0;
            var completing = Task.Run(() =>
            {
                while (Volatile.Read(ref begun) == 0)
                    continue;
                foreach (var body in bodies)
                    body.Complete();
            });
            Volatile.Write(ref begun, 1);
            foreach (var body in bodies)
                Assert.Equal(1, LengthOf(body));
            await completing;
            foreach (var body in bodies)
                body.Release();
        }
    }

    /// <summary>Looks without a pause: half a change is there for some cycles only.</summary>
    private static long LengthOf(Body body)
    {
        while (true)
        {
            if (Look(body) is { } length)
                return length;
        }
    }

    // Not inlined, so that each look reads.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long? Look(Body body) => body.TotalLength;

    private static void CommitOne(Body body)
    {
        Assert.True(body.TryReserve(1, out var room));
        room.Dispose();
        body.Commit(1);
    }

    private static Body Whole()
    {
        var body = new Body(new SegmentPool(), 1);
        body.Append([1]);
        return body;
    }

    private sealed class SilentSubscriber : IBodySubscriber
    {
        public long BodyOffset => 0;

        public void OnBodyProgress() => Assert.Fail("Nobody runs the mailbox.");

        public void OnFault() => throw new InvalidOperationException("Nothing contains faults here.");
    }
}
