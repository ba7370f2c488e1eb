using TlsProxy.Handshake.Keys;
using TlsProxy.Ktls.Kernel;
using TlsProxy.Ktls.Records;
using TlsProxy.Uring;
using static TlsProxy.Uring.Interop.SocketConstants;

namespace TlsProxy.Ktls.Channel;

/// <summary>The receiving side where the kernel opens the records: counts them against the limit of their key, and acts on the errors that
/// stand for records it gives to no plain receive.</summary>
internal sealed class KernelReceiver(ChannelContext context, ChannelClose close, ExactReceive exact)
{
    // Records that the kernel has opened, or more: it tells bytes.
    private ulong _records;

    /// <summary>Whether a receive has failed because of a record, and not because of the connection.</summary>
    public bool IsOfRecord(Errno error) => context.Life.KernelReceives && (error == Errno.EIO || IsUnopened(error));

    /// <summary>The kernel opens the records from now on.</summary>
    /// <param name="before">Records that its key has opened already.</param>
    public void Start(ulong before) => _records = before;

    /// <summary>Counts what the kernel has opened. It tells bytes, and each record has one at least; near the limit it is asked for the
    /// number itself.</summary>
    public void Count(int bytes)
    {
        _records += (ulong)bytes + 1;
        var limit = context.Life.KeyLimit;
        if (!limit.IsNear(_records))
            return;
        if (KtlsSocket.TryReadReceiveSequence(context.Loop.Sockets, context.Life.Descriptor, context.Life.Keys!, out var read))
            _records = read;
        context.Life.IsEnding |= limit.IsNear(_records);
        if (!limit.AllowsLast(_records))
            close.ExhaustKeys();
    }

    /// <summary>The kernel has a record that plain receives don't give, or one that it can't open.</summary>
    public void OnRecordError(Errno error)
    {
        if (error != Errno.EIO)
            Fail(error);
        else if (!exact.TryReceiveRecord())
            close.Fail(ChannelFailure.NoMemory, Errno.ENOMEM);
    }

    /// <summary>Ends the connection with an alert where the kernel couldn't open a record.</summary>
    /// <returns>Whether the error says that.</returns>
    public bool TryFail(Errno error)
    {
        if (!context.Life.KernelReceives || !IsUnopened(error))
            return false;
        Fail(error);
        return true;
    }

    public void EndLife() => _records = 0;

    private static bool IsUnopened(Errno error) => error is Errno.EBADMSG or Errno.EINVAL or Errno.EMSGSIZE;

    private void Fail(Errno error)
    {
        // The kernel keeps the error and answers the next send with it, which is to be the alert; asking for it clears it.
        _ = context.Loop.Sockets.GetOption(context.Life.Descriptor, SOL_SOCKET, SO_ERROR, stackalloc byte[sizeof(int)], out _);
        context.Life.IsReceiveBroken = true;
        close.FailWithAlert(error switch
        {
            Errno.EMSGSIZE => TlsAlert.RecordOverflow,
            Errno.EINVAL => TlsAlert.UnexpectedMessage,
            _ => TlsAlert.BadRecordMac,
        });
    }
}
