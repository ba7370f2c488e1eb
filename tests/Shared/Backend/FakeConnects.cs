using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Testing.Backend;

/// <summary>Carries out the connects of the fake back end: each is answered after a while, or never.</summary>
internal sealed class FakeConnects(Random random, FakeFaults faults, FakeNetwork network, FakeClock clock, FakeCompletionQueue queue)
{
    private const long DelayMaximum = 20_000_000;

    private static readonly Errno[] s_errors = [Errno.ECONNREFUSED, Errno.ETIMEDOUT, Errno.EHOSTUNREACH, Errno.ECANCELED];

    /// <summary>Decides how a connect will end, if it does.</summary>
    /// <exception cref="InvalidOperationException">The socket is connected already.</exception>
    public void Begin(PendingOperation pending)
    {
        var socket = (FakeSocket)pending.File;
        if (socket.IsConnected)
            throw new InvalidOperationException("A connected socket was to connect.");
        var address = pending.Operation.Memory.Span.ToArray();
        var origin = network.Find(address, out var error);
        if (origin is not null)
        {
            origin.Connects++;
            error = Happens(faults.ConnectErrors) ? s_errors[random.Next(s_errors.Length)] : origin.Answer;
        }

        var isLost = origin is not null && (origin.IsSilent || Happens(faults.LostConnects));
        var delay = origin?.Delay is { } said ? said.Ticks * 100 : random.NextInt64(DelayMaximum);
        pending.Connect = new FakeConnect(origin, address, error, isLost ? long.MaxValue : clock.Now + delay);
    }

    public bool IsReady(PendingOperation pending) => clock.Now >= pending.Connect!.Due;

    /// <summary>Answers a connect whose time has come.</summary>
    /// <exception cref="InvalidOperationException">Its address wasn't kept until then: a kernel may read it so late.</exception>
    public void Answer(PendingOperation pending)
    {
        var connect = pending.Connect!;
        if (!pending.Operation.Memory.Span.SequenceEqual(connect.Address))
            throw new InvalidOperationException("The address of a pending connect has changed.");
        if (connect.Error != Errno.None)
        {
            queue.Fail(pending, connect.Error);
            return;
        }

        var socket = (FakeSocket)pending.File;
        socket.IsConnected = true;
        connect.Origin!.Add(socket);
        queue.Add(pending, 0);
    }

    private bool Happens(int chance) => random.Next(1000) < chance;
}
