using TlsProxy.Uring;
using TlsProxy.Uring.Loop;

namespace TlsProxy.Testing.Backend;

/// <summary>Carries out the operations on connections and listeners, one step of each when its turn comes.</summary>
internal sealed class FakeTransfers(
    Random random, FakeFaults faults, FakeKernel kernel, FakeBufferPool buffers, FakeDescriptors descriptors, FakeCompletionQueue queue,
    FakeConnects connects)
{
    private const int BurstMaximum = 3;
    private const byte ApplicationData = 23;

    private static readonly Errno[] s_sendErrors = [Errno.ENOBUFS, Errno.ENOMEM, Errno.ECANCELED, Errno.ETIMEDOUT];
    private static readonly Errno[] s_receiveErrors = [Errno.ENOBUFS, Errno.EINTR, Errno.EAGAIN];
    private static readonly Errno[] s_acceptErrors =
        [Errno.EMFILE, Errno.ENFILE, Errno.ENOMEM, Errno.ENOBUFS, Errno.ECONNABORTED, Errno.EINTR];

    public static void CloseFile(object file)
    {
        if (file is FakeSocket socket)
            socket.Close();
        else
            ((FakeListener)file).Close();
    }

    /// <summary>Whether a step of the operation may come.</summary>
    public bool IsReady(PendingOperation pending) =>
        pending.AwaitsNotification ? IsFreed(pending) : pending.IsCancelled || IsReadyByItself(pending);

    /// <summary>Takes a step.</summary>
    public void Step(PendingOperation pending)
    {
        if (pending.AwaitsNotification)
        {
            Notify(pending);
            return;
        }

        if (pending.IsCancelled && (!IsReadyByItself(pending) || random.Next(2) == 0))
        {
            queue.Fail(pending, Errno.ECANCELED);
            return;
        }

        switch (pending.Kind)
        {
            case OperationKind.Close:
                CloseFile(pending.File);
                descriptors.Remove(pending.Operation.Descriptor);
                queue.Add(pending, 0);
                break;
            case OperationKind.Accept:
                Accept(pending, (FakeListener)pending.File);
                break;
            case OperationKind.Connect:
                connects.Answer(pending);
                break;
            case OperationKind.Poll:
                queue.Add(pending, (int)EventsOf(pending));
                break;
            default:
                Transfer(pending, (FakeSocket)pending.File);
                break;
        }
    }

    /// <summary>The kernel frees the memory of a send without copying when the peer has taken what was sent, or never will.</summary>
    private static bool IsFreed(PendingOperation pending) =>
        pending.Earlier is null or { IsDone: true }
        && (pending.Promised == 0 || pending.File is FakeSocket { IsReset: true } or FakeSocket { Outbound.Count: 0 });

    private const uint POLLIN = 1;

    // POLLERR and POLLHUP are told whether asked for or not (poll(2)).
    private const uint AlwaysPolled = 0x18;

    private bool IsReadyByItself(PendingOperation pending) => pending.Kind switch
    {
        OperationKind.Close => true,
        OperationKind.Connect => connects.IsReady(pending),
        OperationKind.Accept => ((FakeListener)pending.File).Waiting.Count > 0,
        OperationKind.Poll => EventsOf(pending) != 0,
        OperationKind.Send or OperationKind.SendMessage =>
            ((FakeSocket)pending.File).CanSend(pending.Operation.Message is { RecordType: not 0 }),
        _ => ((FakeSocket)pending.File).CanReceive,
    };

    private static uint EventsOf(PendingOperation pending) => pending.File is FakeListener listener
        ? listener.Waiting.Count > 0 ? POLLIN : 0
        : ((FakeSocket)pending.File).Events & (pending.Operation.Events | AlwaysPolled);

    private bool Happens(int chance) => random.Next(1000) < chance;

    private bool MayPromise(PendingOperation pending) =>
        kernel.Multishot && !pending.IsCancelled && !queue.Overflows && random.Next(10) != 0;

    private void Accept(PendingOperation pending, FakeListener listener)
    {
        for (var burst = random.Next(1, BurstMaximum + 1); burst > 0 && !pending.IsDone && listener.Waiting.Count > 0; burst--)
        {
            var error = descriptors.Count >= faults.DescriptorLimit ? Errno.EMFILE
                : Happens(faults.AcceptErrors) ? s_acceptErrors[random.Next(s_acceptErrors.Length)] : Errno.None;
            if (error == Errno.ECONNABORTED)
                listener.Waiting.Dequeue().Break();
            if (error != Errno.None)
            {
                queue.Fail(pending, error);
                return;
            }

            var socket = listener.Waiting.Dequeue();
            socket.WasAccepted = true;
            queue.Add(pending, descriptors.Add(socket), MayPromise(pending));
        }
    }

    private void Transfer(PendingOperation pending, FakeSocket socket)
    {
        if (Happens(faults.Resets))
            socket.Reset();
        if (pending.IsSend)
        {
            Send(pending, socket);
            return;
        }

        if (Happens(faults.ReceiveErrors))
        {
            queue.Fail(pending, s_receiveErrors[random.Next(s_receiveErrors.Length)]);
            return;
        }

        switch (pending.Kind)
        {
            case OperationKind.ReceiveInto:
                queue.Add(pending, Receive(socket, pending.Operation.Memory.Span));
                break;
            case OperationKind.ReceiveMessage:
                ReceiveMessage(pending, socket);
                break;
            default:
                ReceiveIntoPool(pending, socket);
                break;
        }
    }

    private void Send(PendingOperation pending, FakeSocket socket)
    {
        var bytes = Gather(pending);
        if (bytes.Length == 0)
            throw new InvalidOperationException("A send of nothing was submitted.");
        if (socket.IsReset)
        {
            queue.Fail(pending, random.Next(2) == 0 ? Errno.ECONNRESET : Errno.EPIPE);
        }
        else if (socket.Error != Errno.None)
        {
            queue.Fail(pending, socket.Error);
            socket.Error = Errno.None;
        }
        else if (Happens(faults.SendErrors))
        {
            // After ENOMEM the rest is copied, which would overtake here what a zero-copy send reads at its notification only.
            var error = s_sendErrors[random.Next(s_sendErrors.Length)];
            queue.Fail(pending, error == Errno.ENOMEM && socket.Promised > 0 ? Errno.ENOBUFS : error);
        }
        else if (Happens(faults.SendInterruptions))
        {
            queue.Fail(pending, random.Next(2) == 0 ? Errno.EINTR : Errno.EAGAIN);
        }
        else if (kernel.SendsWithoutCopying && !pending.Operation.MustCopy)
        {
            Promise(pending, socket, bytes.Length);
        }
        else
        {
            queue.Add(pending, Send(socket, pending.Operation.Message?.RecordType ?? 0, bytes));
        }
    }

    private int Send(FakeSocket socket, byte recordType, byte[] bytes)
    {
        if (socket.Tls is { Transmits: true } tls)
            return tls.Send(socket, recordType == 0 ? ApplicationData : recordType, bytes);
        if (recordType != 0)
            throw new InvalidOperationException("A record was to be made by a socket without a key.");
        if (socket.Tls is { } attached)
            attached.SentUnprotected = true;
        var count = CountToSend(socket, bytes.Length);
        socket.Outbound.Write(bytes.AsSpan(0, count));
        return count;
    }

    private int CountToSend(FakeSocket socket, int length)
    {
        var count = Math.Min(length, socket.Room);
        return Happens(faults.ShortSends) ? random.Next(1, count + 1) : count;
    }

    /// <summary>The first completion of a send without copying. A socket with the TLS protocol refuses it, with or without a second
    /// completion.</summary>
    private void Promise(PendingOperation pending, FakeSocket socket, int length)
    {
        if (socket.Tls is not null)
        {
            pending.AwaitsNotification = random.Next(2) == 0;
            queue.Add(pending, -(int)Errno.EOPNOTSUPP, more: pending.AwaitsNotification);
            return;
        }

        pending.AwaitsNotification = true;
        pending.Promised = CountToSend(socket, length);
        socket.Promised += pending.Promised;
        queue.Add(pending, pending.Promised, more: true);
    }

    /// <summary>The second completion: only now is the memory read, so that whoever gave it back too early is found out.</summary>
    private void Notify(PendingOperation pending)
    {
        var socket = (FakeSocket)pending.File;
        socket.Promised -= pending.Promised;
        if (!socket.IsReset)
            socket.Outbound.Write(Gather(pending).AsSpan(0, pending.Promised));
        queue.Add(pending, 0, notification: true);
    }

    private static byte[] Gather(PendingOperation pending)
    {
        var bytes = new BytePipe();
        foreach (var range in pending.Ranges)
            bytes.Write(range.Span);
        return bytes.Span.ToArray();
    }

    private void ReceiveIntoPool(PendingOperation pending, FakeSocket socket)
    {
        var burst = pending.Kind == OperationKind.ReceiveMultishot ? random.Next(1, BurstMaximum + 1) : 1;
        for (; burst > 0 && !pending.IsDone && socket.CanReceive; burst--)
        {
            if (!buffers.TryTake(out var buffer))
            {
                queue.Fail(pending, Errno.ENOBUFS);
                return;
            }

            var memory = buffers.Memory(buffer).Span;
            var result = Receive(socket, random.Next(4) == 0 ? memory[..random.Next(1, Math.Min(20, memory.Length))] : memory);
            if (result <= 0)
                buffers.Return(buffer);
            var more = result > 0 && pending.Kind == OperationKind.ReceiveMultishot && MayPromise(pending);
            queue.Add(pending, result, more, result > 0 ? buffer : -1);
        }
    }

    private void ReceiveMessage(PendingOperation pending, FakeSocket socket)
    {
        var memory = pending.Operation.Memory.Span;
        if (socket.Tls is not { Receives: true } tls)
        {
            queue.Add(pending, Receive(socket, memory));
            return;
        }

        var result = tls.ReceiveMessage(socket, memory, out var type);
        if (type != 0)
            pending.Operation.Message!.DeliverRecordType(type);
        queue.Add(pending, result);
    }

    private static int Receive(FakeSocket socket, Span<byte> destination)
    {
        if (socket.Tls is { Receives: true } tls)
            return tls.Receive(socket, destination);
        var count = socket.Inbound.Read(destination);
        if (count > 0)
            return count;
        return socket.IsReset ? -(int)Errno.ECONNRESET : socket.PeerEnded ? 0 : -(int)Errno.EAGAIN;
    }
}
